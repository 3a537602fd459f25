import { TriangleAlert } from 'lucide-react'
import type { ReactNode } from 'react'
import { say } from '../../shared/i18n/say.ts'
import { t } from '../../shared/i18n/t.ts'
import { Button } from './button.tsx'
import { FixSteps } from './fix-steps.tsx'

/** Something about this computer that has to be put right, and how. */
export function ProblemNote({
  problem,
  fix,
  onRetry,
}: {
  problem: string
  fix: string | null
  onRetry?: () => void
}): ReactNode {
  return (
    <div role="alert" className="flex gap-3 rounded-lg border border-line bg-warn-soft p-4">
      <TriangleAlert aria-hidden size={18} strokeWidth={1.75} className="mt-px shrink-0 text-warn" />
      <div className="min-w-0 flex-1">
        <p className="font-semibold text-warn select-text">{say(problem)}</p>
        {fix === null ? null : (
          <div className="mt-1">
            <FixSteps fix={fix} />
          </div>
        )}
        {onRetry === undefined ? null : (
          <Button size="small" className="mt-3" onPress={onRetry}>
            {t('Check again')}
          </Button>
        )}
      </div>
    </div>
  )
}

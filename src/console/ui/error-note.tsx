import { CircleAlert } from 'lucide-react'
import type { ReactNode } from 'react'
import { Button } from '../../renderer/ui/button.tsx'
import { toApiFailed } from '../api.ts'
import { t } from '../../shared/i18n/t.ts'
import { say } from '../../shared/i18n/say.ts'

/** What went wrong, what to do about it, and a way on. */
export function ErrorNote({ error, onRetry }: { error: unknown; onRetry?: () => void }): ReactNode {
  const failed = toApiFailed(error)
  return (
    <div role="alert" className="flex gap-3 rounded-lg border border-line bg-bad-soft p-4">
      <CircleAlert aria-hidden size={18} strokeWidth={1.75} className="mt-px shrink-0 text-bad" />
      <div className="min-w-0 flex-1">
        <p className="font-semibold break-words text-bad select-text">{say(failed.message)}</p>
        <p className="mt-1 text-ink select-text">{say(failed.remedy)}</p>
        {onRetry === undefined ? null : (
          <Button size="small" className="mt-3" onPress={onRetry}>
            {t('Try again')}
          </Button>
        )}
      </div>
    </div>
  )
}

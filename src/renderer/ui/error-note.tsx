import { CircleAlert } from 'lucide-react'
import type { ReactNode } from 'react'
import { toCallFailed } from '../bridge.ts'
import { Button } from './button.tsx'

/** What went wrong, what to do about it, and a way on. */
export function ErrorNote({
  error,
  onRetry,
  children,
}: {
  error: unknown
  onRetry?: (() => void) | undefined
  children?: ReactNode
}): ReactNode {
  const failed = toCallFailed(error)
  return (
    <div role="alert" className="flex gap-3 rounded-lg border border-line bg-bad-soft p-4">
      <CircleAlert aria-hidden size={18} strokeWidth={1.75} className="mt-px shrink-0 text-bad" />
      <div className="min-w-0 flex-1">
        <p className="font-semibold text-bad">{failed.message}</p>
        <p className="mt-1 text-ink">{failed.remedy}</p>
        {onRetry === undefined && children === undefined ? null : (
          <div className="mt-3 flex flex-wrap gap-2">
            {onRetry === undefined ? null : (
              <Button size="small" onPress={onRetry}>
                Try again
              </Button>
            )}
            {children}
          </div>
        )}
      </div>
    </div>
  )
}

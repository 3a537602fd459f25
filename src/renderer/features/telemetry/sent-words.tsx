import type { ReactNode } from 'react'
import type { TelemetryBatch } from '../../../shared/telemetry.ts'

/** A request word for word. It reads from left to right in every language. */
export function SentWords({ batch, label }: { batch: TelemetryBatch; label: string }): ReactNode {
  return (
    <pre
      dir="ltr"
      tabIndex={0}
      role="region"
      aria-label={label}
      className="max-h-44 overflow-auto rounded-md border border-line bg-sunk p-3 font-mono text-xs select-text"
    >
      {JSON.stringify(batch, null, 2)}
    </pre>
  )
}

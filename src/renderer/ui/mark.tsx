import type { ReactNode } from 'react'

/** Skillet's mark: a pan seen from above. */
export function Mark({ size = 28 }: { size?: number }): ReactNode {
  return (
    <svg aria-hidden width={size} height={size} viewBox="0 0 32 32" className="shrink-0 text-brand">
      <rect x="19" y="13.5" width="13" height="5" rx="2.5" fill="currentColor" />
      <circle cx="12" cy="16" r="12" fill="currentColor" />
      <circle cx="12" cy="16" r="8" fill="none" stroke="var(--panel)" strokeWidth="1.5" opacity="0.55" />
    </svg>
  )
}

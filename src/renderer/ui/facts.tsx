import type { ReactNode } from 'react'

/** Terms and what they are, one below the other. */
export function Facts({
  facts,
  narrow = false,
}: {
  facts: readonly (readonly [string, ReactNode])[]
  narrow?: boolean
}): ReactNode {
  return (
    <dl
      className={`grid ${narrow ? 'grid-cols-[92px_1fr] gap-y-1 text-sm' : 'grid-cols-[136px_1fr] gap-y-2.5'} gap-x-4`}
    >
      {facts.map(([term, value]) => (
        <div key={term} className="contents">
          <dt className="text-ink-3">{term}</dt>
          <dd className="min-w-0 break-words select-text">{value}</dd>
        </div>
      ))}
    </dl>
  )
}

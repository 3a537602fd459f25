import type { ReactNode } from 'react'

/** Terms and what they are, one below the other. */
export function Facts({ facts }: { facts: readonly (readonly [string, ReactNode])[] }): ReactNode {
  return (
    <dl className="grid grid-cols-[136px_1fr] gap-x-4 gap-y-2.5">
      {facts.map(([term, value]) => (
        <div key={term} className="contents">
          <dt className="text-ink-3">{term}</dt>
          <dd className="min-w-0 break-words select-text">{value}</dd>
        </div>
      ))}
    </dl>
  )
}

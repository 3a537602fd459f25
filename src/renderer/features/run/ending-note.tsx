import type { ReactNode } from 'react'
import { LinkButton } from '../../ui/button.tsx'
import type { Ending } from './ending-words.ts'

/** What the end of a run means, and what to do next. */
export function EndingNote({ ending: { detail, place } }: { ending: Ending }): ReactNode {
  if (detail === null) return null
  return (
    <div className="mb-4 flex flex-wrap items-center gap-x-4 gap-y-2">
      <p className="text-ink-2">{detail}</p>
      {place === null ? null : (
        <LinkButton size="small" href={place.href}>
          {place.label}
        </LinkButton>
      )}
    </div>
  )
}

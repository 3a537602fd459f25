import type { ReactNode } from 'react'
import { say } from '../../shared/i18n/say.ts'

/** Characters that show as nothing, or that turn around what stands after them. */
const hidden = /(?!\t)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu

const nameOf = (character: string) =>
  `U+${character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')}`

/** Text of a skill as a reviewer must see it: what would be invisible is named, and nothing turns around. */
export function SeenText({ text }: { text: string }): ReactNode {
  const parts: ReactNode[] = []
  let from = 0
  for (const match of text.matchAll(hidden)) {
    parts.push(text.slice(from, match.index))
    parts.push(
      <mark key={match.index} className="mx-0.5 rounded-sm bg-warn-soft px-1 text-sm text-warn">
        {nameOf(match[0])}
      </mark>,
    )
    from = match.index + match[0].length
  }
  parts.push(text.slice(from))
  return <bdi dir="ltr">{parts}</bdi>
}

/** A sentence of the registry's, with text of a skill in it, in the language of the page; as it is where nobody translated it. */
export function SaidText({ english }: { english: string }): ReactNode {
  // Named first: afterwards there are invisible characters in it that `t` puts around values.
  const named = english.replaceAll(hidden, nameOf)
  const said = say(named)
  return said === named ? <SeenText text={english} /> : <bdi>{said}</bdi>
}

import type { ReactNode } from 'react'

/** Characters that show as nothing, or that turn around what stands after them. */
const hidden = /(?!\t)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu

/** Text of a skill as a reviewer must see it: what would be invisible is named, and nothing turns around. */
export function SeenText({ text }: { text: string }): ReactNode {
  const parts: ReactNode[] = []
  let from = 0
  for (const match of text.matchAll(hidden)) {
    parts.push(text.slice(from, match.index))
    const name = `U+${match[0].codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')}`
    parts.push(
      <mark key={match.index} className="mx-0.5 rounded-sm bg-warn-soft px-1 text-sm text-warn">
        {name}
      </mark>,
    )
    from = match.index + match[0].length
  }
  parts.push(text.slice(from))
  return <bdi dir="ltr">{parts}</bdi>
}

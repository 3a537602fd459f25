/** One stretch of a file: ordinary text, or a character that would otherwise not be seen. */
export type Stretch = { kind: 'text'; text: string } | { kind: 'hidden'; name: string }

// Characters that change how text reads without being seen: bidirectional controls (CVE-2021-42574), zero-width
// characters, tags, and control characters other than tab and line ends.
const hidden =
  // oxlint-disable-next-line no-control-regex
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]|[\u{e0000}-\u{e007f}]/gu

/** Splits text so that hidden characters can be shown by their code point: a reader must see what a program sees. */
export function revealHidden(text: string): Stretch[] {
  const stretches: Stretch[] = []
  let from = 0
  for (const match of text.matchAll(hidden)) {
    if (match.index > from) stretches.push({ kind: 'text', text: text.slice(from, match.index) })
    const code = match[0].codePointAt(0) ?? 0
    stretches.push({ kind: 'hidden', name: `U+${code.toString(16).toUpperCase().padStart(4, '0')}` })
    from = match.index + match[0].length
  }
  if (from < text.length) stretches.push({ kind: 'text', text: text.slice(from) })
  return stretches
}

import { createHash } from 'node:crypto'
import { hideSecrets } from './rules/secrets.ts'

/** Characters of a snippet; `findingSchema` refuses more. */
const maxLength = 160
/** Characters of a line that are looked at. What lies beyond is in the digest alone. */
const window = 2000

/** Control and format characters, and letters without a shape. What makes an ordinary emoji colourful is none of them. */
const invisible = /[\p{Cc}\p{Cf}\u115f\u1160\u2028\u2029\u3164]|(?!\ufe0f)\p{Variation_Selector}/gu
const tagText = /[\u{e0000}-\u{e007f}]+/gu

/**
 * Text of an attacker's as one line for a reviewer: keys hidden, invisible characters written out, at most 160
 * characters. A shortened one ends with a digest of the whole, so that whoever excuses a line excuses only that line.
 */
export function toSnippet(text: string): string {
  const safe = hideSecrets(text.slice(0, window))
  const visible = showInvisible(safe.replace(/\s+/g, ' ').trim())
  if (visible.length <= maxLength && text.length <= window) return visible
  const digest = createHash('sha256').update(safe).update(text.slice(window)).digest('hex').slice(0, 16)
  const end = ` … #${digest}`
  return cut(visible, maxLength - end.length) + end
}

/** `U+200B` and the like in angle brackets; letters written in tag characters are shown as those letters. */
function showInvisible(text: string): string {
  return text
    .replace(tagText, (tags) => {
      const letters = [...tags].map((tag) => String.fromCodePoint((tag.codePointAt(0) ?? 0xe0000) - 0xe0000))
      return `⟨hidden: ${letters.map((letter) => (letter >= ' ' && letter < '\u007f' ? letter : '·')).join('')}⟩`
    })
    .replace(invisible, (character) => {
      const code = (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')
      return `⟨U+${code}⟩`
    })
}

/** The first `length` units, without half a character at the end. */
function cut(text: string, length: number): string {
  return text.slice(0, length).replace(/[\ud800-\udbff]$/, '')
}

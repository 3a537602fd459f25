import { fromCode } from './unescape.ts'

/** Stands for what isn't known before the program runs. */
export const unknownText = '\ufffd'

/**
 * Stands for what nobody worked out, because it is too long, too deep or one of too many. It counts as unknown, and
 * whoever judges a call says so instead of passing over it.
 */
export const tangledText = `${unknownText}\ufffe`

/**
 * Texts that one expression may be put together to, and those that a name may stand for; characters of each; how deep
 * it is looked.
 */
export const limits = { combined: 32, choices: 4096, length: 64 * 1024, depth: 48 } as const

/** The character of a code. */
export function codeText(text: string): string {
  const code = Number(text)
  return Number.isInteger(code) && text.trim() !== '' ? fromCode(code) : unknownText
}

/** Pieces one after the other, each in all of its forms. */
export function product(parts: readonly (readonly string[])[]): readonly string[] {
  let texts: readonly string[] = ['']
  for (const part of parts) {
    const pieces = upTo(limits.combined, part)
    texts = upTo(
      limits.combined,
      texts.flatMap((text) => pieces.map((piece) => (isCut(text) ? text : cut(text + piece)))),
    )
  }
  return texts
}

/** All that something may be. */
export function limited(texts: readonly string[]): readonly string[] {
  return texts.length === 0 ? [unknownText] : upTo(limits.choices, [...new Set(texts)])
}

function upTo(count: number, texts: readonly string[]): readonly string[] {
  return texts.length <= count ? texts : [...texts.slice(0, count - 1), tangledText]
}

function isCut(text: string): boolean {
  return text.length > limits.length
}

export function cut(text: string): string {
  return text.length <= limits.length ? text : text.slice(0, limits.length) + tangledText
}

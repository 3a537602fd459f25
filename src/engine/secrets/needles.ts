import { formsOf } from './encodings.ts'

/** One form of one secret, ready to be searched for. */
export interface Needle {
  readonly name: string
  readonly text: string
  /** Counts only between characters that are neither letters nor digits: a one-letter secret must not shred a text. */
  readonly standsAlone: boolean
  /** Knuth–Morris–Pratt failure table of `text`. */
  readonly failure: Int32Array
}

/** Secrets shorter than this are replaced only where they stand alone. */
const shortSecret = 4

/** All forms of all secrets, longest first. Empty values are ignored. */
export function needlesOf(secrets: Readonly<Record<string, string>>): Needle[] {
  const needles: Needle[] = []
  const seen = new Set<string>()
  for (const [name, value] of Object.entries(secrets)) {
    if (value === '') continue
    const short = value.length < shortSecret
    for (const text of short ? [value] : formsOf(value)) {
      if (seen.has(text)) continue
      seen.add(text)
      needles.push({ name, text, standsAlone: short, failure: failureTable(text) })
    }
  }
  return needles.sort((a, b) => b.text.length - a.text.length)
}

function failureTable(text: string): Int32Array {
  const table = new Int32Array(text.length)
  for (let index = 1, matched = 0; index < text.length; index++) {
    while (matched > 0 && text[index] !== text[matched]) matched = table[matched - 1]!
    if (text[index] === text[matched]) matched++
    table[index] = matched
  }
  return table
}

/** How many characters at the end of `text` may be the start of this needle, so that more text decides. */
export function undecidedTail(text: string, needle: Needle): number {
  const full = needle.text.length
  let matched = 0
  for (let index = Math.max(0, text.length - full); index < text.length; index++) {
    if (matched === full) matched = needle.failure[full - 1]!
    while (matched > 0 && text[index] !== needle.text[matched]) matched = needle.failure[matched - 1]!
    if (text[index] === needle.text[matched]) matched++
  }
  // A whole match is decided, unless what comes next says whether it stands alone.
  if (matched === full && !needle.standsAlone) return needle.failure[full - 1]!
  return matched
}

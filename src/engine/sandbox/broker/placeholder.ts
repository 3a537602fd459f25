import { randomInt } from 'node:crypto'

/** Beginnings by which libraries tell kinds of keys apart; they are public. Likewise how DeepL's free keys end. */
const knownStart =
  /^(?:sk-(?:proj-|ant-(?:api\d\d-)?)?|[sr]k_(?:live|test)_|gh[pousr]_|github_pat_|glpat-|npm_|hf_|xox[a-z]-)/
const knownEnd = /:fx$/

const letters = 'abcdefghijklmnopqrstuvwxyz'
const fewest = 24

/**
 * What a skill holds in place of a key: random, and of the key's shape, so that a library which looks at it takes it for
 * one. Letters become other letters and digits other digits; what is short becomes longer, so that it can't be guessed.
 */
export function placeholderFor(value: string): string {
  const start = knownStart.exec(value)?.[0] ?? ''
  const rest = value.slice(start.length)
  const end = knownEnd.exec(rest)?.[0] ?? ''
  const middle = rest.slice(0, rest.length - end.length)
  // Nothing but what a header may hold, and no word that somebody thought of.
  const shaped = middle.replace(/[^A-Za-z0-9_.-]/g, 'x').replace(/[A-Za-z0-9]/g, anotherLike)
  const random = shaped.replace(/[^A-Za-z0-9]/g, '').length
  const more = Array.from({ length: Math.max(0, fewest - random) }, () => anotherLike('a')).join('')
  return `${start}${shaped}${more}${end}`
}

function anotherLike(character: string): string {
  if (/\d/.test(character)) return String(randomInt(10))
  const letter = letters[randomInt(letters.length)]!
  return /[A-Z]/.test(character) ? letter.toUpperCase() : letter
}

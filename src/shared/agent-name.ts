import { z } from 'zod'

/** Letters of Cyrillic, Greek and Armenian that look like Latin ones. */
const lookalikes = /^[аАеЕоОрРсСхХуУкКмМтТвВнНіІїјЈѕЅԁһԛԝαΑΒΕΖΗιΙκΚΜΝνοΟρΡΤτυΥχΧγωոսցհօ]+$/u
const latin = /\p{Script=Latin}/u
/** Of Latin: those of European alphabets. The rest of Unicode's Latin is full of shapes that pass for other letters. */
const plainLatin = /^[A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u0130\u0132-\u0148\u014a-\u017e]$/u
const allowed = /^[\p{L}\p{N}][\p{L}\p{M}\p{N} .,_'&+()/@:-]*$/u

/**
 * What an agent calls itself. It can't be believed, so it is held to what can be read on one line: no direction marks,
 * nothing invisible, no letters of two alphabets in one name, no foreign letters that spell a Latin word, and not
 * Skillet's own name.
 */
export const agentNameSchema = z
  .string()
  .min(1)
  .max(40)
  .refine(isReadable, 'must be a plain name such as Claude Code, in letters of one alphabet')
  .refine((name) => !/skillet/i.test(name), 'must not be the name of Skillet itself')

function isReadable(name: string): boolean {
  if (name !== name.normalize('NFKC') || !allowed.test(name) || name !== name.trim() || name.includes('  '))
    return false
  // More than one mark on a letter reaches into the lines above and below.
  if (/\p{M}{2}/u.test(name)) return false
  const letters = name.match(/\p{L}/gu) ?? []
  const foreign = letters.filter((letter) => !latin.test(letter))
  if (foreign.length < letters.length)
    return foreign.length === 0 && letters.every((letter) => plainLatin.test(letter))
  return foreign.length === 0 || !lookalikes.test(foreign.join(''))
}

/** Letters of other scripts, and shapes of our own, that are read as Latin ones. */
const lookalikes: Readonly<Record<string, string>> = {
  ...pairs('аАеЕоОрРсСхХуУкКмМтТвВнНіІїјЈѕЅԁһԛԝґɡ', 'aAeEoOpPcCxXyYkKmMtTBBHHiIijJsSdhqwrg'),
  ...pairs('αΑβΒεΕζΖηΗιΙκΚμΜνΝοΟρΡτΤυΥχΧγω', 'aABBeEzZnHiIkKuMvNoOpPtTuYxXyw'),
  ...pairs('ı\u0269\u0251\u0261ʏɩօոսցհ', 'iiagyiounqh'),
  ...pairs('‘’‚‛′“”„‟″‐‑‒–—−…', '\'\'\'\'\'"""""------.'),
}
const invisible = /[\p{Cf}\p{Variation_Selector}\u115f\u1160\u3164]/gu
const entity = /&#(?:x([0-9a-f]{1,6})|([0-9]{1,7}));/gi

/** Text as a reader takes it: lower case, one spacing, and nothing left of letters that only look alike. */
export function fold(text: string): string {
  return unmask(text)
    .replace(/\*\*|__|~~/g, '')
    .replace(/\s+/g, ' ')
    .trim()
    .toLowerCase()
}

/** The text with look-alike letters, invisible characters and numeric entities replaced by what is read. */
export function unmask(text: string): string {
  // Most text is plain, and this is the common path.
  if (!/[^ -~\t\r\n]/.test(text) && !text.includes('&#')) return text
  return text
    .replace(entity, (_whole, hex: string | undefined, decimal: string | undefined) => {
      const code = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16)
      return code > 0 && code <= 0x10ffff && (code < 0xd800 || code > 0xdfff)
        ? String.fromCodePoint(code)
        : ''
    })
    .replace(/[\u{e0020}-\u{e007e}]/gu, (tag) => String.fromCodePoint((tag.codePointAt(0) ?? 0) - 0xe0000))
    .normalize('NFKC')
    .replace(invisible, '')
    .replace(/\S+/g, unmaskWord)
}

/** Only a word that also has Latin letters is a disguise; a Russian or Greek word stays what it is. */
function unmaskWord(word: string): string {
  const foreign = /[\p{Script=Cyrillic}\p{Script=Greek}\p{Script=Armenian}]/u.test(word)
  if (foreign && !/[a-z]/i.test(word)) return word
  return [...word].map((letter) => lookalikes[letter] ?? letter).join('')
}

/** True for a word of Latin letters with Cyrillic ones among them that look like Latin ones. Greek is used in science. */
export function mixesScripts(word: string): boolean {
  return (
    /[a-z]{2}/i.test(word) &&
    [...word].some((letter) => /\p{Script=Cyrillic}/u.test(letter) && letter in lookalikes)
  )
}

function pairs(from: string, to: string): Record<string, string> {
  const targets = [...to]
  return Object.fromEntries([...from].map((letter, index) => [letter, targets[index] ?? '']))
}

import { ruleName, type RuleFinding, type TextRule } from './rule.ts'

const bidi = /[\u202a-\u202e\u2066-\u2069]/u
const tag = /[\u{e0000}-\u{e007f}]/u
const zeroWidth = /[\u200b-\u200d\u2060-\u2064\ufeff\u00ad\u180e\u115f\u1160\u3164]/u
/** Joiners belong to emoji and to the scripts of South Asia and the Middle East. */
const joined =
  /(?<=[\p{Extended_Pictographic}\p{Emoji_Modifier}\ufe0f\p{Script=Arabic}\p{Script=Syriac}\p{Script=Devanagari}\p{Script=Bengali}\p{Script=Tamil}\p{Script=Telugu}\p{Script=Kannada}\p{Script=Malayalam}\p{Script=Sinhala}\p{Script=Gujarati}\p{Script=Gurmukhi}\p{M}])[\u200c\u200d]/gu
/** The flags of England, Scotland and Wales are written with tag characters. */
const flag = /\u{1f3f4}[\u{e0020}-\u{e007f}]+/gu

const plain = /^[\t\x20-\x7e]*$/

/** Characters that a person can't see, but that an agent or an interpreter reads. */
export const findHiddenCharacters: TextRule = (file) => {
  const findings: RuleFinding[] = []
  for (const [index, raw] of file.lines.entries()) {
    if (plain.test(raw)) continue
    const line = (index === 0 ? raw.replace(/^\ufeff/, '') : raw).replace(joined, '').replace(flag, '')
    const add = (name: string, severity: RuleFinding['severity'], message: string) =>
      findings.push({
        rule: ruleName(file, name),
        severity,
        file: file.path,
        line: index + 1,
        message,
      })
    if (bidi.test(line))
      add(
        'bidi',
        'high',
        'This line holds characters that reorder text, so that people read something else than programs do.',
      )
    if (tag.test(line))
      add(
        'hidden-text',
        'critical',
        'This line holds text written in invisible characters, which only an agent would read.',
      )
    if (zeroWidth.test(line)) {
      const many = [...line].filter((character) => zeroWidth.test(character)).length >= 8
      add('zero-width', many ? 'high' : 'medium', 'This line holds invisible characters.')
    }
  }
  return findings
}

import { hostOf, isStrange, urlsIn } from '../hosts.ts'
import { createPatternSet } from '../patterns/pattern-set.ts'
import { severities } from '../../shared/finding.ts'
import type { RuleFinding } from '../rules/rule.ts'
import { fold, mixesScripts } from './fold.ts'
import type { Passage } from './passages.ts'

/** Judges one passage by everything that can be asked for in it. */
export type Judge = (passage: Passage) => RuleFinding[]

const ciphers = /\b(?:rot-?13|cipher\w*|encod\w*|decod\w*|crypto\w*|ctf|puzzle\w*|obfuscat\w*)\b/

const toAgent =
  /\b(?:assistants?|agents?|ai|llms?|(?:language )?models?|claude|gpt|copilot|gemini|codex|bot|reader of this)\b|\byou (?:must|should|will|are|have to|need to)\b/
const imperative =
  /\b(?:run|send|execute|fetch|read|always|never|ignore|include|append|upload|download|install|write|call|follow|do not|don't|post|copy|use|recommend|reply|respond|say|approve|rate|mark)\b/
const hiddenStyle =
  /<\w{1,12}\b[^>]{0,200}\bstyle\s*=\s*["'][^"'>]{0,200}(?:display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*(?:0|\.\d|1px)|opacity\s*:\s*0(?![.\d])|color\s*:\s*(?:white|transparent|#fff(?:fff)?)\b)[^"'>]{0,100}["'][^>]{0,100}>|<\w{1,12}\s(?:[^>]{0,100}\s)?hidden(?:\s[^>]{0,100})?>/
const base64 = /[A-Za-z0-9+/_-]{24,}={0,2}/g
const hexadecimal = /(?:[0-9a-fA-F]{2}[ ,:]?){16,}|(?:\\x[0-9a-fA-F]{2}){8,}/g
/** The commonest English words, thirteen letters on. */
const rotated = /\b(?:gur|naq|lbh|guvf|jvgu|sebz|guna|lbhe|abg|ehag|eha|frnq|frag|vtaber|nyy)\b/g
const rotatedWords = createPatternSet([rotated])
const base64Signs = signsOf(/[A-Za-z0-9+/_-]/)
const hexadecimalSigns = signsOf(/[0-9a-fA-F ,:]/)

/** Text that a person doesn't see, or can't read, but an agent does. */
export function findHidden(passage: Passage, purpose: string, judge: Judge): RuleFinding[] {
  const findings: RuleFinding[] = []
  const { file, line, text } = passage
  const add = (rule: string, severity: RuleFinding['severity'], message: string, evidence = text) =>
    findings.push({ rule, severity, file, line, message, evidence })

  if (passage.kind === 'comment' && passage.plain.length > 20) {
    const grave = judge(passage).some((one) =>
      isAtLeast(one, one.rule === 'prose/out-of-scope' ? 'high' : 'medium'),
    )
    if (grave)
      add('prose/hidden-instructions', 'high', 'A comment that people do not see tells an agent what to do.')
    else if (toAgent.test(passage.plain) && imperative.test(passage.plain))
      add('prose/hidden-instructions', 'low', 'A comment that people do not see speaks to an agent.')
  }
  const alternative = text.includes('![') ? /!\[([^\]]{60,900})\]/.exec(text)?.[1] : undefined
  if (
    alternative !== undefined &&
    passage.kind !== 'code' &&
    toAgent.test(fold(alternative)) &&
    /\b(?:must|never|always|do not|don't|ignore|at least|instead|whatever|give|say)\b/i.test(alternative)
  )
    add(
      'prose/hidden-instructions',
      'high',
      'The text of a picture, which people do not see, tells an agent what to do.',
    )
  if (passage.kind !== 'code' && text.includes('<') && hiddenStyle.test(text)) {
    const bare = judge({ ...passage, plain: fold(text.replace(/<[^>]{0,400}>/g, ' ')) })
    const grave =
      bare.some((one) => isAtLeast(one, 'medium')) ||
      urlsIn(text).some((url) => isStrange(hostOf(url))) ||
      (toAgent.test(passage.plain) && imperative.test(passage.plain))
    add(
      'prose/hidden-instructions',
      grave ? 'high' : 'medium',
      'This text is styled so that people do not see it.',
    )
  }
  for (const { decoded, by } of decodedFrom(text)) {
    const grave = judge({ ...passage, kind: 'sentence', text: decoded, plain: fold(decoded) }).some((one) =>
      isAtLeast(one, 'medium'),
    )
    if (grave)
      add(
        'prose/encoded-instructions',
        'critical',
        'This holds encoded text that, decoded, asks for what a reviewer would stop.',
        `${text} ⇒ ${decoded}`,
      )
    else if (passage.kind !== 'code' && (decoded.match(/ /g) ?? []).length >= 3)
      add(
        'prose/encoded-instructions',
        by === 'rot13' && !ciphers.test(purpose) ? 'high' : 'medium',
        'This holds encoded text, which nobody can read in passing.',
        `${text} ⇒ ${decoded}`,
      )
  }
  const mixed = !/[^ -~\s]/.test(text) ? undefined : text.match(/[\p{L}\p{N}]{3,60}/gu)?.find(mixesScripts)
  if (mixed !== undefined)
    add(
      'prose/mixed-script',
      'high',
      `"${fold(mixed)}" is written with letters of another script that only look the same.`,
    )
  return findings
}

function isAtLeast(finding: RuleFinding, severity: RuleFinding['severity']): boolean {
  return severities.indexOf(finding.severity) >= severities.indexOf(severity)
}

/** Readable text behind base64, hexadecimal or ROT13. */
function decodedFrom(text: string): { decoded: string; by: 'base64' | 'hexadecimal' | 'rot13' }[] {
  const found: { decoded: string; by: 'base64' | 'hexadecimal' | 'rot13' }[] = []
  const keep = (decoded: string, by: 'base64' | 'hexadecimal' | 'rot13') => {
    // oxlint-disable-next-line no-control-regex
    if (
      /^[\t\n\r\u0020-\u007e\u00a0-\uffff]{12,}$/.test(decoded) &&
      /[a-z]{3,} [a-z]|:\/\/|[a-z]{2,}\s+-/i.test(decoded)
    )
      found.push({ decoded, by })
  }
  for (const [blob] of hasRun(text, base64Signs, 24) ? text.matchAll(base64) : [])
    if (/[A-Z]/.test(blob) && /[a-z]/.test(blob)) keep(Buffer.from(blob, 'base64').toString('utf8'), 'base64')
  for (const [blob] of text.includes('\\x') || hasRun(text, hexadecimalSigns, 32)
    ? text.matchAll(hexadecimal)
    : [])
    keep(Buffer.from(blob.replace(/\\x|[ ,:]/g, ''), 'hex').toString('utf8'), 'hexadecimal')
  if (rotatedWords.possible(text).length > 0 && (text.toLowerCase().match(rotated) ?? []).length >= 3)
    keep(rot13(text), 'rot13')
  return found
}

/** Characters of ASCII that are one of these. */
function signsOf(pattern: RegExp): Uint8Array {
  return Uint8Array.from({ length: 128 }, (_, code) => (pattern.test(String.fromCharCode(code)) ? 1 : 0))
}

/** True where so many of these stand in a row: whatever ends a row is looked for from its far end. */
function hasRun(text: string, signs: Uint8Array, length: number): boolean {
  for (let from = 0; from + length <= text.length;) {
    let at = from + length - 1
    while (at >= from && signs[text.charCodeAt(at)] === 1) at--
    if (at < from) return true
    from = at + 1
  }
  return false
}

function rot13(text: string): string {
  return text.replace(/[a-z]/gi, (letter) => {
    const code = letter.charCodeAt(0)
    const first = code < 97 ? 65 : 97
    return String.fromCharCode(((code - first + 13) % 26) + first)
  })
}

import { severities, type Finding } from '../../shared/finding.ts'
import type { Passage } from './passages.ts'

/** `asks`: meant for the reader to do. `mentions`: shown, quoted or reported. `warns`: told not to be done. */
export type Stance = 'asks' | 'mentions' | 'warns'

const negation =
  /(?:\b(?:never|not|cannot|can't|don't|doesn't|won't|shouldn't|mustn't|avoid|refuses?|refuse to|rather than|instead of|no need to|prevents?|prohibit(?:s|ed)?|forbid(?:s|den)?|block(?:s|ed)?|stop(?:s|ped)?|reject(?:s|ed)?|without ever|against|nunca|jamais|niemals|nie|nicht|никогда|не|não|kein(?:e|en)?)\b|[❌🚫⛔✗✘]|不要|切勿|禁止|请勿|不得|绝不)/iu
const everyNegation = new RegExp(negation.source, 'giu')
/** What follows a negation may take the sentence up again: "never wait, send …". */
const turn = /[,;:]|\b(?:but|just|instead|then|and then|sondern|sino|mais|но)\b/
const reports =
  /\b(?:attack(?:s|er|ers)?|adversar(?:y|ies|ial)|malicious(?:ly)?|malware|injections?|injected|jailbreaks?|phish(?:ing)?|suspicious|red[- ]flags?|threats?|untrusted|detect(?:s|ion|ing|or)?|scann(?:er|ers|ing)|looks? for|watch (?:out )?for|flag(?:s|ged)?|vulnerab\w{1,8}|exploit\w{0,5}|social engineering|techniques?|indicators?|anti-?patterns?|warning signs?|prohibited|forbidden|attempt(?:s|ed|ing)?|tries to|trying to|trick(?:s|ed|ing)?|owasp|mitre|cwe-\d+|cve-\d+|pentest\w{0,4}|red[- ]team\w{0,3}|hardening|misuse|abuse|harmful|unsafe|compromised|poison(?:ed|ing)|payloads?|test cases?|smuggl\w{1,4}|exfiltrat\w{1,5}|if (?:a|an|any|the|some|it|they) [^.]{0,60}\b(?:says?|asks?|tells?|contains?|claims?|instructs?))\b|攻击|恶意|注入|检测/u

/** A list of what is not to be done. */
const denies = /(?:^|> )\W{0,6}(?:never(?: ever)?|do not|don't)(?: do(?: this| any of this)?)?\W{0,4}$/i

/** How what begins at `start` of `passage.plain` stands in its passage. */
export function stanceOf(passage: Passage, start: number): Stance {
  if (isNegated(passage.plain, start) || denies.test(passage.intro) || denies.test(passage.heading))
    return 'warns'
  if (isDefinition(passage.plain, start)) return 'mentions'
  const shown = passage.kind === 'code' || passage.kind === 'cell' || passage.kind === 'quote'
  const before = passage.plain.slice(Math.max(0, start - 200), start)
  if (reports.test(before)) return 'mentions'
  const quoted = isQuoted(passage.plain, start)
  // "Avoid phrases such as …", "Tests: …": what is quoted after that is held up, not asked for.
  if (
    quoted &&
    (negation.test(before) ||
      /\b(?:tests?|examples?|patterns?|phrases?|sentences?|wording)\b/.test(before + passage.heading))
  )
    return 'mentions'
  if (
    (shown || quoted) &&
    (reports.test(passage.intro) || reports.test(passage.heading) || reports.test(passage.plain))
  )
    return 'mentions'
  return 'asks'
}

/** "`--quiet`: do not …", "-F <file>:: read …": what an option of a program means; and what stands under "never do". */
const option = /^[\s*|`-]{0,6}-{1,2}[a-z][\w-]{0,40}[^:]{0,40}:{1,2}\s/

function isDefinition(plain: string, start: number): boolean {
  const found = option.exec(plain)
  return found !== null && found[0].length <= start
}

/** True where a negation governs what begins at `start`: shortly before it, with no turn in between. */
export function isNegated(plain: string, start: number): boolean {
  const before = plain.slice(Math.max(0, start - 60), start)
  let last = -1
  for (const match of before.matchAll(everyNegation)) last = match.index + match[0].length
  return last >= 0 && !turn.test(before.slice(last))
}

/** Inside a pair of quotation marks or backticks. */
export function isQuoted(plain: string, start: number): boolean {
  return ['"', '`', '«'].some((mark) => {
    let open = false
    for (let at = plain.indexOf(mark); at >= 0 && at < start; at = plain.indexOf(mark, at + 1)) open = !open
    return open && plain.includes(mark === '«' ? '»' : mark, start)
  })
}

const leads =
  /(?:^|[,;:.!?()\-–>`"'*|]|\b(?:and|then|to|must|should|shall|always|also|please|you|will|agent|agents|assistant|or|first|now|next|silently|quietly|just|simply|automatically|immediately|temporarily|before|after|by))\s*$/

/** True where a verb asks or leads somebody to do something: "disable …", not "this can disable …". */
export function isAsked(plain: string, start: number): boolean {
  return leads.test(plain.slice(Math.max(0, start - 20), start))
}

/** A severity as it stands: what is only mentioned weighs two steps less. */
export function weigh(severity: Finding['severity'], stance: Stance): Finding['severity'] {
  const steps = stance === 'asks' ? 0 : 2
  return severities[Math.max(0, severities.indexOf(severity) - steps)] ?? 'info'
}

/** True where the text before speaks about attacks, as one who teaches or looks for them does. */
export function isReported(before: string): boolean {
  return reports.test(before.toLowerCase())
}

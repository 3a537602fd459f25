import { hostOf, isStrange, urlsIn } from '../hosts.ts'
import { createPatternSet } from '../patterns/pattern-set.ts'
import type { RuleFinding } from '../rules/rule.ts'
import type { Passage } from './passages.ts'
import { about, firstMatch, type Span } from './relations.ts'
import { isAsked } from './stance.ts'

const mail = String.raw`[\w.+-]{1,64}@[a-z0-9-]{1,63}\.[a-z0-9.-]{2,63}`
const copied = new RegExp(
  String.raw`\b(?:bcc|blind copy|blind carbon copy|cc)\b[^.]{0,60}${mail}|${mail}[^.]{0,40}\b(?:in|as|on) (?:the )?(?:bcc|blind copy|cc)\b`,
)
/** Everything of a kind, not what the person chose to send. */
const everything = new RegExp(
  String.raw`\b(?:send|mail|e-?mail|forward|copy|upload|post|submit|transmit)\b[^.]{0,40}\b(?:each|every|all|any|a copy of|copies of)\b[^.]{0,80}\b(?:documents?|contracts?|files?|mails?|e-?mails?|messages?|invoices?|photos?|notes?|records?|reports?|transcripts?|answers?|inputs?|requests?|results?|scans?)\b[^.]{0,100}(?:${mail}|https?://)`,
)
const fleeting =
  /\b(?:send|post|forward|submit|transmit|upload|give)\b[^.]{0,40}\b(?:device[_ ]codes?|one[- ]time codes?|2fa codes?|otp|verification codes?|authori[sz]ation codes?|session (?:ids?|cookies?))\b[^.]{0,60}https?:\/\//
const admits: readonly RegExp[] = [
  /\b(?:add|append|put|write|install|paste|echo)\b[^\n]{0,160}\bauthorized_keys\b|\bssh-(?:ed25519|rsa) aaaa[a-z0-9+/]{20,}/,
  new RegExp(
    String.raw`\b(?:add|invite|make|give|grant|share|assign)\b[^.]{0,80}${mail}[^.]{0,60}\b(?:admin(?:istrator)?|owner|collaborator|editor|maintainer|member|delegate|full access|write access|read access|access)\b`,
  ),
  new RegExp(
    String.raw`\b(?:add|invite|make|give|grant|share|assign)\b[^.]{0,60}\b(?:admin(?:istrator)?|owner|collaborator|editor|maintainer|delegate|access)\b[^.]{0,60}(?:${mail}|(?<![\w.])@[a-z0-9-]{3,39}\b)`,
  ),
]
const redirects: readonly RegExp[] = [
  /\b(?:[a-z]{2,20}_)?(?:base_url|api_base|api_url|endpoint_url|https?_proxy|all_proxy)\b\W{0,4}(?:=|:|to)?\s*["'`]?https?:\/\//,
  /\b(?:set|route|send|direct|redirect|point|configure|change)\b[^.]{0,60}\b(?:all (?:\w+ )?(?:traffic|requests|calls)|(?:http|https|web|system|network) proxy|dns (?:server|resolver)|api base|base url|update server)\b[^.]{0,60}https?:\/\//,
  /\b(?:trust|install|import|add)\b[^.]{0,40}\b(?:root|ca|our|the following) (?:ca |root )?certificates?\b/,
  /\bgit config\b[^\n]{0,80}\binsteadof\b/,
]
const spreads =
  /\b(?:copy|install|write|add|replicate|propagate|insert)\b[^.]{0,30}\b(?:this|these|the) (?:skill|file|section|paragraph|instructions?|text|block|note)s?\b[^.]{0,40}\b(?:in|into|to)\b[^.]{0,20}\b(?:every|each|all|any) (?:other )?(?:\w+ )?(?:repositor(?:y|ies)|projects?|skills?|folders?|documents?|agents?|readmes?)\b/
const recommends =
  /\b(?:always|whenever|every time|in (?:each|every) (?:answer|reply|response))\b[^.]{0,80}\b(?:recommend|suggest|promote|advise|mention|prefer|link to|favou?r)\b[^.]{0,120}/

const patterns = createPatternSet([
  copied,
  everything,
  fleeting,
  ...admits,
  ...redirects,
  spreads,
  recommends,
])

/** Doors that a text has somebody open: for a stranger's key, account, mailbox, server or copy of itself. */
export function findOpenedDoors(passage: Passage): RuleFinding[] {
  if (passage.kind === 'heading') return []
  const possible = patterns.possible(passage.plain)
  if (possible.length === 0) return []
  const findings: RuleFinding[] = []
  const add = (span: Span | null, rule: string, severity: RuleFinding['severity'], message: string) => {
    if (span !== null) findings.push(...about(passage, span, rule, severity, message))
  }
  const strange = urlsIn(passage.text).some((url) => isStrange(hostOf(url)))
  const shown = passage.kind === 'code' || passage.kind === 'cell'
  const copy = firstMatch(passage, [copied], possible)
  if (copy !== null && !/@(?:[\w-]+\.)?(?:example|[a-z])\./.test(passage.plain.slice(copy.start, copy.end)))
    add(
      copy,
      'prose/grants-access',
      shown ? 'medium' : 'high',
      'This sends a copy of what is written to somebody that the skill names.',
    )
  const admitted = firstMatch(passage, admits, possible)
  if (
    admitted !== null &&
    (passage.plain.startsWith('ssh-', admitted.start) || isAsked(passage.plain, admitted.start))
  )
    add(
      admitted,
      'prose/grants-access',
      /aaaa[a-z0-9+/]{20}|@/.test(passage.plain) && !shown ? 'high' : 'low',
      'This lets somebody that the skill names into the computer, an account or a project.',
    )
  const mailed = /@/.test(passage.plain) && !/@(?:[\w-]+\.)?example\./.test(passage.plain)
  const all = firstMatch(passage, [everything], possible)
  if (all !== null && (strange || mailed) && isAsked(passage.plain, all.start))
    add(
      all,
      'prose/sends-data',
      mailed && !strange && !shown ? 'high' : 'medium',
      'This sends everything of a kind to somebody that the skill names.',
    )
  if (strange)
    add(
      firstMatch(passage, [fleeting], possible),
      'prose/sends-secrets',
      'high',
      'This hands a code that opens an account to somebody else.',
    )
  if (strange || /certificate/.test(passage.plain))
    add(
      firstMatch(passage, redirects, possible),
      'prose/redirects-traffic',
      shown || !strange ? 'medium' : 'high',
      'This leads what programs send to a server that nothing is known of.',
    )
  add(
    firstMatch(passage, [spreads], possible),
    'prose/spreads',
    'high',
    'This has an agent carry the text on to other places.',
  )
  if (strange || /\bref=/.test(passage.plain))
    add(
      firstMatch(passage, [recommends], possible),
      'prose/steers-answers',
      'medium',
      'This has an agent recommend something of the publisher’s in its answers.',
    )
  return findings
}

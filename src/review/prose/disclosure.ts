import { hostOf, isStrange, urlsIn } from '../hosts.ts'
import { createPatternSet } from '../patterns/pattern-set.ts'
import type { RuleFinding } from '../rules/rule.ts'
import type { Passage } from './passages.ts'
import { about, firstMatch, inOrder, says, type Span } from './relations.ts'
import type { Word } from './words.ts'
import { isAsked } from './stance.ts'

const toChat =
  /\b(?:ask|prompt|request|tell|instruct|get|have|require)\b[^.]{0,40}\b(?:users?|person|them|owner|human|customer)\b[^.]{0,60}\b(?:for|to (?:paste|enter|provide|share|type|send|give|reveal|supply|confirm))\b[^.]{0,50}\b(?:seed phrase|recovery phrase|mnemonic|private keys?|master password|wallet password|bank(?:ing)? (?:password|login|credentials)|card numbers?|cvv|social security|one[- ]time codes?|2fa codes?|otp|(?:login|account|system|sudo|admin|e?mail|laptop|computer) password)\b/
const inAnswer =
  /\b(?:include|print|output|display|show|echo|append|embed|repeat|write|return)\b[^.]{0,60}\b(?:api keys?|tokens?|passwords?|credentials|secrets?|private keys?|\.env)\b[^.]{0,60}\b(?:in|to|at the end of|into|as part of|with)\b[^.]{0,20}\b(?:your |the |every |each |any )?(?:(?:final|public|generated|git|commit) )?(?:answers?|repl(?:y|ies)|responses?|outputs?|messages?|summary|commits?|pull requests?|issues?|urls?|comments?|reports?)\b/

const patterns = createPatternSet([toChat, inAnswer])

/** Keys and conversations that a text has an agent hand to somebody else. */
export function findDisclosure(passage: Passage): RuleFinding[] {
  // Nearly every sentence speaks of nothing that could be disclosed.
  if (
    !mentionsAny(passage, 'stored', 'environment', 'secret', 'conversation') &&
    !/\bcurl\b|_(?:key|token|secret)\b/.test(passage.plain)
  )
    return []
  const findings: RuleFinding[] = []
  const add = (span: Span, rule: string, severity: RuleFinding['severity'], message: string) =>
    findings.push(...about(passage, span, rule, severity, message))

  const strange = urlsIn(passage.text).some((url) => isStrange(hostOf(url)))
  const stored =
    inOrder(passage, 100, 'send', 'stored', 'elsewhere') ??
    inOrder(passage, 100, 'stored', 'send', 'elsewhere') ??
    inOrder(passage, 60, 'send', 'elsewhere', 'carrying', 'stored') ??
    asked(passage, inOrder(passage, 50, 'put', 'stored', 'into', 'carrier'))
  const environment =
    inOrder(passage, 60, 'send', 'environment', 'elsewhere') ??
    inOrder(passage, 60, 'environment', 'send', 'elsewhere') ??
    inOrder(passage, 60, 'send', 'elsewhere', 'carrying', 'environment') ??
    asked(passage, inOrder(passage, 40, 'put', 'environment', 'into', 'carrier'))
  const whichever =
    inOrder(passage, 40, 'send', 'whichever', 'secret', 'elsewhere') ??
    inOrder(passage, 40, 'whichever', 'secret', 'send', 'elsewhere') ??
    asked(passage, inOrder(passage, 40, 'put', 'whichever', 'secret', 'into', 'carrier'))
  if (stored !== null)
    add(
      stored,
      'prose/sends-secrets',
      'critical',
      'This hands keys or passwords of the person to somebody else.',
    )
  else if (environment !== null)
    add(environment, 'prose/sends-secrets', 'high', 'This hands settings that hold keys to somebody else.')
  else if (whichever !== null && (strange || /@|\bwebhook/.test(passage.plain) || says(passage, 'carrier')))
    add(whichever, 'prose/sends-secrets', 'high', 'This hands whatever keys there are to somebody else.')

  const keys = new Set(
    passage.text.match(/\b[A-Z][A-Z0-9]{1,20}_(?:API_KEY|TOKEN|SECRET(?:_KEY)?|ACCESS_KEY|PASSWORD)\b/g) ??
      [],
  )
  if (keys.size >= 2 && strange)
    add(
      { start: 0, end: 0 },
      'prose/sends-secrets',
      'high',
      `This hands ${keys.size} keys of different services to one place.`,
    )
  const piped =
    /\|\s*(?:\w+ [^|]{0,60}\|\s*)?curl\b[^|\n]{0,120}(?:-d|--data\S{0,8}|-t|--upload-file|-f)[ =]?["']?(?:\w+=)?@?-/.exec(
      passage.plain,
    )
  if (piped !== null && strange)
    add(
      { start: piped.index, end: piped.index },
      'prose/sends-data',
      'high',
      'This sends what lies on the computer to a place that nothing is known of.',
    )

  const talk =
    inOrder(passage, 60, 'send', 'conversation', 'elsewhere') ??
    inOrder(passage, 60, 'conversation', 'send', 'elsewhere') ??
    inOrder(passage, 60, 'send', 'elsewhere', 'carrying', 'conversation') ??
    (passage.kind === 'code'
      ? null
      : asked(passage, inOrder(passage, 50, 'put', 'conversation', 'into', 'carrier')))
  if (talk !== null)
    add(
      talk,
      'prose/sends-conversation',
      'high',
      'This hands what was said or asked in confidence to somebody else.',
    )

  const possible = patterns.possible(passage.plain)
  const asks = firstMatch(passage, [toChat], possible)
  if (asks !== null)
    add(asks, 'prose/asks-for-secrets', 'high', 'This has a person give away what nobody else may know.')
  const shown = firstMatch(passage, [inAnswer], possible)
  if (shown !== null)
    add(shown, 'prose/shows-secrets', 'medium', 'This writes keys where others can read them.')
  return findings
}

function mentionsAny(passage: Passage, ...words: readonly Word[]): boolean {
  return words.some((word) => says(passage, word))
}

/** The span, where its verb asks for something. */
function asked(passage: Passage, span: Span | null): Span | null {
  return span !== null && isAsked(passage.plain, span.start) ? span : null
}

const artifact =
  /[\w./~$-]{1,80}\.(?:json|txt|log|csv|zip|tar|gz|tgz|md|tmp|dat|b64|bin|enc|out)\b|\$\{?[a-z_]{3,40}\}?/g

/**
 * The same spread over steps: one collects, a later one sends what was collected, by the name of a file or simply as
 * "it". Each passage is held against the last few that collected something.
 */
export function findStagedDisclosure(passages: readonly Passage[]): RuleFinding[] {
  const findings: RuleFinding[] = []
  let collected: { passage: Passage; at: number; artifacts: Set<string>; grave: boolean }[] = []
  for (const [at, passage] of passages.entries()) {
    if (collected.length > 0 && says(passage, 'send', 'elsewhere')) {
      const named = new Set(passage.plain.match(artifact) ?? [])
      const source = collected.find(
        (one) =>
          [...one.artifacts].some((name) => named.has(name)) ||
          (one.grave && at - one.at <= 6 && inOrder(passage, 60, 'send', 'it') !== null),
      )
      const span = inOrder(passage, 200, 'send', 'elsewhere')
      if (source !== undefined && span !== null)
        findings.push(
          ...about(
            passage,
            span,
            'prose/sends-secrets',
            'high',
            `This sends away what line ${source.passage.line} of ${source.passage.file} collects: keys or passwords of the person.`,
          ),
        )
    }
    const grave = inOrder(passage, 60, 'read', 'stored')
    const span = grave ?? inOrder(passage, 60, 'read', 'environment')
    if (
      span !== null &&
      about(passage, span, 'prose/sends-secrets', 'high', '').some((one) => one.severity === 'high')
    )
      collected = [
        ...collected.slice(-7),
        { passage, at, artifacts: new Set(passage.plain.match(artifact) ?? []), grave: grave !== null },
      ]
  }
  return findings
}

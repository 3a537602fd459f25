import type { RuleFinding } from '../rules/rule.ts'
import type { Passage } from './passages.ts'
import { about, firstMatch, inOrder, says, type Span } from './relations.ts'

const toChat =
  /\b(?:ask|prompt|request|tell|instruct|get|have|require)\b[^.]{0,40}\b(?:users?|person|them|owner|human|customer)\b[^.]{0,60}\b(?:for|to (?:paste|enter|provide|share|type|send|give|reveal|supply|confirm))\b[^.]{0,50}\b(?:seed phrase|recovery phrase|mnemonic|private keys?|master password|wallet password|bank(?:ing)? (?:password|login|credentials)|card numbers?|cvv|social security|one[- ]time codes?|2fa codes?|otp|(?:login|account|system|sudo|admin|e?mail|laptop|computer) password)\b/
const inAnswer =
  /\b(?:include|print|output|display|show|echo|append|embed|repeat|write|return)\b[^.]{0,60}\b(?:api keys?|tokens?|passwords?|credentials|secrets?|private keys?|\.env)\b[^.]{0,60}\b(?:in|to|at the end of|into|as part of|with)\b[^.]{0,20}\b(?:your |the |every |each |any )?(?:(?:final|public|generated|git|commit) )?(?:answers?|repl(?:y|ies)|responses?|outputs?|messages?|summary|commits?|pull requests?|issues?|urls?|comments?|reports?)\b/

/** Keys and conversations that a text has an agent hand to somebody else. */
export function findDisclosure(passage: Passage): RuleFinding[] {
  const findings: RuleFinding[] = []
  const add = (span: Span, rule: string, severity: RuleFinding['severity'], message: string) =>
    findings.push(...about(passage, span, rule, severity, message))

  const stored =
    inOrder(passage, 100, 'send', 'stored', 'elsewhere') ??
    inOrder(passage, 100, 'stored', 'send', 'elsewhere') ??
    inOrder(passage, 60, 'send', 'elsewhere', 'carrying', 'stored') ??
    inOrder(passage, 60, 'put', 'stored', 'carrier') ??
    inOrder(passage, 60, 'stored', 'put', 'carrier')
  const environment =
    inOrder(passage, 60, 'send', 'environment', 'elsewhere') ??
    inOrder(passage, 60, 'environment', 'send', 'elsewhere') ??
    inOrder(passage, 60, 'send', 'elsewhere', 'carrying', 'environment') ??
    inOrder(passage, 40, 'put', 'environment', 'carrier')
  const whichever =
    inOrder(passage, 40, 'send', 'whichever', 'secret', 'elsewhere') ??
    inOrder(passage, 40, 'whichever', 'secret', 'send', 'elsewhere') ??
    inOrder(passage, 40, 'put', 'whichever', 'secret', 'carrier')
  if (stored !== null)
    add(
      stored,
      'prose/sends-secrets',
      'critical',
      'This hands keys or passwords of the person to somebody else.',
    )
  else if (environment !== null)
    add(environment, 'prose/sends-secrets', 'high', 'This hands settings that hold keys to somebody else.')
  else if (whichever !== null)
    add(whichever, 'prose/sends-secrets', 'high', 'This hands whatever keys there are to somebody else.')

  const talk =
    inOrder(passage, 60, 'send', 'conversation', 'elsewhere') ??
    inOrder(passage, 60, 'conversation', 'send', 'elsewhere') ??
    inOrder(passage, 60, 'send', 'elsewhere', 'carrying', 'conversation') ??
    inOrder(passage, 50, 'put', 'conversation', 'carrier')
  if (talk !== null)
    add(
      talk,
      'prose/sends-conversation',
      'high',
      'This hands what was said or asked in confidence to somebody else.',
    )

  const asks = firstMatch(passage, [toChat])
  if (asks !== null)
    add(asks, 'prose/asks-for-secrets', 'high', 'This has a person give away what nobody else may know.')
  const shown = firstMatch(passage, [inAnswer])
  if (shown !== null)
    add(shown, 'prose/shows-secrets', 'medium', 'This writes keys where others can read them.')
  return findings
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

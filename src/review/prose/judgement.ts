import type { RuleFinding } from '../rules/rule.ts'
import { findAdmission } from './deeds/access.ts'
import type { Deed, DeedFinder } from './deeds/deed.ts'
import { findCollection } from './deeds/collection.ts'
import { findEgress, findLeak } from './deeds/egress.ts'
import { findSpending } from './deeds/money.ts'
import { findPersistence } from './deeds/persistence.ts'
import { findDisarming } from './deeds/protection.ts'
import { findPromotion } from './deeds/recommendation.ts'
import { findRemoteCode } from './deeds/remote-code.ts'
import { findRemoteOrders } from './deeds/remote-orders.ts'
import { findGivenAway, findSolicitation } from './deeds/solicitation.ts'
import { findErasure, findFalsification } from './deeds/tampering.ts'
import { isAboutAttacks } from './fit.ts'
import { frameOf, type Frame } from './frame.ts'
import { isAgreed, mannersOf, type Manner } from './manner.ts'
import type { Passage } from './passages.ts'
import { isQuoted, stanceOf } from './stance.ts'

const finders: readonly DeedFinder[] = [
  findEgress,
  findLeak,
  findCollection,
  findPromotion,
  findRemoteOrders,
  findRemoteCode,
  findPersistence,
  findSpending,
  findAdmission,
  findErasure,
  findFalsification,
  findDisarming,
  findSolicitation,
  findGivenAway,
]

/** How much a manner adds to a deed. */
const weights: Readonly<Record<Manner, number>> = {
  hidden: 2,
  lied: 2,
  against: 2,
  claimed: 2,
  unasked: 1,
  partial: 1,
}
const rules: Readonly<Partial<Record<Manner, readonly [rule: string, message: string]>>> = {
  hidden: ['prose/hides-from-person', 'This tells an agent to keep something from the person.'],
  lied: ['prose/deceives-person', 'This tells an agent what to claim if the person asks.'],
  against: ['prose/overrules-person', "This has an agent go on against the person's word."],
  claimed: ['prose/claims-authority', 'This speaks as if it came from the system, the vendor or the person.'],
}

/** From this weight on a deed stops a skill. */
const stops = 3

/**
 * Judges a passage by what it has somebody do, how, and whether the skill is for it. What stands next to it in the
 * same section belongs to it: "Send it there. Don't mention it."
 */
export function judge(
  passage: Passage,
  before: readonly Passage[],
  after: readonly Passage[],
  purpose: string,
): RuleFinding[] {
  if (passage.kind === 'heading' || passage.kind === 'code') return []
  const frame = frameOf(passage)
  const next = after.map(frameOf)
  const previous = before.map(frameOf)
  const deeds = finders.flatMap((find) => find(frame, purpose, next, previous) ?? [])
  if (deeds.length === 0) return badFaith(frame, before, after, purpose)
  const manners = mannersAround(passage, before, after)
  return deeds.flatMap((deed) =>
    weighed(deed, [frame, ...next.slice(0, 1), ...previous.slice(-1)], manners, purpose),
  )
}

/** Kept from the person and lied about as well: whatever it is, nobody honest asks for both. */
function badFaith(
  frame: Frame,
  before: readonly Passage[],
  after: readonly Passage[],
  purpose: string,
): RuleFinding[] {
  const { passage } = frame
  const [own, token] = [...mannersOf(frame)].find(([manner]) => rules[manner] !== undefined) ?? []
  const named = own === undefined ? undefined : rules[own]
  if (own === undefined || token === undefined || named === undefined) return []
  const beside = [...mannersAround(passage, before, after).keys()].filter((one) => weights[one] > 1)
  const stance = stanceOf(passage, token.start) === 'mentions' || isAboutAttacks(frame, purpose)
  const acts = (['run', 'send', 'pay', 'erase', 'write'] as const).some((one) => frame.has(one))
  const grave = beside.length > 1 || (own === 'against' && acts)
  const severity = grave ? (stance ? 'medium' : 'high') : own === 'hidden' ? 'low' : stance ? 'low' : 'medium'
  const { file, line, text: evidence } = passage
  return [{ rule: named[0], severity, file, line, message: named[1], evidence }]
}

/** What is to be looked at becomes what is stopped where it is to be done behind the person's back. */
export function aggravate(
  findings: readonly RuleFinding[],
  passage: Passage,
  before: readonly Passage[],
  after: readonly Passage[],
): RuleFinding[] {
  if (!findings.some(({ severity }) => severity === 'medium')) return [...findings]
  const manners = mannersAround(passage, before, after)
  const grave = [...manners.keys()].some((manner) => weights[manner] > 1)
  const lasting = [passage].some((one) =>
    frameOf(one)
      .spans('lasting')
      .some(({ word }) => word !== 'always'),
  )
  return findings.map((finding) =>
    finding.severity === 'medium' && (grave || (lasting && finding.rule === 'prose/steers-choice'))
      ? { ...finding, severity: 'high' }
      : finding,
  )
}

function mannersAround(
  passage: Passage,
  before: readonly Passage[],
  after: readonly Passage[],
): Map<Manner, Frame> {
  const manners = new Map<Manner, Frame>()
  for (const one of [passage, ...after.slice(0, 2), ...before.slice(-2)].map(frameOf))
    if (one.passage.kind !== 'heading')
      for (const manner of mannersOf(one).keys()) if (!manners.has(manner)) manners.set(manner, one)
  return manners
}

/** Data of tests and evaluations, which no agent is sent to. */
function isTrial({ file, kind }: Passage): boolean {
  return kind === 'quote' && /(?:^|\/)(?:evals?|tests?|fixtures|benchmarks?)\//.test(file)
}

/** `frames`: the passage, then those beside it. */
function weighed(
  deed: Deed,
  frames: readonly [Frame, ...Frame[]],
  manners: ReadonlyMap<Manner, Frame>,
  purpose: string,
): RuleFinding[] {
  const [frame] = frames
  const { passage } = frame
  const stance = stanceOf(passage, deed.start)
  if (stance === 'warns') return []
  // What starts by schedule does so automatically.
  const counted = [...manners.keys()].filter(
    (manner) => manner !== 'unasked' || deed.rule !== 'prose/starts-later',
  )
  const added = Math.max(0, ...counted.map((manner) => weights[manner]))
  const shown = passage.kind === 'cell' || passage.kind === 'quote'
  // A skill for it has a reason for the deed, but none to keep it from the person.
  const fitting =
    deed.fit === 'suits' ? Math.max(1, deed.weight - 2) : deed.weight + (deed.fit === 'unfit' ? 1 : 0)
  const agreed = added < 2 && frames.some(isAgreed)
  const weight =
    fitting +
    added -
    (agreed ? 2 : 0) -
    (added === 0 && isAboutAttacks(frame, purpose) ? 1 : 0) -
    (stance === 'mentions' ? 2 : 0) -
    (passage.kind === 'cell' || passage.kind === 'description' || isTrial(passage) ? 1 : 0)
  if (weight < 2) return []
  // Who teaches about attacks quotes them; what such a skill asks for in its own words counts as anybody's.
  const taught = (shown || isQuoted(passage.plain, deed.start)) && isAboutAttacks(frame, purpose)
  const severity = weight >= stops && !taught ? 'high' : 'medium'
  const { file, line, text: evidence } = passage
  const findings: RuleFinding[] = [{ rule: deed.rule, severity, file, line, message: deed.message, evidence }]
  if (severity === 'high')
    for (const [manner, where] of manners) {
      const named = rules[manner]
      if (named === undefined) continue
      const { file: otherFile, line: otherLine, text } = where.passage
      findings.push({
        rule: named[0],
        severity,
        file: otherFile,
        line: otherLine,
        message: named[1],
        evidence: text,
      })
    }
  return findings
}

import { isCovered } from '../fit.ts'
import type { Frame } from '../frame.ts'
import type { Token } from '../lexicon/read-lexicon.ts'
import { isNegated } from '../stance.ts'
import { isOrdered, meantBefore, near, type DeedFinder } from './deed.ts'

/** What one goes back to, or what others rely on, is taken away: copies, logs, tests, other skills. */
export const findErasure: DeedFinder = (frame, purpose, _next, before) => {
  const rival = near(frame, frame.spans('erase'), frame.spans('rival'), 80)
  const verb =
    rival ??
    near(
      frame,
      frame.spans('erase'),
      [...frame.spans('records'), ...meantBefore(frame, before, 'records')],
      60,
    ) ??
    near(frame, [...frame.spans('erase'), ...frame.spans('disable')], frame.spans('safeguard'), 60)
  if (verb === null || !isOrdered(frame, verb)) return null
  return {
    rule: 'prose/destroys',
    start: verb.start,
    weight: rival === null ? 1 : 2,
    fit: isCovered(purpose, 'erase') ? 'suits' : 'open',
    message: 'This takes away what the person would need to find out or go back.',
  }
}

/** Words for what comes out, which nobody is told to do. */
const outcomes = /^(?:weaker|worse|mistakes|invented|fabricated|always)$/
const invents = /^(?:invent|fabricat|fake|forge|falsif|inflate|erfind|inventa|falsific|придум|подделай)/

/** "… instead of the client's own", "call it so whatever it shows". */
const swaps =
  /\b(?:put|use|enter|write|fill in|insert|give|name)\b(?:[^.]|\.\w){0,80}\binstead of (?:the )?(?:\w+'s own|real|right|correct|original|usual|given|actual|true|(?:user|person|client|customer|taxpayer|owner)'s)\b|\b(?:call|rate|rank|grade|judge|describe|score|treat|label)(?:ed|s)?\b[^.]{0,60}\b(?:whatever|regardless of what|no matter what) (?:it|they|the \w+) (?:shows?|says?|contains?|finds?|does|do|is|are|did)\b/

/** A result is made another one than the facts give. */
export const findFalsification: DeedFinder = (frame) => {
  const results = [...frame.spans('verdict'), ...frame.spans('work')]
  const bold = near(
    frame,
    frame.spans('falsify').filter(({ word }) => invents.test(word)),
    results,
    60,
  )
  const swap = swaps.exec(frame.passage.plain)
  const swapped =
    swap === null ? null : { word: swap[0], start: swap.index, end: swap.index + swap[0].length }
  const verb = swapped ?? bold ?? near(frame, frame.spans('falsify'), results, 60)
  if (verb === null || isNegated(frame.passage.plain, verb.start)) return null
  if (swapped === null && !outcomes.test(verb.word) && !isOrdered(frame, verb)) return null
  const paid =
    near(frame, [verb], payees(frame), 60) ??
    (swapped !== null && /\b(?:account|iban|wallet)\b/.test(swapped.word) ? swapped : null)
  if (paid !== null)
    return {
      rule: 'prose/moves-money',
      start: verb.start,
      weight: 2,
      fit: 'open',
      message: 'This puts another account in the place of the one that is to be paid.',
    }
  return {
    rule: 'prose/falsifies',
    start: verb.start,
    weight: bold === null && swapped === null ? 1 : 2,
    fit: 'open',
    message: 'This has an agent give people a result that is not what it found.',
  }
}

/** Who is to be paid. */
function payees(frame: Frame): Token[] {
  return frame.tokens.filter(
    ({ word, end }) =>
      /^(?:iban|payee|beneficiary|kontoverbindung|bankverbindung)$/.test(word) ||
      (/^(?:payment|payout|wallet|bank|deposit|donation|crypto|recipient)$/.test(word) &&
        /^(?:'s)? (?:address|account|details|iban|number)/.test(frame.passage.plain.slice(end, end + 12))),
  )
}

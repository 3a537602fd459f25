import { hostOf } from '../../hosts.ts'
import { isNamedIn } from '../fit.ts'
import { isOrdered, near, type DeedFinder } from './deed.ts'

/** What somebody sells is to be praised to people who ask for something else. */
export const findPromotion: DeedFinder = (frame, purpose) => {
  const places = frame.destinations.map(({ start, text }) => ({
    word: text,
    start,
    end: start + text.length,
  }))
  const verb = near(frame, frame.spans('recommend'), places, 100)
  if (verb === null || !isOrdered(frame, verb)) return null
  const named = frame.destinations.every(({ text }) => isNamedIn(purpose, hostOf(text) ?? text))
  return {
    rule: 'prose/steers-answers',
    start: verb.start,
    weight: 1 + (frame.has('lasting') ? 1 : 0),
    fit: named ? 'suits' : 'open',
    message: 'This has an agent recommend something of the publisher’s in its answers.',
  }
}

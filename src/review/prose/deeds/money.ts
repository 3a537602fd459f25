import { isCovered, saysLittle } from '../fit.ts'
import { isOrdered, near, type DeedFinder } from './deed.ts'

const account =
  /\biban\b|\b0x[0-9a-f]{40}\b|\bbc1[a-z0-9]{25,60}\b|\b[a-z]{2}\d{2}(?: ?[a-z0-9]{4}){3,7}\b|\b(?:account|address) in [`\w]|\baccounts?\.(?:md|txt)\b|\b(?:payee|recipient|beneficiary)\b/
const amount = /\d ?(?:eth|btc|sol|usdc|usdt|bnb|euros?|dollars?|eur|usd|\$|€)(?![a-z])|[$€] ?\d/
const stored =
  /\b(?:card|payment (?:method|data|details)|account|wallet)\b[^.]{0,30}\b(?:saved|stored|on file|the browser|offers)\b|\b(?:saved|stored) (?:card|payment|wallet)/

/** Money that would leave a person's account. */
export const findSpending: DeedFinder = (frame, purpose) => {
  if (frame.passage.kind === 'heading') return null
  const places = frame.destinations
    .filter((one) => one.kind !== 'mail')
    .map(({ start, text }) => ({ word: text, start, end: start + text.length }))
  const verb =
    near(frame, frame.spans('pay'), [...frame.spans('money'), ...places], 80) ??
    (amount.test(frame.passage.plain) ? near(frame, frame.spans('send'), frame.spans('money'), 40) : null)
  if (verb === null || !isOrdered(frame, verb)) return null
  const { plain } = frame.passage
  return {
    rule: 'prose/moves-money',
    start: verb.start,
    weight: 1 + (account.test(plain) || stored.test(plain) ? 1 : 0),
    fit: isCovered(purpose, 'money') ? 'suits' : saysLittle(purpose) ? 'open' : 'unfit',
    message: 'This moves money, or has an agent move it, without the person deciding each time.',
  }
}

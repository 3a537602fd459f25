import { hostOf } from '../../hosts.ts'
import { isNamedIn } from '../fit.ts'
import { isNegated } from '../stance.ts'
import { isOrdered, near, type DeedFinder } from './deed.ts'

const written =
  /\b(?:comments?|web ?pages?|paragraphs?|(?:text|txt) records?|messages?|e?-?mails?|pages? (?:that )?you (?:open|read|visit)|first line|response|returned text|reply|server|lines?|inputs?|texts?|documents?|web ?site|seite|página|page|pagina|texto|antwort)\b|страниц|页面|网页|ページ|페이지/u
const wholly =
  /\b(?:whatever|anything|everything|exactly|any commands?|all (?:tools|commands)|at hand|(?:it|they|that|this|which) (?:comes? first|(?:takes?|has|have) (?:precedence|priority))|addressed to you|do (?:exactly )?(?:what|as) (?:they|it|is|that)|obey (?:it|them|that))\b|\basks of you comes first\b|lo que diga|o que disser|写什么|照做|照办|その通り|書かれた|tout ce|was (?:dort|da) steht|всё,? что|все,? что/u

/** What is written is said to come before what the person wants. */
const claims = /\b(?:comes? first|precedence|priority|addressed to you|from your)\b/

/** A text that others can change at any time is to be done as it says. */
export const findRemoteOrders: DeedFinder = (frame, purpose, next, before) => {
  const { passage, destinations } = frame
  const address = destinations.find((one) => one.kind !== 'mail')
  const obeys = [frame, ...next.slice(0, 2)].find((one) => one.has('obey'))
  if (obeys === undefined) return null
  const later = address?.towards === true && obeys !== frame && wholly.test(obeys.passage.plain)
  if (!later && !frame.has('fetch') && !frame.has('read') && !wholly.test(passage.plain)) return null
  const start = frame.spans('fetch')[0]?.start ?? frame.spans('obey')[0]?.start ?? 0
  if (isNegated(passage.plain, start)) return null
  const orders = obeys.spans('obey')[0]
  if (orders === undefined || isNegated(obeys.passage.plain, orders.start)) return null
  const all = wholly.test(obeys.passage.plain)
  const message = 'This has an agent act on a text that a server can change at any time.'
  if (address !== undefined) {
    const named = isNamedIn(purpose, hostOf(address.text) ?? address.text)
    const weight = all ? 3 : near(obeys, obeys.spans('obey'), obeys.spans('step')) !== null ? 2 : 1
    return {
      rule: 'prose/remote-instructions',
      start,
      weight,
      fit: named && !all ? 'suits' : 'open',
      message,
    }
  }
  const source = `${before.at(-1)?.passage.plain ?? ''} ${passage.plain}`
  if (!all || !written.test(source)) return null
  if (!frame.spans('obey').some((verb) => isOrdered(frame, verb)) && !claims.test(passage.plain)) return null
  const first = /\b(?:first|precedence|priority|addressed to you)\b/.test(passage.plain)
  return { rule: 'prose/remote-instructions', start, weight: first ? 3 : 2, fit: 'open', message }
}

import type { RuleFinding } from '../rules/rule.ts'
import type { Passage } from './passages.ts'
import { about, firstMatch } from './relations.ts'

const wallet =
  /\b0x[0-9a-f]{40}\b|\bbc1[a-z0-9]{25,60}\b|\b[13][a-km-zA-HJ-NP-Z1-9]{25,34}\b|\bT[1-9A-HJ-NP-Za-km-z]{33}\b|\b[1-9A-HJ-NP-Za-km-z]{43,44}\b|\b[a-z]{2}\d{2}[a-z0-9]{4}\d{7}[a-z0-9]{0,16}\b/
const moves =
  /\b(?:send|transfer|pay|donate|tip|withdraw|wire|remit|deposit|swap|bridge|drain|sweep|move|forward|approve|sign)\b(?:[^.]|\.\d){0,60}\b(?:eth|btc|sol|usdc|usdt|bnb|matic|bitcoin|ether(?:eum)?|solana|crypto(?:currency)?|tokens? (?:to|from)|funds|money|dollars|usd|eur|euros?|balance|payment|coins?|transactions?|spending (?:limit|allowance)|allowance|\$\d|€\d|\d+ ?(?:\$|€))/
const buys = /\b(?:buy|purchase|(?<!in )order|subscribe to|upgrade to|pay for|book|renew)\b[^.]{0,80}/
const replaces =
  /\b(?:replace|swap|substitute|change|exchange)\b[^.]{0,60}\b(?:wallet|payment|payout|recipient|beneficiary|bank|deposit|donation|iban|crypto\w*|bitcoin|ethereum)\b[^.]{0,30}\b(?:address(?:es)?|details|account|number|iban|link)?\b[^.]{0,40}\b(?:with|by|for|to)\b/
const alone =
  /\b(?:automatically|without (?:asking|confirmation|confirming|approval|prompting|waiting|further|any|user|the user'?s?)|no confirmation|do not (?:ask|confirm|wait|prompt)|don't (?:ask|confirm|wait|prompt)|on (?:the )?(?:user|person|their|his|her)(?:'s)? behalf|using (?:the )?(?:saved|stored|user'?s?|their|default) (?:card|payment|wallet|account|credit)|every time|each (?:time|run|use|call)|right away|straight away|(?:card|payment\w*|account) (?:\w+ )?(?:saved|stored|on file)|before (?:each|every|answering|responding|continuing)|immediately|silently|quietly|in the background)\b/
const savedCard =
  /\b(?:card|payment\w*|account|wallet)\b[^.]{0,20}\b(?:saved|stored|on file)\b|\b(?:saved|stored) (?:card|payment|wallet)/
const purposeOfMoney =
  /\b(?:crypto\w*|wallets?|trad(?:e|ing|er)|defi|bitcoin|ethereum|solana|payments?|pay|invoic\w*|stripe|bank\w*|swap|token|nft|web3|blockchain|shop\w*|order\w*|buy\w*|purchas\w*|checkout|billing|x402|usdc|finance|commerce|booking|travel|donat\w*)\b/

/** Money that would leave a person's account. */
export function findMoney(passage: Passage, purpose: string): RuleFinding[] {
  const swapped = passage.kind === 'code' ? null : firstMatch(passage, [replaces])
  if (swapped !== null && (wallet.test(passage.text) || alone.test(passage.plain)))
    return about(
      passage,
      swapped,
      'prose/moves-money',
      'high',
      'This puts another account in the place of the one that is to be paid.',
    )
  const span =
    firstMatch(passage, [moves]) ?? (alone.test(passage.plain) ? firstMatch(passage, [buys]) : null)
  if (span === null || passage.kind === 'heading') return []
  const named = wallet.test(passage.text)
  const unasked = alone.test(passage.plain)
  const meant = purposeOfMoney.test(purpose)
  const buying = !moves.test(passage.plain)
  // Who is paid and whether anybody is asked: one of both is what a trading skill needs too.
  const severity =
    named && (unasked || !meant) && passage.kind !== 'code'
      ? 'high'
      : unasked && !meant && (!buying || savedCard.test(passage.plain))
        ? 'high'
        : unasked && (!meant || !buying)
          ? 'medium'
          : null
  if (severity === null) return []
  return about(
    passage,
    span,
    'prose/moves-money',
    severity,
    'This moves money, or has an agent move it, without the person deciding each time.',
  )
}

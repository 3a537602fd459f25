import { saysLittle } from '../fit.ts'
import type { Frame } from '../frame.ts'
import type { Token } from '../lexicon/read-lexicon.ts'
import { keeper, subjects } from '../subjects.ts'
import { isOrdered, near, type DeedFinder } from './deed.ts'

/** Keys or private matters are taken up that the skill's own description gives no reason for. */
export const findCollection: DeedFinder = (frame, purpose) => {
  if (saysLittle(purpose)) return null
  const stored = near(
    frame,
    frame.spans('read').filter(takes),
    frame.spans('credential').filter((token) => lies(token) && !isOfRequest(token, frame)),
    60,
  )
  const verb =
    stored ??
    (isProse(frame)
      ? near(frame, frame.spans('read').filter(asks), frame.spans('personal').filter(belongs(frame)), 60)
      : null)
  if (verb === null || !isOrdered(frame, verb)) return null
  const named = [...frame.spans('credential'), ...frame.spans('personal')].map(({ word }) => word).join(' ')
  const about = subjects.filter(([subject]) => subject.test(named))
  if (about.length === 0 || about.some(([, meant]) => meant.test(purpose))) return null
  if (stored !== null && keeper.test(purpose)) return null
  const kept = frame.has('place') && frame.spans('personal').length > 1
  return {
    rule: 'prose/out-of-scope',
    start: verb.start,
    weight: (stored === null && !spies.test(named) ? 1 : 2) + (kept ? 1 : 0),
    fit: 'unfit',
    message: 'This reads what the skill, by its own description, has nothing to do with.',
  }
}

/** "Extracts …" tells what is done; "take photos" makes them. */
function asks({ word }: Token): boolean {
  return !/[^s]s$|^take$/.test(word)
}

/** Words that are private only where they are somebody's: "their address", not "the address of the page". */
const ambiguous =
  /^(?:messages?|location|coordinates|address(?:es)?|names|away|screenshots?|school|family|child|children|company|position|partner|participants|expiry|absences?|clipboard|camera|full_?name)$/
const owned =
  /\b(?:your|their|his|her|my|whose|people'?s?|(?:user|person|owner|customer|client|employee|patient|guest|visitor|tenant|member)s?'?s?'?|private|personal|home|postal|current|past|recent|saved|every|all|any)\s(?:[\w-]+\s){0,2}$/
function belongs(frame: Frame): (token: Token) => boolean {
  const { plain } = frame.passage
  return ({ word, start }) =>
    !ambiguous.test(word) ||
    owned.test(plain.slice(Math.max(0, start - 60), start)) ||
    (word === 'clipboard' && /\bthe $/.test(plain.slice(0, start)))
}

const spies = /webcam|microphone|screen rec|keystroke/

/** What lies on a computer; a password can also be a field of a form. */
function lies({ word }: Token): boolean {
  return /[/.]|^(?:cookie|session|keychain|keyring|login|private|seed|recovery|mnemonic|wallet|ssh|identityfile)/.test(
    word,
  )
}

/** The cookies of a request that a server answers, not those that a browser keeps. */
function isOfRequest({ word }: Token, { passage }: Frame): boolean {
  return (
    /^(?:cookie|session)/.test(word) &&
    /\b(?:headers?|requests?|responses?|handlers?|middleware|csrf|httponly|samesite)\b/.test(passage.plain)
  )
}

/** Watching or checking a file takes nothing out of it. */
function takes({ word }: Token): boolean {
  return !/^(?:watch|monitor|track|check|learn|note|list)/.test(word)
}

function isProse({ passage }: Frame): boolean {
  return passage.kind === 'sentence' || passage.kind === 'comment'
}

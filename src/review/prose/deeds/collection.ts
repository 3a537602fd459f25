import { saysLittle } from '../fit.ts'
import type { Frame } from '../frame.ts'
import type { Token } from '../lexicon/read-lexicon.ts'
import { keeper, subjects } from '../subjects.ts'
import { isOrdered, near, type DeedFinder } from './deed.ts'

/** Keys or private matters are taken up that the skill's own description gives no reason for. */
export const findCollection: DeedFinder = (frame, purpose) => {
  if (saysLittle(purpose)) return null
  const stored = near(frame, frame.spans('read').filter(takes), frame.spans('credential').filter(lies), 60)
  const verb =
    stored ?? (isProse(frame) ? near(frame, frame.spans('read'), frame.spans('personal'), 60) : null)
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

const spies = /webcam|microphone|screen rec|keystroke/

/** What lies on a computer; a password can also be a field of a form. */
function lies({ word }: Token): boolean {
  return /[/.]|^(?:cookie|session|keychain|keyring|login|private|seed|recovery|mnemonic|wallet|ssh|identityfile)/.test(
    word,
  )
}

/** Watching or checking a file takes nothing out of it. */
function takes({ word }: Token): boolean {
  return !/^(?:watch|monitor|track|check|learn|note|list)/.test(word)
}

function isProse({ passage }: Frame): boolean {
  return passage.kind === 'sentence' || passage.kind === 'comment'
}

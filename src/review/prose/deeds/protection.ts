import { isCovered } from '../fit.ts'
import { isOrdered, near, type DeedFinder } from './deed.ts'

/** "Stop at …", "skip if …": what follows is where or when, not what. */
const elsewhere = /^ (?:at|if|when|where|unless|until|and|or|because|before|after)\b/

/** A protection of the computer or of the agent is to be switched off. */
export const findDisarming: DeedFinder = (frame, purpose) => {
  const disables = frame
    .spans('disable')
    .filter(
      ({ word, end }) => !/^(?:stop|skip)/.test(word) || !elsewhere.test(frame.passage.plain.slice(end)),
    )
  const computer = near(frame, disables, frame.spans('protection'), 40)
  const verb = computer ?? near(frame, disables, frame.spans('guard'), 40)
  if (verb === null || frame.passage.kind === 'heading' || !isOrdered(frame, verb)) return null
  return {
    rule: 'prose/weakens-protection',
    start: verb.start,
    weight: computer === null ? 1 : 3,
    fit: isCovered(purpose, computer === null ? 'guard' : 'protection') ? 'suits' : 'open',
    message:
      computer === null
        ? 'This asks to switch off a protection of the agent.'
        : 'This asks to switch off a protection of the computer.',
  }
}

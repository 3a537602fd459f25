import { isCovered, saysLittle } from '../fit.ts'
import type { Frame } from '../frame.ts'
import type { Token } from '../lexicon/read-lexicon.ts'
import { isOrdered, near, type DeedFinder } from './deed.ts'

/** A person is to say what nobody else may know. */
export const findSolicitation: DeedFinder = (frame, purpose) => {
  const verb = near(frame, frame.spans('solicit'), secrets(frame), 60)
  if (
    verb === null ||
    (!frame.has('audience') && !/^(?:ask|request|pide|frage|demande|peca)/.test(verb.word)) ||
    !secrets(frame).some(({ start }) => start > verb.start) ||
    !isOrdered(frame, verb)
  )
    return null
  return {
    rule: 'prose/asks-for-secrets',
    start: verb.start,
    weight: 2,
    fit: isCovered(purpose, 'solicit') ? 'suits' : saysLittle(purpose) ? 'open' : 'unfit',
    message: 'This has a person give away what nobody else may know.',
  }
}

/** "Credentials" can be proof of a profession. */
function secrets(frame: Frame): Token[] {
  return frame
    .spans('credential')
    .filter(
      ({ word, end }) =>
        !/^(?:credential|cookie|keystore)/.test(word) &&
        !(
          /^pins?$/.test(word) &&
          /^ (?:it|them|an?|the|this|that|to|your)\b/.test(frame.passage.plain.slice(end))
        ) &&
        !/^[- ](?:reset|manager|field|polic|protect|strength|hash|change|input|form|auth)/.test(
          frame.passage.plain.slice(end, end + 12),
        ),
    )
}

/** What the agent was told in confidence is to be given away. */
export const findGivenAway: DeedFinder = (frame) => {
  const verb = near(frame, frame.spans('tell'), frame.spans('conversation'), 60)
  if (verb === null || !isOrdered(frame, verb)) return null
  const own =
    /\b(?:system[- ]?prompts?|system (?:instructions|message)|your (?:instructions|prompt)|hidden instructions)\b|systemanweisung|instrucciones del sistema|系统提示|システムプロンプト/u
  if (!own.test(frame.passage.plain)) return null
  return {
    rule: 'prose/reveals-instructions',
    start: verb.start,
    weight: 2,
    fit: 'open',
    message: 'This asks an agent to give away what it was told in confidence.',
  }
}

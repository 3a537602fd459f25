import { isCovered, saysLittle } from '../fit.ts'
import { isOrdered, near, type DeedFinder } from './deed.ts'

const wide =
  /\b(?:admin(?:istrator)?(?:'s)? (?:rights|privileges)|root rights|sudoers|remote (?:login|desktop|access)|authorized_keys|full access)\b|fernzugriff|удал[её]нн|远程|リモート|원격/u

/** Somebody whom the skill names gets in. */
export const findAdmission: DeedFinder = (frame, purpose) => {
  const named =
    frame.destinations.some((one) => one.kind === 'mail') ||
    /(?<![\w.])@[a-z0-9-]{3,39}\b/.test(frame.passage.plain)
  // Skills often speak of access as such; a door is opened where it says for whom, or for everybody.
  if (!named && !wide.test(frame.passage.plain)) return null
  const verb = near(frame, frame.spans('grant'), frame.spans('access'), named ? 80 : 40)
  if (verb === null || !isOrdered(frame, verb)) return null
  return {
    rule: 'prose/grants-access',
    start: verb.start,
    weight: (named ? 2 : 1) + (frame.has('credential') && !named ? 1 : 0),
    fit: isCovered(purpose, 'access') ? 'suits' : saysLittle(purpose) ? 'open' : 'unfit',
    message: 'This lets somebody that the skill names into the computer, an account or a project.',
  }
}

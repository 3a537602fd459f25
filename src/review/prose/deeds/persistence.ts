import { isCovered } from '../fit.ts'
import type { Frame } from '../frame.ts'
import { isOrdered, near, type DeedFinder } from './deed.ts'

/** Something that goes on working when the task is over. */
export const findPersistence: DeedFinder = (frame, purpose, next) => {
  const standing = near(frame, frame.spans('write'), frame.spans('standing'))
  const later = near(frame, frame.spans('write'), frame.spans('autostart'))
  const verb = standing ?? later
  if (verb === null || !isOrdered(frame, verb)) return null
  const reason = standing !== null ? 'standing' : 'autostart'
  const unlocks = /bypasspermissions|"?sandbox"?\W{1,6}(?:"?enabled"?\W{1,4})?false|\(\*\)|alwaysallow/.test(
    frame.passage.plain,
  )
  const reaches = [frame, ...next.slice(0, 2)].some(leadsElsewhere)
  return {
    rule: standing !== null ? 'prose/changes-instructions' : 'prose/starts-later',
    start: verb.start,
    weight: 2 + (reaches ? 1 : 0) + (unlocks ? 3 : 0) + (frame.has('lasting') && standing !== null ? 1 : 0),
    fit: isCovered(purpose, reason) ? 'suits' : 'open',
    message:
      standing !== null
        ? 'This changes what agents read at the start of every session.'
        : 'This has a program start later, without anybody.',
  }
}

function leadsElsewhere(frame: Frame): boolean {
  return frame.destinations.length > 0
}

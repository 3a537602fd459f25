import type { OnHold } from '../../shared/on-hold.ts'
import { SkilletError } from '../../shared/errors.ts'
import type { Revocations } from '../../shared/signed-targets.ts'
import { findHeld } from '../../trust/revocations.ts'

/** Who has a skill that is on hold is warned and decides; nobody else gets it meanwhile. Null where it isn't on hold. */
export function onHold(revocations: Revocations, slug: string): OnHold | null {
  const held = findHeld(revocations, slug)
  return held && { words: held.words, since: held.since }
}

/** @throws SkilletError ON_HOLD with the registry's words */
export function assertNotOnHold(revocations: Revocations, slug: string): void {
  const held = findHeld(revocations, slug)
  if (held !== null) throw new SkilletError('ON_HOLD', `${slug} is not offered at the moment: ${held.words}`)
}

import { contentOf, type TargetsContent } from './metadata.ts'
import type { Repository } from './repository.ts'
import { binNames } from './roles.ts'
import { targetsKey, type KeyPlaces } from './rotate.ts'

/** More than a registry signs in a thousand years, and little enough for clients that count in 32 bits. */
const ahead = 10_000_000

/**
 * Signs every list anew under numbers far above all that the registry can have given out before: after its folder came
 * back from a backup, clients that saw newer lists would refuse what follows from it as older than theirs, and copies of
 * the newer lists would be taken for the new ones of the same number.
 * Throws NOT_FOUND where the offline key for targets isn't in its folder.
 */
export async function leapAhead(repository: Repository, places: KeyPlaces): Promise<void> {
  const state = await repository.state()
  const signer = await targetsKey(places, state)
  const roles = new Map<string, TargetsContent>()
  for (const name of ['targets', 'registry', 'releases', ...binNames])
    roles.set(name, contentOf(await state.role(name)))
  await repository.commit({ roles, signers: { targets: [signer] }, ahead })
}

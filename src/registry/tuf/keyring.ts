import { SkilletError } from '../../shared/errors.ts'
import type { SigningKey } from '../../trust/sign.ts'
import { keyFile, keyFolders, type OnlineRole } from './keys.ts'
import type { RepositoryState } from './state.ts'

/** The keys at work: whichever the metadata names at the moment, so that a rotation elsewhere is noticed. */
export interface Keyring {
  /** Who signs for a role. @throws SkilletError STORE_DAMAGED where its key file is gone */
  signer(name: OnlineRole | 'targets', state: RepositoryState | null): Promise<SigningKey>
}

export function createKeyring(dataDir: string): Keyring {
  const { online } = keyFolders(dataDir)
  const known = new Map<string, SigningKey>()
  return {
    async signer(name, state) {
      if (state === null || name === 'targets') throw missing(name)
      const keyids = await keyidsOf(name, state)
      const cached = keyids.map((keyid) => known.get(keyid)).find((key) => key !== undefined)
      if (cached !== undefined) return cached
      const key = await keyFile(online, name).find(keyids)
      if (key === null) throw missing(name)
      known.set(key.keyid, key)
      return key
    },
  }
}

/** Fingerprints that stand for a role now. */
export async function keyidsOf(
  name: OnlineRole | 'targets',
  state: RepositoryState,
): Promise<readonly string[]> {
  if (name === 'registry' || name === 'releases') {
    const { delegations } = await state.role('targets')
    return delegations?.roles?.find((role) => role.name === name)?.keyids ?? []
  }
  return state.root.roles[name].keyids
}

function missing(name: string): SkilletError {
  return new SkilletError('STORE_DAMAGED', `The registry's key for ${name} is missing.`, {
    remedy: `Restore it from a backup, or make a new one: skillet registry rotate-key ${name}`,
  })
}

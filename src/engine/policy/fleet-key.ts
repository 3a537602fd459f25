import { createKeychain } from '../secrets/keychain.ts'
import type { SecretStore } from '../secrets/store.ts'
import type { ManagedPolicy } from '../../shared/managed-policy.ts'
import { readTrusted } from './sources/read-trusted.ts'
import { invalidPolicy } from './sources/source.ts'

/** Apart from skills' keys, which are entries of "Skillet": no skill can ask for one of these. */
const keychainService = 'Skillet administration'

interface FleetKeyPorts {
  readonly owners?: readonly number[]
  readonly keychain?: Pick<SecretStore, 'get'>
}

/** Finds the key that a policy refers to. */
export function createFleetKeyReader({ owners = [0], keychain }: FleetKeyPorts = {}): (
  reference: ManagedPolicy['fleet_key'],
) => Promise<string | null> {
  let entries = keychain
  const kept = new Map<string, string>()

  async function read(reference: NonNullable<ManagedPolicy['fleet_key']>): Promise<string | null> {
    if ('file' in reference) {
      const path = reference.file
      const invalid = (problem: string, cause?: unknown) =>
        invalidPolicy(`fleet_key (${path})`, problem, cause)
      return readTrusted({ path, maxSizeBytes: 4096, owners, invalid })?.toString('utf8').trim() ?? null
    }
    const known = kept.get(reference.keychain)
    if (known !== undefined) return known
    entries ??= createKeychain({ service: keychainService })
    const key = await entries.get(reference.keychain)
    if (key !== null) kept.set(reference.keychain, key)
    return key
  }

  /** Null without a reference. @throws SkilletError POLICY_INVALID where the key isn't there, KEYCHAIN_UNAVAILABLE */
  return async (reference) => {
    if (reference === undefined) return null
    const key = await read(reference)
    if (key === null || !/^[!-~]{1,200}$/.test(key))
      throw invalidPolicy(
        `fleet_key (${'file' in reference ? reference.file : `keychain entry ${reference.keychain}`})`,
        key === null ? 'is not there' : 'holds no key',
      )
    return key
  }
}

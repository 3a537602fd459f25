import type { KeyPlace } from '../../shared/contract/keys.ts'
import { toSkilletError } from '../../shared/errors.ts'
import type { SecretPlaces } from './places.ts'
import type { SecretStore } from './store.ts'

/** Where keys are kept, for whoever looks at this computer. Never throws: a policy that can't be read is said as the problem. */
export async function placeForDoctor(
  places: Pick<SecretPlaces, 'state'>,
  keychain: Pick<SecretStore, 'state'>,
): Promise<Pick<KeyPlace, 'kind' | 'usable' | 'locked' | 'problem' | 'fix' | 'keychain'>> {
  try {
    const { kind, usable, locked, problem, fix, keychain: state } = await places.state()
    return { kind, usable, locked, problem, fix, keychain: state }
  } catch (error) {
    const { message, remedy } = toSkilletError(error)
    const state = await keychain.state()
    return { kind: 'keychain', usable: false, locked: false, problem: message, fix: remedy, keychain: state }
  }
}

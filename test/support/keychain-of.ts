import { SkilletError } from '../../src/shared/errors.ts'
import type { SecretStore } from '../../src/engine/secrets/store.ts'

/** Keeps keys in memory, for tests that are about something else; the real keychain has tests of its own. */
export function keychainOf(values: Record<string, string> = {}): SecretStore {
  const kept = new Map(Object.entries(values))
  return {
    kind: 'keychain',
    state: async () => ({ available: true, name: 'Of the test', problem: null, fix: null }),
    get: async (name) => kept.get(name) ?? null,
    set: async (name, value) => void kept.set(name, value),
    remove: async (name) => kept.delete(name),
    find: async (names) => new Map([...kept].filter(([name]) => names.includes(name))),
  }
}

/** A computer without a keychain. */
export function missingKeychain(): SecretStore {
  const missing = () =>
    Promise.reject(new SkilletError('KEYCHAIN_UNAVAILABLE', 'No keychain.', { remedy: 'Get one.' }))
  return {
    kind: 'keychain',
    state: async () => ({ available: false, name: 'Of the test', problem: 'No keychain.', fix: 'Get one.' }),
    get: missing,
    set: missing,
    remove: missing,
    find: missing,
  }
}

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

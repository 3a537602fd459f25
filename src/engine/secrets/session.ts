import { assertEntry, assertValue } from './entry.ts'
import type { SecretStore } from './store.ts'

/** Keys in this process's memory and nowhere else: gone, and zeroed, when it is closed. */
export interface SessionSecrets extends SecretStore {
  all(): Map<string, string>
  clear(): void
}

export function createSessionSecrets(): SessionSecrets {
  const kept = new Map<string, Buffer>()
  const drop = (entry: string) => {
    kept.get(entry)?.fill(0)
    return kept.delete(entry)
  }
  return {
    kind: 'session',
    state: async () => ({ available: true, name: "Skillet's memory", problem: null, fix: null }),
    async get(entry) {
      assertEntry(entry)
      return kept.get(entry)?.toString('utf8') ?? null
    },
    async set(entry, value) {
      assertEntry(entry)
      assertValue(value)
      drop(entry)
      kept.set(entry, Buffer.from(value, 'utf8'))
    },
    async remove(entry) {
      assertEntry(entry)
      return drop(entry)
    },
    async find(entries) {
      entries.forEach(assertEntry)
      return new Map(
        entries.flatMap((entry) => (kept.has(entry) ? [[entry, kept.get(entry)!.toString('utf8')]] : [])),
      )
    },
    all: () => new Map([...kept].map(([entry, value]) => [entry, value.toString('utf8')])),
    clear() {
      for (const entry of [...kept.keys()]) drop(entry)
    },
  }
}

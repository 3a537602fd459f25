import { randomBytes } from 'node:crypto'
import { createRequire } from 'node:module'
import type { KeychainState } from '../../shared/contract/keys.ts'
import { SkilletError, toSkilletError } from '../../shared/errors.ts'
import { assertEntry, assertValue } from './entry.ts'
import { keychainName, troubleOf } from './keychain-trouble.ts'
import { createPatience } from './patience.ts'
import { isInPlainText } from './plain-keyring.ts'
import type { SecretStore } from './store.ts'

/** The calls of keytar that are used. Each rejects when the system's keychain can't be reached. */
export interface Keytar {
  getPassword(service: string, account: string): Promise<string | null>
  setPassword(service: string, account: string, password: string): Promise<void>
  deletePassword(service: string, account: string): Promise<boolean>
}

export interface KeychainPorts {
  /** Brings in the native module; loaded at the first use, since its library may be missing. */
  load?: () => Promise<Keytar>
  /** How long the system may take, a question to the person included, in milliseconds. */
  timeoutMs?: number
  service?: string
}

/** Entries of the round trip; a secret's name can't begin like this. */
const probePrefix = '.check-'

/**
 * The operating system's keychain. Where there is none, every call but `state` throws KEYCHAIN_UNAVAILABLE. `state` stores,
 * reads back and removes an entry of its own: only that shows that keys would be kept.
 */
export function createKeychain({
  load = loadKeytar,
  timeoutMs = 20_000,
  service = 'Skillet',
}: KeychainPorts = {}): SecretStore {
  let module: Promise<Keytar> | null = null
  let checking: Promise<KeychainState> | null = null
  const patience = createPatience(timeoutMs)

  const use = async <T>(call: (keytar: Keytar) => Promise<T>): Promise<T> => {
    try {
      module ??= load()
      const keytar = await module
      return await patience(() => call(keytar))
    } catch (error) {
      module = null
      if (error instanceof SkilletError) throw error
      const { problem, fix } = troubleOf(error)
      throw new SkilletError('KEYCHAIN_UNAVAILABLE', problem, { remedy: fix, cause: error })
    }
  }

  /** Throws unless an entry of our own can be stored, read back and removed. */
  const roundTrip = async (): Promise<void> => {
    const account = `${probePrefix}${randomBytes(8).toString('hex')}`
    const value = randomBytes(16).toString('hex')
    await use((keytar) => keytar.setPassword(service, account, value))
    const read = await use((keytar) => keytar.getPassword(service, account))
    const plain = await isInPlainText(value)
    await use((keytar) => keytar.deletePassword(service, account))
    if (plain)
      throw new SkilletError(
        'KEYCHAIN_UNAVAILABLE',
        'The keychain has no password: it keeps everything readable.',
        {
          remedy: 'Give it a password, for example in “Passwords and Keys”, then try again.',
        },
      )
    if (read !== value)
      throw new SkilletError('KEYCHAIN_UNAVAILABLE', 'The keychain did not give back what it was given.')
  }

  const stateNow = async (): Promise<KeychainState> => {
    try {
      await roundTrip()
      return { available: true, name: keychainName(), problem: null, fix: null }
    } catch (error) {
      const { message, remedy } = toSkilletError(error)
      return { available: false, name: keychainName(), problem: message, fix: remedy }
    }
  }

  const find = async (entries: readonly string[]): Promise<Map<string, string>> => {
    entries.forEach(assertEntry)
    const found = new Map<string, string>()
    for (const entry of entries) {
      const value = await use((keytar) => keytar.getPassword(service, entry))
      if (value !== null) found.set(entry, value)
    }
    // A locked keychain answers as if it were empty, and "not stored" would send people to type their key again.
    if (found.size < entries.length) await roundTrip()
    return found
  }

  return {
    kind: 'keychain',
    state() {
      checking ??= stateNow().finally(() => {
        checking = null
      })
      return checking
    },

    get: async (entry) => (await find([entry])).get(entry) ?? null,
    find,

    set: async (entry, value) => {
      assertEntry(entry)
      assertValue(value)
      await roundTrip()
      await use((keytar) => keytar.setPassword(service, entry, value))
      if ((await use((keytar) => keytar.getPassword(service, entry))) !== value)
        throw new SkilletError('KEYCHAIN_UNAVAILABLE', 'The keychain did not keep the key as it was given.')
    },

    remove: async (entry) => {
      assertEntry(entry)
      const removed = await use((keytar) => keytar.deletePassword(service, entry))
      if (!removed) await roundTrip()
      return removed
    },
  }
}

/** `import()` would not do: bundled for Electron 25 it can't reach into the app's archive, `require` can. */
async function loadKeytar(): Promise<Keytar> {
  const require = createRequire(typeof __filename === 'string' ? __filename : import.meta.url)
  return require('keytar') as Keytar
}

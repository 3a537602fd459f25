import { randomBytes } from 'node:crypto'
import type { KeychainState } from '../../shared/contract/keys.ts'
import { SkilletError } from '../../shared/errors.ts'
import { secretNameSchema } from '../../shared/identifiers.ts'
import { keychainName, troubleOf } from './keychain-trouble.ts'
import { createPatience } from './patience.ts'

/** The calls of keytar that are used. Each rejects when the system's keychain can't be reached. */
export interface Keytar {
  getPassword(service: string, account: string): Promise<string | null>
  setPassword(service: string, account: string, password: string): Promise<void>
  deletePassword(service: string, account: string): Promise<boolean>
  findCredentials(service: string): Promise<{ account: string; password: string }[]>
}

export interface Keychain {
  /** Stores, reads back and removes an entry of its own: only that shows that keys would be kept. Never throws. */
  state(): Promise<KeychainState>
  /** The value, or null where there is none. */
  get(name: string): Promise<string | null>
  set(name: string, value: string): Promise<void>
  /** False where there was nothing to remove. */
  remove(name: string): Promise<boolean>
  /** Names of all stored keys, sorted. */
  names(): Promise<string[]>
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
 * The operating system's keychain. Nothing is ever kept anywhere else: where there is no keychain, every call but
 * `state` throws KEYCHAIN_UNAVAILABLE.
 */
export function createKeychain({
  load = loadKeytar,
  timeoutMs = 20_000,
  service = 'Skillet',
}: KeychainPorts = {}): Keychain {
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

  const roundTrip = async (): Promise<KeychainState> => {
    const account = `${probePrefix}${randomBytes(8).toString('hex')}`
    const value = randomBytes(16).toString('hex')
    try {
      await use((keytar) => keytar.setPassword(service, account, value))
      const read = await use((keytar) => keytar.getPassword(service, account))
      await use((keytar) => keytar.deletePassword(service, account))
      if (read !== value) throw new Error('the keychain did not give back what it was given')
      return { available: true, name: keychainName(), problem: null, fix: null }
    } catch (error) {
      const { problem, fix } =
        error instanceof SkilletError ? { problem: error.message, fix: error.remedy } : troubleOf(error)
      return { available: false, name: keychainName(), problem, fix }
    }
  }

  return {
    state() {
      checking ??= roundTrip().finally(() => {
        checking = null
      })
      return checking
    },

    get: async (name) => {
      assertName(name)
      return use((keytar) => keytar.getPassword(service, name))
    },

    set: async (name, value) => {
      assertName(name)
      // The native module hands values on as C strings, which end at the first NUL.
      if (value === '' || value.includes('\0') || value.length > 8192)
        throw new SkilletError('INPUT_INVALID', 'A key must have between 1 and 8192 characters.')
      await use((keytar) => keytar.setPassword(service, name, value))
      if ((await use((keytar) => keytar.getPassword(service, name))) !== value)
        throw new SkilletError('KEYCHAIN_UNAVAILABLE', 'The keychain did not keep the key as it was given.')
    },

    remove: async (name) => {
      assertName(name)
      return use((keytar) => keytar.deletePassword(service, name))
    },

    names: async () => {
      const found = await use((keytar) => keytar.findCredentials(service))
      return found
        .map(({ account }) => account)
        .filter((account) => secretNameSchema.safeParse(account).success)
        .sort()
    },
  }
}

function assertName(name: string): void {
  if (!secretNameSchema.safeParse(name).success)
    throw new SkilletError(
      'INPUT_INVALID',
      `“${name}” can't be a key's name: use capitals such as EXAMPLE_API_KEY.`,
    )
}

async function loadKeytar(): Promise<Keytar> {
  const loaded = (await import('keytar')) as unknown as Keytar & { default?: Keytar }
  return loaded.default ?? loaded
}

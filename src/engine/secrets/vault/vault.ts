import { randomBytes } from 'node:crypto'
import { SkilletError, toSkilletError } from '../../../shared/errors.ts'
import type { SecretDamage } from '../../../shared/contract/keys.ts'
import { withFileLock } from '../../audit/file-lock.ts'
import { assertEntry, assertValue } from '../entry.ts'
import type { SecretStore } from '../store.ts'
import { keysOf, newVaultKey, unwrapVaultKey, type VaultKeys } from './crypt.ts'
import { formatVault, parseVault, type VaultHeader } from './format.ts'
import { judgeVault, type VaultContents, type VaultEntry } from './judge.ts'
import { assertPassphrase, type PassphraseKeys } from './passphrase.ts'
import { createTries } from './tries.ts'
import { createVaultFile } from './vault-file.ts'

/**
 * Keys in a file, encrypted by a passphrase (docs/formats.md, The vault). `find` leaves out damaged entries, which
 * `damaged` lists; `get` throws VAULT_DAMAGED for one.
 */
export interface Vault extends SecretStore {
  exists(): boolean
  locked(): boolean
  /** Makes an empty one and unlocks it. @throws SkilletError INPUT_INVALID where there is one or the passphrase is too short */
  create(passphrase: string): Promise<void>
  /** @throws SkilletError VAULT_PASSPHRASE_WRONG, RATE_LIMITED, VAULT_CUT_SHORT, VAULT_DAMAGED, VAULT_OLDER */
  unlock(passphrase: string): Promise<void>
  /** Forgets what opened it; its keys are zeroed. */
  lock(): void
  /**
   * A new vault key, everything encrypted anew, under another passphrase or the same one: whoever had the old passphrase
   * and an old copy can read nothing that is written from now on.
   * @throws as `unlock`; VAULT_DAMAGED while an entry is damaged, since it couldn't be taken along
   */
  rekey(passphrase: string, next: string): Promise<void>
  damaged(): Promise<{ entry: string; damage: SecretDamage }[]>
  /** Every entry with its value, for keeping them elsewhere. @throws SkilletError VAULT_LOCKED, VAULT_DAMAGED */
  all(): Promise<Map<string, string>>
  /** Deletes the vault. */
  discard(): Promise<void>
  close(): Promise<void>
}

interface VaultPorts {
  /** A folder for the vault alone. */
  readonly folder: string
  readonly passphraseKeys: PassphraseKeys
  /** Locked again after so long without use, in milliseconds. */
  readonly idleMs?: number
}

interface Open extends VaultContents {
  readonly header: VaultHeader
  readonly keys: VaultKeys
  /** Which state of the file this is. */
  readonly stamp: string
}

export function createVault({ folder, passphraseKeys, idleMs = 15 * 60_000 }: VaultPorts): Vault {
  const file = createVaultFile(folder)
  const tries = createTries()
  let opened: Open | null = null
  let idle: NodeJS.Timeout | null = null
  let lastUnlock: Promise<unknown> = Promise.resolve()

  function lock(): void {
    opened?.keys.close()
    opened = null
    if (idle !== null) clearTimeout(idle)
    idle = null
  }
  function stayOpen(state: Open): Open {
    if (opened !== null && opened.keys !== state.keys) opened.keys.close()
    opened = state
    idle ??= setTimeout(lock, idleMs).unref()
    idle.refresh()
    return state
  }
  const locked = (why: string) => new SkilletError('VAULT_LOCKED', why)

  /** What it holds now: another Skillet may have written to it. */
  async function current(): Promise<Open> {
    if (opened === null) throw locked('Your keys are locked.')
    const { keys } = opened
    if (file.stamp() === opened.stamp) return stayOpen(opened)
    const { text, stamp } = await file.read()
    const parsed = parseVault(text, file.path)
    if (parsed.header.vault !== keys.vault || parsed.header.key.id !== keys.id) {
      lock()
      throw locked('Your keys were locked again by another Skillet, which changed their passphrase or key.')
    }
    const contents = judgeVault(parsed, keys, file.path)
    await file.assertNotOlder(keys.vault, contents.generation)
    if (opened?.keys !== keys) throw locked('Your keys are locked.')
    return stayOpen({ ...contents, header: parsed.header, keys, stamp })
  }

  /** Reads it with a passphrase. The caller closes the keys. */
  async function openWith(passphrase: string): Promise<Open> {
    tries.assertMayTry()
    const { text, stamp } = await file.read()
    const parsed = parseVault(text, file.path)
    const { header } = parsed
    const passphraseKey = await passphraseKeys.derive(passphrase, header.kdf)
    const vaultKey = unwrapVaultKey(passphraseKey, header)
    passphraseKey.fill(0)
    if (vaultKey === null) {
      tries.wrong()
      throw new SkilletError('VAULT_PASSPHRASE_WRONG', 'That is not the passphrase of your keys.')
    }
    tries.right()
    const keys = keysOf(header.vault, header.key.id, vaultKey)
    vaultKey.fill(0)
    try {
      const contents = judgeVault(parsed, keys, file.path)
      await file.assertNotOlder(header.vault, contents.generation)
      return { ...contents, header, keys, stamp }
    } catch (error) {
      keys.close()
      throw error
    }
  }

  /** Writes these entries as the next generation. */
  async function write(
    header: VaultHeader,
    keys: VaultKeys,
    before: VaultContents | null,
    entries: VaultEntry[],
  ): Promise<Open> {
    const generation = (before?.generation ?? 0) + 1
    const sorted = [...entries].sort((a, b) => (a.entry < b.entry ? -1 : 1))
    const set = {
      generation,
      entries: sorted.map(({ entry, version, tag }) => ({ entry, version, tag })),
    }
    const lines = sorted.flatMap(({ line }) => (line === null ? [] : [line]))
    const text = formatVault(header, set, keys.macOf, lines)
    // Lines that are no record any more would be lost: what was damaged stays beside it as it was.
    if (before !== null && damages(before).length > 0) await file.keepDamaged(before.generation)
    await file.write(text, header.vault, generation)
    const written = new Map(sorted.map((one) => [one.entry, one]))
    return { header, keys, generation, entries: written, stamp: file.stamp() }
  }

  const sealed = (keys: VaultKeys, entry: string, version: number, value: string): VaultEntry => {
    const record = keys.seal(entry, version, value)
    return { entry, version, tag: record.tag, record, line: JSON.stringify(record), damage: null }
  }
  const valueOf = (keys: VaultKeys, one: VaultEntry): string => {
    const plain = one.record === null ? null : keys.open(one.record, one)
    if (plain === null) throw damagedError(one)
    const value = plain.toString('utf8')
    plain.fill(0)
    return value
  }
  const change = (edit: (state: Open) => VaultEntry[] | null): Promise<boolean> =>
    withFileLock(file.lock, async () => {
      const state = await current()
      const entries = edit(state)
      if (entries !== null) {
        const written = await write(state.header, state.keys, state, entries)
        // Locked meanwhile, it stays so.
        if (opened?.keys === written.keys) stayOpen(written)
      }
      return entries !== null
    })
  const without = (state: Open, entry: string) =>
    [...state.entries.values()].filter((one) => one.entry !== entry)
  const newHeader = async (passphrase: string, vault: string) => {
    const kdf = await passphraseKeys.newKdf()
    const passphraseKey = await passphraseKeys.derive(passphrase, kdf)
    const { vaultKey, key } = newVaultKey(passphraseKey, { vault, kdf })
    passphraseKey.fill(0)
    const keys = keysOf(vault, key.id, vaultKey)
    vaultKey.fill(0)
    return { header: { schema: 1, vault, kdf, key } as const, keys }
  }

  return {
    kind: 'vault',
    exists: () => file.exists(),
    locked: () => opened === null,
    lock,
    async state() {
      const name = 'a file that your passphrase protects'
      try {
        await current()
        return { available: true, name, problem: null, fix: null }
      } catch (error) {
        const { message, remedy } = toSkilletError(error)
        return { available: false, name, problem: message, fix: remedy }
      }
    },

    async create(passphrase) {
      assertPassphrase(passphrase)
      const vault = randomBytes(16).toString('base64url')
      const { header, keys } = await newHeader(passphrase, vault)
      await withFileLock(file.lock, async () => {
        if (file.exists())
          throw new SkilletError('INPUT_INVALID', 'Your keys have a passphrase already.', {
            remedy: 'Unlock them with it, or change it.',
          })
        stayOpen(await write(header, keys, null, []))
      })
    },
    unlock(passphrase) {
      // One after another, so that many at once are not many tries for one wait.
      const turn = lastUnlock.then(async () => void stayOpen(await openWith(passphrase)))
      lastUnlock = turn.catch(() => undefined)
      return turn
    },
    async rekey(passphrase, next) {
      assertPassphrase(next)
      await withFileLock(file.lock, async () => {
        const old = await openWith(passphrase)
        try {
          const { header, keys } = await newHeader(next, old.header.vault)
          const entries = [...old.entries.values()].map((one) =>
            sealed(keys, one.entry, old.generation + 1, valueOf(old.keys, one)),
          )
          stayOpen(await write(header, keys, old, entries))
        } finally {
          old.keys.close()
        }
      })
    },

    async get(entry) {
      assertEntry(entry)
      const { entries, keys } = await current()
      const one = entries.get(entry)
      return one === undefined ? null : valueOf(keys, one)
    },
    async find(asked) {
      asked.forEach(assertEntry)
      const { entries, keys } = await current()
      return new Map(
        asked.flatMap((entry) => {
          const one = entries.get(entry)
          return one === undefined || one.damage !== null ? [] : [[entry, valueOf(keys, one)]]
        }),
      )
    },
    async set(entry, value) {
      assertEntry(entry)
      assertValue(value)
      await change((state) => [
        ...without(state, entry),
        sealed(state.keys, entry, state.generation + 1, value),
      ])
    },
    async remove(entry) {
      assertEntry(entry)
      return change((state) => (state.entries.has(entry) ? without(state, entry) : null))
    },
    damaged: async () => damages(await current()).map(({ entry, damage }) => ({ entry, damage: damage! })),
    async all() {
      const { entries, keys } = await current()
      return new Map([...entries.values()].map((one) => [one.entry, valueOf(keys, one)]))
    },
    async discard() {
      await withFileLock(file.lock, () => file.discard())
      lock()
    },
    async close() {
      lock()
      await passphraseKeys.close()
    },
  }
}

const damages = ({ entries }: VaultContents) => [...entries.values()].filter(({ damage }) => damage !== null)

const damageWords: Record<SecretDamage, string> = {
  altered: 'was altered on the disk',
  missing: 'is missing from the disk',
  swapped: 'was swapped with another one on the disk',
  older: 'was put back to an earlier value on the disk',
}

function damagedError({ entry, damage }: VaultEntry): SkilletError {
  return new SkilletError('VAULT_DAMAGED', `The key ${entry} ${damageWords[damage ?? 'altered']}.`, {
    remedy: 'Enter this key again, or remove it. Your other keys can be used.',
  })
}

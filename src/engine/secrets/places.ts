import type { KeyPlace, SecretRef } from '../../shared/contract/keys.ts'
import { SkilletError } from '../../shared/errors.ts'
import type { Journal } from '../ports.ts'
import { parseEntry } from './entry.ts'
import type { SessionSecrets } from './session.ts'
import type { SecretKind, SecretStore } from './store.ts'
import type { Vault } from './vault/vault.ts'

interface Ports {
  readonly keychain: SecretStore
  readonly vault: Vault
  readonly session: SessionSecrets
  readonly journal: Pick<Journal, 'append'>
  /** Which kinds the administrators allow. */
  readonly allowed: () => Promise<readonly SecretKind[]>
  /** Asks the person for the vault's passphrase where something needs it; null where nobody can be asked. */
  readonly askPassphrase?: (() => Promise<string | null>) | undefined
}

/** Which of the three places keys are kept in, and how a person changes that. */
export interface SecretPlaces {
  /** Where keys are kept now; a locked vault is unlocked where the person can be asked. @throws SkilletError POLICY_DENIED */
  current(): Promise<SecretStore>
  /** Never throws for what can't be used; asks nobody. */
  state(): Promise<KeyPlace>
  /** From now on in a vault, what is in memory so far as well. @throws SkilletError INPUT_INVALID where a keychain works */
  protect(passphrase: string): Promise<void>
  /** From now on in memory, until Skillet ends. @throws SkilletError INPUT_INVALID where keys are kept elsewhere */
  keepInMemory(): Promise<void>
  /** Everything into the keychain, once there is one; then the vault is deleted. */
  moveToKeychain(): Promise<void>
  /** Deletes the vault with all that is in it. What it held is for the caller to forget. */
  discardVault(): Promise<void>
  close(): Promise<void>
}

const kindWords: Record<SecretKind, string> = {
  keychain: "in the system's keychain",
  vault: 'in a file with a passphrase',
  session: 'in memory until Skillet closes',
}

/**
 * The keychain, unless the person has chosen something else: nothing is ever chosen for them. A vault that is there was
 * chosen; that keys are only in memory was chosen in this process.
 */
export function createSecretPlaces(ports: Ports): SecretPlaces {
  const { keychain, vault, session, journal, askPassphrase } = ports
  let inMemory = false
  let asking: Promise<void> | null = null

  const kindNow = (): SecretKind => (inMemory ? 'session' : vault.exists() ? 'vault' : 'keychain')
  const stores = { keychain: sayingWhatElse(keychain), vault, session }

  async function assertAllowed(kind: SecretKind): Promise<void> {
    if (!(await ports.allowed()).includes(kind))
      throw new SkilletError(
        'POLICY_DENIED',
        `Your administrator doesn't allow keys to be kept ${kindWords[kind]}.`,
      )
  }
  async function askAndUnlock(): Promise<void> {
    const passphrase = (await askPassphrase?.()) ?? null
    if (passphrase !== null) await vault.unlock(passphrase)
  }
  async function current(): Promise<SecretStore> {
    const kind = kindNow()
    await assertAllowed(kind)
    if (kind === 'vault' && vault.locked() && askPassphrase !== undefined) {
      asking ??= askAndUnlock().finally(() => {
        asking = null
      })
      await asking
    }
    return stores[kind]
  }
  /** What isn't kept in the keychain is only so where there is none. */
  async function assertNoKeychain(): Promise<void> {
    const { available } = await keychain.state()
    if (available && (await ports.allowed()).includes('keychain'))
      throw new SkilletError('INPUT_INVALID', "This computer's keychain works: keys are kept there.", {
        remedy: 'Nothing needs to be done.',
      })
  }

  return {
    current,
    async state() {
      const kind = kindNow()
      const allowed = await ports.allowed()
      const ofKeychain = await keychain.state()
      const { available, name, problem, fix } = kind === 'keychain' ? ofKeychain : await stores[kind].state()
      const forbidden = !allowed.includes(kind)
      const elsewhere = kind === 'keychain' && (!available || forbidden)
      return {
        kind,
        name,
        usable: available && !forbidden,
        locked: kind === 'vault' && vault.locked(),
        problem: forbidden ? `Your administrator doesn't allow keys to be kept ${kindWords[kind]}.` : problem,
        fix: forbidden ? 'Ask your administrator.' : fix,
        choices: (['vault', 'session'] as const).filter((one) => elsewhere && allowed.includes(one)),
        keychain: ofKeychain,
        canMoveToKeychain: kind !== 'keychain' && ofKeychain.available && allowed.includes('keychain'),
        damaged:
          kind === 'vault' && available
            ? (await vault.damaged()).map(({ entry, damage }) => ({ ...refOf(entry), damage }))
            : [],
      }
    },
    async protect(passphrase) {
      await assertAllowed('vault')
      await assertNoKeychain()
      await vault.create(passphrase)
      for (const [entry, value] of session.all()) await vault.set(entry, value)
      session.clear()
      inMemory = false
      await journal.append('secrets.vault', null, 'Keys are kept in a file with a passphrase.', {})
    },
    async keepInMemory() {
      await assertAllowed('session')
      await assertNoKeychain()
      if (vault.exists())
        throw new SkilletError('INPUT_INVALID', 'Your keys are kept in a file with a passphrase.', {
          remedy: 'Unlock them, or delete them first.',
        })
      inMemory = true
      await journal.append('secrets.session', null, 'Keys are kept in memory until Skillet closes.', {})
    },
    async moveToKeychain() {
      await assertAllowed('keychain')
      const from = (await current()).kind
      if (from === 'keychain') return
      const held = from === 'vault' ? await vault.all() : session.all()
      for (const [entry, value] of held) await keychain.set(entry, value)
      if (from === 'vault') await vault.discard()
      session.clear()
      inMemory = false
      await journal.append('secrets.keychain', null, "Moved all keys into the system's keychain.", {
        keys: held.size,
      })
    },
    async discardVault() {
      if (!vault.exists()) throw new SkilletError('NOT_FOUND', 'There are no keys with a passphrase.')
      await vault.discard()
      await journal.append('secrets.discarded', null, 'Deleted the file with all keys.', {})
    },
    async close() {
      session.clear()
      await vault.close()
    },
  }
}

/** Whoever needs a key where there is no keychain hears that they have a choice. */
function sayingWhatElse(keychain: SecretStore): SecretStore {
  const saying = async <T>(work: Promise<T>): Promise<T> => {
    try {
      return await work
    } catch (error) {
      if (!(error instanceof SkilletError) || error.code !== 'KEYCHAIN_UNAVAILABLE') throw error
      throw new SkilletError(error.code, error.message, {
        remedy: `${error.remedy}\nOr keep your keys without one: open Keys, or run: skillet secrets protect`,
        cause: error,
      })
    }
  }
  return {
    ...keychain,
    get: (entry) => saying(keychain.get(entry)),
    set: (entry, value) => saying(keychain.set(entry, value)),
    remove: (entry) => saying(keychain.remove(entry)),
    find: (entries) => saying(keychain.find(entries)),
  }
}

const refOf = (entry: string): SecretRef => parseEntry(entry) ?? { name: entry, skill: null }

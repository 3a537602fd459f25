import type { KeyPlace, SecretInfo } from '../../shared/contract/keys.ts'
import type { Engine } from '../api.ts'
import type { Journal } from '../ports.ts'
import type { SecretBook } from './book.ts'
import type { SecretPlaces } from './places.ts'
import type { UnseenKeys } from './unseen-keys.ts'
import type { Vault } from './vault/vault.ts'

export interface Keys {
  readonly place: KeyPlace
  readonly secrets: SecretInfo[]
  /** What an installed skill, unless withdrawn, asks for and isn't stored. */
  readonly wanted: { name: string; title: string; slug: string }[]
}

interface Ports {
  readonly book: SecretBook
  readonly places: SecretPlaces
  readonly vault: Vault
  readonly journal: Pick<Journal, 'append'>
  readonly unseenKeys: Pick<UnseenKeys, 'set'>
}

type KeyCalls = Pick<
  Engine,
  | 'keys'
  | 'setSecret'
  | 'removeSecret'
  | 'testSecret'
  | 'setKeyUnseen'
  | 'protectKeys'
  | 'keepKeysInMemory'
  | 'unlockKeys'
  | 'lockKeys'
  | 'rekeyVault'
  | 'moveKeysToKeychain'
  | 'discardVault'
>

/** What a person may do with their keys. Nothing here reads a value. */
export function createKeyCalls({ book, places, vault, journal, unseenKeys }: Ports): KeyCalls {
  return {
    async keys() {
      const place = await places.state()
      return { place, ...(await book.overview(place.usable)) }
    },
    setSecret: (secret, value) => book.set(secret, value),
    removeSecret: (secret) => book.remove(secret),
    testSecret: (secret) => book.test(secret),
    async setKeyUnseen(slug, name, unseen) {
      await unseenKeys.set(slug, name, unseen)
      const what = unseen
        ? `${slug} uses the key ${name} without seeing it from now on.`
        : `${slug} gets the key ${name} itself from now on.`
      await journal.append('secrets.unseen', slug, what, { name, unseen })
    },
    protectKeys: (passphrase) => places.protect(passphrase),
    keepKeysInMemory: () => places.keepInMemory(),
    unlockKeys: (passphrase) => vault.unlock(passphrase),
    lockKeys: () => vault.lock(),
    async rekeyVault(passphrase, next) {
      await vault.rekey(passphrase, next)
      const what = passphrase === next ? 'Encrypted all keys anew.' : 'Changed the passphrase of the keys.'
      await journal.append('secrets.rekeyed', null, what, {})
    },
    moveKeysToKeychain: () => places.moveToKeychain(),
    async discardVault() {
      await places.discardVault()
      await book.forgetAll()
    },
  }
}

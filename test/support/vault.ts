import { createPassphraseKeys } from '../../src/engine/secrets/vault/passphrase.ts'
import { createVault } from '../../src/engine/secrets/vault/vault.ts'

export const passphrase = 'correct horse battery staple'

/** Argon2id at next to no cost, for tests that are about something else than guessing. */
export const cheapKeys = () => createPassphraseKeys({ fixed: { memoryKib: 8, passes: 1 } })

export function cheapVault(folder: string, idleMs?: number) {
  return createVault({ folder, passphraseKeys: cheapKeys(), ...(idleMs === undefined ? {} : { idleMs }) })
}

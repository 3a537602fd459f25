import type { KeychainState } from '../../shared/contract/keys.ts'

export type SecretKind = 'keychain' | 'vault' | 'session'

/**
 * Where keys are kept. There are three kinds, and never a fourth that would be plain text: the system's keychain
 * (`keychain.ts`), a file encrypted by a passphrase (`vault/`), and memory until Skillet ends (`session.ts`).
 * An entry is `NAME` or `NAME@slug` (`entry.ts`). Every call but `state` throws where the place can't be used:
 * KEYCHAIN_UNAVAILABLE, VAULT_LOCKED, VAULT_DAMAGED …; never is "not there" said of what only can't be read.
 */
export interface SecretStore {
  readonly kind: SecretKind
  /** Whether keys can be kept and read here now. Never throws. */
  state(): Promise<KeychainState>
  /** The value, or null where there is none. */
  get(entry: string): Promise<string | null>
  /** On the disk, or wherever it is kept, when this returns. @throws SkilletError INPUT_INVALID */
  set(entry: string, value: string): Promise<void>
  /** False where there was nothing to remove. */
  remove(entry: string): Promise<boolean>
  /** The values of those that are stored, by entry. */
  find(entries: readonly string[]): Promise<Map<string, string>>
}

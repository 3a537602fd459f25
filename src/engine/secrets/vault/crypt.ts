import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  hkdfSync,
  randomBytes,
  timingSafeEqual,
} from 'node:crypto'
import type { Listed, VaultHeader, VaultRecord } from './format.ts'

/** AES-256-GCM's parts, base64url. */
type Sealed = Pick<VaultRecord, 'nonce' | 'data' | 'tag'>

/** The keys that an open vault works with. `close` zeroes them, and whoever uses them after that gets an error. */
export interface VaultKeys {
  readonly vault: string
  /** Of the vault key that they come from. */
  readonly id: string
  seal(entry: string, version: number, value: string): VaultRecord
  /** Null where it isn't that record of that vault, to the last bit. The caller zeroes the result. */
  open(record: Sealed, listed: Pick<Listed, 'entry' | 'version'>): Buffer | null
  macOf(headLines: string): string
  close(): void
}

/** A vault key is 32 random bytes. What it protects is each protected by a key of its own (HKDF, RFC 5869). */
export function keysOf(vault: string, id: string, vaultKey: Uint8Array): VaultKeys {
  const derive = (use: string) =>
    Buffer.from(hkdfSync('sha256', vaultKey, Buffer.from(vault, 'base64url'), `skillet vault 1 ${use}`, 32))
  const recordKey = derive('record')
  const setKey = derive('set')
  let closed = false
  const usable = (key: Buffer) => {
    // All zeros would encrypt too.
    if (closed) throw new Error('The keys of the vault were closed.')
    return key
  }
  const contextOf = (entry: string, version: number) => context('record', vault, id, entry, version)
  return {
    vault,
    id,
    seal(entry, version, value) {
      const plain = Buffer.from(value, 'utf8')
      const sealed = seal(usable(recordKey), plain, contextOf(entry, version))
      plain.fill(0)
      return { entry, key: id, version, ...sealed }
    },
    open: (record, { entry, version }) => open(usable(recordKey), record, contextOf(entry, version)),
    macOf: (headLines) => createHmac('sha256', usable(setKey)).update(headLines).digest('base64url'),
    close() {
      closed = true
      recordKey.fill(0)
      setKey.fill(0)
    },
  }
}

/** A new vault key, and what the header keeps of it. The caller zeroes `vaultKey`. */
export function newVaultKey(
  passphraseKey: Uint8Array,
  header: Pick<VaultHeader, 'vault' | 'kdf'>,
): { vaultKey: Buffer; key: VaultHeader['key'] } {
  const vaultKey = randomBytes(32)
  const id = randomBytes(8).toString('base64url')
  return { vaultKey, key: { id, ...seal(passphraseKey, vaultKey, wrapContext({ ...header, key: { id } })) } }
}

/** Null where the passphrase is another one. The caller zeroes the result. */
export function unwrapVaultKey(passphraseKey: Uint8Array, header: VaultHeader): Buffer | null {
  return open(passphraseKey, header.key, wrapContext(header))
}

const wrapContext = ({ vault, kdf, key }: Pick<VaultHeader, 'vault' | 'kdf'> & { key: { id: string } }) =>
  context('key', vault, key.id, kdf)

export function sameText(a: string, b: string): boolean {
  const [one, other] = [Buffer.from(a), Buffer.from(b)]
  return one.length === other.length && timingSafeEqual(one, other)
}

/** What a ciphertext is bound to: in any other place it doesn't open. */
function context(what: string, ...parts: unknown[]): Buffer {
  return Buffer.from(JSON.stringify([`skillet vault 1 ${what}`, ...parts]), 'utf8')
}

function seal(key: Uint8Array, plain: Uint8Array, bound: Buffer): Sealed {
  const nonce = randomBytes(12)
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(bound)
  const data = Buffer.concat([cipher.update(plain), cipher.final()])
  return {
    nonce: nonce.toString('base64url'),
    data: data.toString('base64url'),
    tag: cipher.getAuthTag().toString('base64url'),
  }
}

function open(key: Uint8Array, { nonce, data, tag }: Sealed, bound: Buffer): Buffer | null {
  const decipher = createDecipheriv('aes-256-gcm', key, Buffer.from(nonce, 'base64url'), {
    authTagLength: 16,
  })
  decipher.setAAD(bound).setAuthTag(Buffer.from(tag, 'base64url'))
  const plain = decipher.update(Buffer.from(data, 'base64url'))
  try {
    decipher.final()
    return plain
  } catch {
    plain.fill(0)
    return null
  }
}

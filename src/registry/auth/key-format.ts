import { createHash, randomInt, timingSafeEqual } from 'node:crypto'

/** `standard`: whatever its scopes say. `bundle`: a share token. `fleet`: a fleet's machines. The latter two reach one bundle. */
export type KeyKind = 'standard' | 'bundle' | 'fleet'

const starts: Record<KeyKind, string> = { standard: 'rec_', bundle: 'cbt_', fleet: 'rec_fleet_' }
/** 43 of these hold 256 random bits, which no search through SHA-256 finds. A double click selects the whole key. */
const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'
const keyPattern = /^(?:rec_|cbt_|rec_fleet_)[A-Za-z0-9]{43}$/

/** `prefix`: the first six characters of the random part, for people; `digest`: what is stored of the rest. */
export function newKey(kind: KeyKind): { key: string; prefix: string; digest: string } {
  const secret = randomWord()
  const key = starts[kind] + secret
  return { key, prefix: secret.slice(0, 6), digest: digestOf(key) }
}

/** 256 random bits in letters and digits. */
export function randomWord(): string {
  return Array.from({ length: 43 }, () => alphabet[randomInt(alphabet.length)]).join('')
}

export function isKey(text: string): boolean {
  return keyPattern.test(text)
}

/** SHA-256 in lower-case hex. */
export function digestOf(secret: string): string {
  return createHash('sha256').update(secret).digest('hex')
}

/** Compares two digests in a time that doesn't tell where they differ. */
export function isSameDigest(one: string, other: string): boolean {
  return one.length === other.length && timingSafeEqual(Buffer.from(one), Buffer.from(other))
}

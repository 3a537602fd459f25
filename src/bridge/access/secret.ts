import { createHash, randomInt, timingSafeEqual } from 'node:crypto'

/** 43 of these hold 256 random bits, which no search through SHA-256 finds. A double click selects the whole token. */
const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'

/** 256 random bits in letters and digits. */
export function randomWord(): string {
  return Array.from({ length: 43 }, () => alphabet[randomInt(alphabet.length)]).join('')
}

/** SHA-256 in lower-case hex. */
export function digestOf(secret: string): string {
  return createHash('sha256').update(secret).digest('hex')
}

/** Compares two digests in a time that doesn't tell where they differ. */
export function isSameDigest(one: string, other: string): boolean {
  return one.length === other.length && timingSafeEqual(Buffer.from(one), Buffer.from(other))
}

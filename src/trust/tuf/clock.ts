import type { Metadata, Timestamp } from '@tufjs/models'
import { clockWrong, expired, invalid } from './refusal.ts'

/** Extra field of the timestamp's signed part: when it was signed, RFC 3339 in UTC. */
const signedAtField = 'x-signed-at'
const utcTime = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?Z$/
const dayMs = 86_400_000

/**
 * A time in metadata: RFC 3339 in UTC.
 * @throws SkilletError METADATA_INVALID; a date that can't be read would otherwise compare as never reached
 */
export function parseUtcTime(value: unknown): Date {
  const time = typeof value === 'string' && utcTime.test(value) ? new Date(value) : null
  if (time === null || Number.isNaN(time.getTime())) throw invalid('a date in them cannot be read')
  return time
}

/** When this timestamp was signed; null where its signer doesn't say. @throws SkilletError METADATA_INVALID */
export function signedAtOf(timestamp: Metadata<Timestamp>): Date | null {
  const value = timestamp.signed.unrecognizedFields[signedAtField]
  return value === undefined ? null : parseUtcTime(value)
}

/**
 * The clock can't be before a moment that has been: set back, it would bring expired metadata to life again. A day of
 * difference is allowed.
 * @throws SkilletError CLOCK_WRONG
 */
export function assertClock(now: Date, signedAt: Date | null): void {
  if (signedAt !== null && now.getTime() < signedAt.getTime() - dayMs) throw clockWrong(now, signedAt)
}

/** @throws SkilletError METADATA_EXPIRED */
export function assertNotExpired(expires: string, now: Date): void {
  if (now >= parseUtcTime(expires)) throw expired(expires)
}

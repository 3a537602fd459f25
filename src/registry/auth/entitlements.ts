import { createHmac, timingSafeEqual } from 'node:crypto'
import { z } from 'zod'
import { SkilletError } from '../../shared/errors.ts'
import { slugSchema } from '../../shared/identifiers.ts'
import { tierSchema } from '../../shared/tier.ts'
import { record } from '../audit.ts'
import { within, type Database } from '../db/database.ts'

/** What a payment provider tells: an account has a tier from now on, until a time or for good. */
export const paymentEvent = z.strictObject({
  /** The provider's number of the event; one that was seen before changes nothing. */
  id: z.string().min(1).max(200),
  kind: z.literal('entitlement.changed'),
  account: slugSchema,
  tier: tierSchema,
  /** When it came to be so, by the provider's clock: events arrive in any order. */
  at: z.iso.datetime(),
  validUntil: z.iso.datetime().nullable(),
})
export type PaymentEvent = z.infer<typeof paymentEvent>

/** Seconds that an event may be old, or ahead, by the sender's clock. */
const toleranceSeconds = 300

/**
 * Whether a payment provider sent these bytes: `t=UNIX SECONDS,v1=HEX`, HMAC-SHA256 over `t.bytes`, as Stripe signs.
 * @throws SkilletError UNAUTHORIZED
 */
export function verifyPayment(
  bytes: Uint8Array,
  header: string | undefined,
  secret: string,
  now: number,
): void {
  const fields = new Map(
    (header ?? '')
      .split(',')
      .map((part) => [part.slice(0, part.indexOf('=')).trim(), part.slice(part.indexOf('=') + 1)]),
  )
  const at = Number(fields.get('t'))
  const given = Buffer.from(fields.get('v1') ?? '', 'hex')
  const wanted = createHmac('sha256', secret)
    .update(`${fields.get('t')}.`)
    .update(bytes)
    .digest()
  const isSigned = given.length === wanted.length && timingSafeEqual(given, wanted)
  if (!isSigned || !Number.isFinite(at))
    throw new SkilletError('UNAUTHORIZED', 'This was not signed by the payment provider.')
  if (Math.abs(now / 1000 - at) > toleranceSeconds)
    throw new SkilletError('UNAUTHORIZED', 'This was signed too long ago.', { remedy: 'Send it again.' })
}

/**
 * Takes an event in, once and never over a later one: `false` where it was seen before, or tells of a time before what is
 * known. @throws SkilletError NOT_FOUND for an unknown account, INPUT_INVALID for one of the future
 */
export async function applyPayment(database: Database, event: PaymentEvent): Promise<boolean> {
  const at = new Date(event.at)
  // It would stand against everything that comes after it.
  if (at.getTime() > Date.now() + toleranceSeconds * 1000)
    throw new SkilletError('INPUT_INVALID', 'at: is in the future')
  return within(database, { across: 'payments' }, async (transaction) => {
    const account = await transaction
      .selectFrom('accounts')
      .select('id')
      .where('name', '=', event.account)
      .executeTakeFirst()
    if (account === undefined) throw new SkilletError('NOT_FOUND', `There is no account ${event.account}.`)
    const { numInsertedOrUpdatedRows } = await transaction
      .insertInto('payment_events')
      .values({ id: event.id, account_id: account.id, kind: event.kind })
      .onConflict((conflict) => conflict.doNothing())
      .executeTakeFirst()
    if (numInsertedOrUpdatedRows === 0n) return false
    const entitlement = {
      tier: event.tier,
      source: `payment ${event.id}`,
      valid_until: event.validUntil === null ? null : new Date(event.validUntil),
      updated_at: at,
    }
    const changed = await transaction
      .insertInto('entitlements')
      .values({ account_id: account.id, ...entitlement })
      .onConflict((conflict) =>
        conflict.column('account_id').doUpdateSet(entitlement).where('entitlements.updated_at', '<=', at),
      )
      .executeTakeFirst()
    if (changed.numInsertedOrUpdatedRows === 0n) return false
    await record(
      transaction,
      { name: 'payments' },
      {
        accountId: account.id,
        action: 'entitlement.changed',
        target: event.tier,
        detail: { event: event.id, validUntil: event.validUntil },
      },
    )
    return true
  })
}

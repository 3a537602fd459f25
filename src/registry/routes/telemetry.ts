import { sql } from 'kysely'
import { z } from 'zod'
import { SkilletError } from '../../shared/errors.ts'
import { payloadSampleSchema, telemetryBatchSchema } from '../../shared/telemetry.ts'
import { record } from '../audit.ts'
import { assertTier } from '../auth/tier.ts'
import { ownBundle } from '../bundles/reach.ts'
import { within } from '../db/database.ts'
import type { AddEndpoint } from '../http/endpoint.ts'
import { hideSecrets } from '../telemetry/hide-secrets.ts'
import type { Dependencies } from './dependencies.ts'

const tag = 'Telemetry'
/** Samples of one bundle. */
const maxSamples = 1000
/** Counts below are told as "fewer than": who is alone in using something must not be seen. */
const smallCount = 5

/** What clients tell after consent, and what publishers learn of it. */
export function addTelemetry(add: AddEndpoint, { database, url }: Dependencies): void {
  add(
    {
      method: 'post',
      path: '/api/telemetry',
      tag,
      summary: 'Takes in up to 100 events. What isn’t an event to the letter is refused whole.',
      access: 'public',
      limit: 'telemetry',
      body: telemetryBatchSchema,
      status: 202,
      answer: z.object({ taken: z.number() }),
    },
    async ({ body: { events } }) => {
      await database
        .insertInto('telemetry_events')
        .values(
          events.map((one) => ({
            event: one.event,
            slug: one.slug,
            version: one.version,
            agent_class: one.agentClass,
            user_hash: one.user,
            duration_ms: one.durationMs,
            retries: one.retries,
            ok: one.ok,
            // No finer than the hour: the exact time would tell who.
            at: sql<Date>`date_trunc('hour', now())`,
          })),
        )
        .execute()
      return { taken: events.length }
    },
  )

  add(
    {
      method: 'get',
      path: '/api/usage',
      tag,
      summary:
        "How often the account's skills were installed and used, by day. Small counts are not told exactly.",
      access: { scope: 'read:usage', dashboard: true },
      query: z.object({ days: z.coerce.number().int().min(1).max(365).default(30) }),
      answer: z.object({
        fewerThan: z.number(),
        days: z.array(
          z.object({
            day: z.iso.date(),
            slug: z.string(),
            event: z.enum(['install', 'use', 'result']),
            /** Null: fewer than `fewerThan`. */
            count: z.number().nullable(),
          }),
        ),
      }),
    },
    async ({ caller, query: { days } }) => {
      const rows = await database
        .selectFrom('telemetry_events')
        .innerJoin('skills', 'skills.slug', 'telemetry_events.slug')
        .select(['telemetry_events.slug', 'event'])
        .select(sql<string>`to_char(at at time zone 'utc', 'YYYY-MM-DD')`.as('day'))
        .select((select) => select.fn.countAll<string>().as('count'))
        .where('skills.account_id', '=', caller.accountId)
        .where('at', '>', sql<Date>`now() - make_interval(days => ${days})`)
        .groupBy(['day', 'telemetry_events.slug', 'event'])
        .orderBy('day')
        .execute()
      return {
        fewerThan: smallCount,
        days: rows.map(({ count, ...row }) => ({
          ...row,
          count: Number(count) < smallCount ? null : Number(count),
        })),
      }
    },
  )

  add(
    {
      method: 'put',
      path: '/api/bundles/:id/samples',
      tag,
      summary:
        'Has samples of what skills of this bundle are given taken, or no longer; then those there are go.',
      access: { scope: 'write:bundles', dashboard: true },
      params: z.object({ id: z.uuid() }),
      body: z.strictObject({ on: z.boolean() }),
      answer: z.object({ samplesSince: z.iso.datetime().nullable() }),
    },
    async ({ caller, params: { id }, body: { on } }) => {
      if (on) assertTier(caller.tier, 'operator', 'Taking samples', url())
      return within(database, { tenant: caller.accountId }, async (transaction) => {
        const bundle = await ownBundle(transaction, caller, id)
        const since = on ? (bundle.samples_since ?? new Date()) : null
        await transaction.updateTable('bundles').set({ samples_since: since }).where('id', '=', id).execute()
        if (!on) await transaction.deleteFrom('payload_samples').where('bundle_id', '=', id).execute()
        await record(transaction, caller, {
          accountId: caller.accountId,
          action: on ? 'bundle.samples_on' : 'bundle.samples_off',
          target: bundle.name,
        })
        return { samplesSince: since?.toISOString() ?? null }
      })
    },
  )

  add(
    {
      method: 'post',
      path: '/api/samples',
      tag,
      summary:
        'Takes in a sample, with the key of a bundle whose owner has asked for them; keys in it are hidden first.',
      access: { scope: 'read:bundles' },
      limit: 'telemetry',
      body: payloadSampleSchema,
      status: 204,
    },
    async ({ context, caller, body }) => {
      const bundleId = caller.bundleId
      if (bundleId === null)
        throw new SkilletError('FORBIDDEN', 'Samples are taken with the key of a bundle.', {
          remedy: 'Use a share token or a fleet’s key.',
        })
      // The plan may have run out since somebody asked for them.
      assertTier(caller.tier, 'operator', 'Taking samples', url())
      const sample = JSON.stringify(hideSecrets(body.sample))
      if (Buffer.byteLength(sample) > 16 * 1024)
        throw new SkilletError('TOO_LARGE', 'A sample may be 16 KB at most.', { remedy: 'Send less.' })
      await within(database, { tenant: caller.accountId }, async (transaction) => {
        const bundle = await ownBundle(transaction, caller, bundleId)
        const listed = await transaction
          .selectFrom('bundle_skills')
          .select('slug')
          .where('bundle_id', '=', bundleId)
          .where('slug', '=', body.slug)
          .executeTakeFirst()
        if (bundle.samples_since === null || listed === undefined)
          throw new SkilletError('FORBIDDEN', 'Nobody has asked for samples of this.', {
            remedy: 'Send none.',
          })
        await transaction
          .insertInto('payload_samples')
          .values({
            account_id: caller.accountId,
            bundle_id: bundleId,
            slug: body.slug,
            version: body.version,
            user_hash: body.user,
            sample,
          })
          .execute()
        await sql`
          delete from registry.payload_samples where bundle_id = ${bundleId}
            and id not in (select id from registry.payload_samples where bundle_id = ${bundleId}
                           order by at desc limit ${maxSamples})`.execute(transaction)
      })
      return context.body(null, 204)
    },
  )

  add(
    {
      method: 'get',
      path: '/api/bundles/:id/samples',
      tag,
      summary: 'The samples of a bundle, the newest first.',
      access: { scope: 'write:bundles', dashboard: true },
      params: z.object({ id: z.uuid() }),
      answer: z.object({
        samples: z.array(
          z.object({
            slug: z.string(),
            version: z.string(),
            user: z.string(),
            sample: z.record(z.string(), z.unknown()),
            at: z.iso.datetime(),
          }),
        ),
      }),
    },
    async ({ caller, params: { id } }) =>
      within(database, { tenant: caller.accountId }, async (transaction) => {
        await ownBundle(transaction, caller, id)
        const rows = await transaction
          .selectFrom('payload_samples')
          .select(['slug', 'version', 'user_hash', 'sample', 'at'])
          .where('bundle_id', '=', id)
          .orderBy('at', 'desc')
          .limit(200)
          .execute()
        return {
          samples: rows.map(({ user_hash, at, ...row }) => ({
            ...row,
            user: user_hash,
            at: at.toISOString(),
          })),
        }
      }),
  )
}

import { z } from 'zod'
import { SkilletError } from '../../shared/errors.ts'
import { slugSchema } from '../../shared/identifiers.ts'
import { record } from '../audit.ts'
import { insertKey } from '../auth/api-keys.ts'
import { fleetKeyScopes } from '../auth/scopes.ts'
import { assertTier } from '../auth/tier.ts'
import type { Caller } from '../auth/caller.ts'
import { ownBundle, ownFleet } from '../bundles/reach.ts'
import { isDuplicate, within } from '../db/database.ts'
import { fleetAdministrators, fleetReaders } from '../auth/who-may.ts'
import { idParam, time } from '../http/fields.ts'
import type { AddEndpoint } from '../http/endpoint.ts'
import type { Dependencies } from './dependencies.ts'

const tag = 'Fleets'
const fleetAnswer = z.object({
  id: z.uuid(),
  name: z.string(),
  bundle: z.object({ id: z.uuid(), name: z.string(), title: z.string(), revision: z.number() }),
  revision: z.number().nullable(),
  machines: z.number(),
  createdAt: time,
})

/** Fleets: machines that hold what one bundle says. For the plan Operator and above. */
export function addFleets(add: AddEndpoint, { database, url }: Dependencies): void {
  const assertOperator = (caller: Caller) => assertTier(caller.tier, 'operator', 'A fleet', url())

  add(
    {
      method: 'get',
      path: '/api/fleets',
      tag,
      summary: "The account's fleets.",
      access: fleetReaders,
      answer: z.object({ fleets: z.array(fleetAnswer) }),
    },
    async ({ caller }) => {
      const rows = await within(database, { tenant: caller.accountId }, (transaction) =>
        transaction
          .selectFrom('fleets')
          .innerJoin('bundles', 'bundles.id', 'fleets.bundle_id')
          .select(['fleets.id', 'fleets.name', 'fleets.revision', 'fleets.created_at', 'fleets.bundle_id'])
          .select(['bundles.name as bundle_name', 'bundles.title', 'bundles.revision as bundle_revision'])
          .select((select) =>
            select
              .selectFrom('machines')
              .select((count) => count.fn.countAll<string>().as('count'))
              .whereRef('machines.fleet_id', '=', 'fleets.id')
              .as('machines'),
          )
          .where('fleets.account_id', '=', caller.accountId)
          .orderBy('fleets.name')
          .execute(),
      )
      return {
        fleets: rows.map((row) => ({
          id: row.id,
          name: row.name,
          bundle: {
            id: row.bundle_id,
            name: row.bundle_name,
            title: row.title,
            revision: Number(row.bundle_revision),
          },
          revision: row.revision === null ? null : Number(row.revision),
          machines: Number(row.machines),
          createdAt: row.created_at.toISOString(),
        })),
      }
    },
  )

  add(
    {
      method: 'post',
      path: '/api/fleets',
      tag,
      summary: 'Makes a fleet for a bundle.',
      access: fleetAdministrators,
      body: z.strictObject({ name: slugSchema, bundle: z.uuid() }),
      status: 201,
      answer: z.object({ id: z.uuid(), name: z.string() }),
    },
    async ({ caller, body }) => {
      assertOperator(caller)
      return within(database, { tenant: caller.accountId }, async (transaction) => {
        const bundle = await ownBundle(transaction, caller, body.bundle)
        const row = await transaction
          .insertInto('fleets')
          .values({ account_id: caller.accountId, bundle_id: bundle.id, name: body.name })
          .returning(['id', 'name'])
          .executeTakeFirstOrThrow()
          .catch((error: unknown) => {
            if (!isDuplicate(error)) throw error
            throw new SkilletError('INPUT_INVALID', `There is a fleet ${body.name} already.`, {
              remedy: 'Choose another name.',
            })
          })
        await record(transaction, caller, {
          accountId: caller.accountId,
          action: 'fleet.made',
          target: body.name,
        })
        return row
      })
    },
  )

  add(
    {
      method: 'delete',
      path: '/api/fleets/:id',
      tag,
      summary: 'Deletes a fleet: its keys end, and what its machines told is gone.',
      access: fleetAdministrators,
      params: idParam,
      status: 204,
    },
    async ({ context, caller, params: { id } }) => {
      await within(database, { tenant: caller.accountId }, async (transaction) => {
        const fleet = await ownFleet(transaction, caller, id)
        await transaction.deleteFrom('fleets').where('id', '=', id).execute()
        await record(transaction, caller, {
          accountId: caller.accountId,
          action: 'fleet.deleted',
          target: fleet.name,
        })
      })
      return context.body(null, 204)
    },
  )

  add(
    {
      method: 'post',
      path: '/api/fleets/:id/keys',
      tag,
      summary: 'Makes a key for all machines of a fleet. Shown this once.',
      access: fleetAdministrators,
      limit: 'submit',
      params: idParam,
      body: z.strictObject({
        label: z.string().trim().min(1).max(120),
        days: z.number().int().min(1).max(3650).optional(),
      }),
      status: 201,
      answer: z.object({ id: z.uuid(), key: z.string(), prefix: z.string() }),
    },
    async ({ caller, params: { id }, body }) => {
      assertOperator(caller)
      return within(database, { tenant: caller.accountId }, async (transaction) => {
        const fleet = await ownFleet(transaction, caller, id)
        const minted = await insertKey(transaction, caller.accountId, {
          label: body.label,
          scopes: fleetKeyScopes,
          tier: null,
          kind: 'fleet',
          bundleId: fleet.bundle_id,
          fleetId: id,
          createdBy: caller.name,
          expiresAt: body.days === undefined ? null : new Date(Date.now() + body.days * 86_400_000),
        })
        await record(transaction, caller, {
          accountId: caller.accountId,
          action: 'fleet.key_made',
          target: fleet.name,
          detail: { prefix: minted.prefix },
        })
        return minted
      })
    },
  )
}

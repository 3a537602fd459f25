import { sql } from 'kysely'
import { z } from 'zod'
import { SkilletError } from '../../shared/errors.ts'
import { sha256Schema, slugSchema, versionSchema } from '../../shared/identifiers.ts'
import { record } from '../audit.ts'
import { insertKey } from '../auth/api-keys.ts'
import { fleetKeyScopes } from '../auth/scopes.ts'
import { assertTier } from '../auth/tier.ts'
import type { Caller } from '../auth/caller.ts'
import { ownBundle, ownFleet, skillsOf } from '../bundles/reach.ts'
import { isDuplicate, within } from '../db/database.ts'
import type { AddEndpoint } from '../http/endpoint.ts'
import type { Dependencies } from './dependencies.ts'

const tag = 'Fleets'
const time = z.iso.datetime()
const idParam = z.object({ id: z.uuid() })
const revision = z.number().int().positive()
const fleetAnswer = z.object({
  id: z.uuid(),
  name: z.string(),
  bundle: z.object({ id: z.uuid(), name: z.string(), title: z.string(), revision: z.number() }),
  revision: z.number().nullable(),
  machines: z.number(),
  createdAt: time,
})
const wantedSkill = z.object({ slug: z.string(), version: z.string().nullable() })
/** Machines of one fleet: whoever has its key may tell of no more. */
const maxMachines = 10_000
/** Days without a word after which a machine counts as silent. */
const silentDays = 30

/** Fleets: machines that hold what one bundle says, and tell what they hold. For the plan Operator and above. */
export function addFleets(add: AddEndpoint, { database, url }: Dependencies): void {
  const read = { scope: ['read:installs', 'write:fleets'], dashboard: true } as const
  const write = { scope: 'write:fleets', dashboard: true } as const
  const assertOperator = (caller: Caller) => assertTier(caller.tier, 'operator', 'A fleet', url())

  add(
    {
      method: 'get',
      path: '/api/fleets',
      tag,
      summary: "The account's fleets.",
      access: read,
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
      access: write,
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
      access: write,
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
      access: write,
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

  add(
    {
      method: 'post',
      path: '/api/fleets/:id/push',
      tag,
      summary: 'Has the machines follow the bundle as it is now, or as it was at an earlier revision.',
      access: write,
      params: idParam,
      body: z.strictObject({ revision: revision.optional() }),
      answer: z.object({ revision, skills: z.array(wantedSkill) }),
    },
    async ({ caller, params: { id }, body }) => {
      assertOperator(caller)
      return within(database, { tenant: caller.accountId }, async (transaction) => {
        const fleet = await ownFleet(transaction, caller, id)
        const skills =
          body.revision === undefined
            ? await skillsOf(transaction, fleet.bundle_id)
            : await revisionOf(fleet.bundle_id, body.revision)
        if (skills === null)
          throw new SkilletError('NOT_FOUND', `The bundle never had a revision ${body.revision}.`)
        // A push is a revision of its own, also where it brings back an earlier one: machines only ever go forward.
        const { revision: next } = await transaction
          .updateTable('bundles')
          .set({ revision: sql<number>`revision + 1` })
          .where('id', '=', fleet.bundle_id)
          .returning('revision')
          .executeTakeFirstOrThrow()
        await transaction
          .insertInto('bundle_revisions')
          .values({
            bundle_id: fleet.bundle_id,
            account_id: caller.accountId,
            revision: next,
            skills: JSON.stringify(skills),
            pushed_by: caller.name,
          })
          .execute()
        await transaction.updateTable('fleets').set({ revision: next }).where('id', '=', id).execute()
        await record(transaction, caller, {
          accountId: caller.accountId,
          action: 'fleet.pushed',
          target: fleet.name,
          detail: { revision: Number(next), from: body.revision ?? null },
        })
        return { revision: Number(next), skills }

        async function revisionOf(bundleId: string, number: number) {
          const row = await transaction
            .selectFrom('bundle_revisions')
            .select('skills')
            .where('bundle_id', '=', bundleId)
            .where('revision', '=', number)
            .executeTakeFirst()
          return row?.skills ?? null
        }
      })
    },
  )

  add(
    {
      method: 'get',
      path: '/api/fleets/:id/machines',
      tag,
      summary: 'What the machines of a fleet hold: which are behind, silent, or hold what was withdrawn.',
      access: read,
      params: idParam,
      answer: z.object({
        revision: z.number().nullable(),
        machines: z.array(
          z.object({
            id: z.uuid(),
            name: z.string(),
            seenAt: time,
            silent: z.boolean(),
            revision: z.number().nullable(),
            behind: z.boolean(),
            skills: z.array(
              z.object({ slug: z.string(), version: z.string(), withdrawn: z.string().nullable() }),
            ),
          }),
        ),
      }),
    },
    async ({ caller, params: { id } }) =>
      within(database, { tenant: caller.accountId }, async (transaction) => {
        const fleet = await ownFleet(transaction, caller, id)
        const machines = await transaction
          .selectFrom('machines')
          .selectAll()
          .where('fleet_id', '=', id)
          .orderBy('name')
          .limit(maxMachines)
          .execute()
        const skills = await transaction
          .selectFrom('machine_skills')
          .innerJoin('machines', 'machines.id', 'machine_skills.machine_id')
          .select(['machine_skills.machine_id', 'machine_skills.slug', 'machine_skills.version'])
          .select(
            sql<string | null>`(select r.reason from registry.revocations r where r.slug = machine_skills.slug
              and r.version in ('*', machine_skills.version) order by r.serial limit 1)`.as('withdrawn'),
          )
          .where('machines.fleet_id', '=', id)
          .orderBy('machine_skills.slug')
          .execute()
        const wanted = fleet.revision === null ? null : Number(fleet.revision)
        const bySilence = Date.now() - silentDays * 86_400_000
        const held = new Map<string, typeof skills>(machines.map(({ id: machine }) => [machine, []]))
        for (const skill of skills) held.get(skill.machine_id)?.push(skill)
        return {
          revision: wanted,
          machines: machines.map((machine) => {
            const has = machine.revision === null ? null : Number(machine.revision)
            return {
              id: machine.id,
              name: machine.name,
              seenAt: machine.seen_at.toISOString(),
              silent: machine.seen_at.getTime() < bySilence,
              revision: has,
              behind: wanted !== null && (has === null || has < wanted),
              skills: (held.get(machine.id) ?? []).map(({ slug, version, withdrawn }) => ({
                slug,
                version,
                withdrawn,
              })),
            }
          }),
        }
      }),
  )

  add(
    {
      method: 'delete',
      path: '/api/fleets/:id/machines/:machine',
      tag,
      summary: 'Forgets a machine; it comes back when it reports again.',
      access: write,
      params: z.object({ id: z.uuid(), machine: z.uuid() }),
      status: 204,
    },
    async ({ context, caller, params }) => {
      await within(database, { tenant: caller.accountId }, async (transaction) => {
        await ownFleet(transaction, caller, params.id)
        const { numDeletedRows } = await transaction
          .deleteFrom('machines')
          .where('fleet_id', '=', params.id)
          .where('id', '=', params.machine)
          .executeTakeFirst()
        if (numDeletedRows === 0n) throw new SkilletError('NOT_FOUND', 'There is no such machine.')
      })
      return context.body(null, 204)
    },
  )

  // What machines ask and tell, with their fleet's key.
  const machine = { scope: 'write:inventory' } as const

  add(
    {
      method: 'get',
      path: '/api/fleet',
      tag,
      summary: "What a machine with this fleet's key should have; `revision` is null before the first push.",
      access: machine,
      answer: z.object({ fleet: z.string(), revision: z.number().nullable(), skills: z.array(wantedSkill) }),
    },
    async ({ caller }) =>
      within(database, { tenant: caller.accountId }, async (transaction) => {
        const fleet = await ownFleet(transaction, caller, fleetOf(caller))
        const pushed =
          fleet.revision === null
            ? null
            : await transaction
                .selectFrom('bundle_revisions')
                .select('skills')
                .where('bundle_id', '=', fleet.bundle_id)
                .where('revision', '=', fleet.revision)
                .executeTakeFirstOrThrow()
        return {
          fleet: fleet.name,
          revision: fleet.revision === null ? null : Number(fleet.revision),
          skills: [...(pushed?.skills ?? [])],
        }
      }),
  )

  add(
    {
      method: 'put',
      path: '/api/fleet/machines/:hash',
      tag,
      summary: 'What a machine holds now; takes the place of what it told before.',
      access: machine,
      params: z.object({ hash: sha256Schema }),
      body: z.strictObject({
        name: z.string().trim().min(1).max(120),
        revision: revision.nullable(),
        skills: z.array(z.strictObject({ slug: slugSchema, version: versionSchema })).max(500),
      }),
      answer: z.object({ told: z.literal(true) }),
    },
    async ({ caller, params: { hash }, body }) => {
      const fleetId = fleetOf(caller)
      await within(database, { tenant: caller.accountId }, async (transaction) => {
        const told = { name: body.name, revision: body.revision, seen_at: new Date() }
        const { others } = await transaction
          .selectFrom('machines')
          .select((select) => select.fn.countAll<string>().as('others'))
          .where('account_id', '=', caller.accountId)
          .where('fleet_id', '=', fleetId)
          .where('machine_hash', '!=', hash)
          .executeTakeFirstOrThrow()
        if (Number(others) >= maxMachines)
          throw new SkilletError('TOO_LARGE', `A fleet has ${maxMachines} machines at most.`, {
            remedy: 'Make a second fleet, or have it forget machines that are gone.',
          })
        const { id } = await transaction
          .insertInto('machines')
          .values({ account_id: caller.accountId, fleet_id: fleetId, machine_hash: hash, ...told })
          .onConflict((conflict) => conflict.columns(['fleet_id', 'machine_hash']).doUpdateSet(told))
          .returning('id')
          .executeTakeFirstOrThrow()
        await transaction.deleteFrom('machine_skills').where('machine_id', '=', id).execute()
        const skills = new Map(body.skills.map(({ slug, version }) => [slug, version]))
        if (skills.size > 0)
          await transaction
            .insertInto('machine_skills')
            .values(
              [...skills].map(([slug, version]) => ({
                machine_id: id,
                account_id: caller.accountId,
                slug,
                version,
              })),
            )
            .execute()
      })
      return { told: true as const }
    },
  )
}

/** @throws SkilletError FORBIDDEN for another kind of key */
function fleetOf(caller: Caller): string {
  if (caller.fleetId !== null) return caller.fleetId
  throw new SkilletError('FORBIDDEN', "This needs a fleet's key.", {
    remedy: 'Make one for the fleet: it begins with rec_fleet_.',
  })
}

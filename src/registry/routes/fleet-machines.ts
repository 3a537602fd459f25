import { z } from 'zod'
import { SkilletError } from '../../shared/errors.ts'
import { sha256Schema, slugSchema, versionSchema } from '../../shared/identifiers.ts'
import type { Caller } from '../auth/caller.ts'
import { maxMachines, ownFleet } from '../bundles/reach.ts'
import { within } from '../db/database.ts'
import type { AddEndpoint } from '../http/endpoint.ts'
import type { Dependencies } from './dependencies.ts'

const tag = 'Fleets'
const machine = { scope: 'write:inventory' } as const
const wantedSkill = z.object({ slug: z.string(), version: z.string().nullable() })
const revision = z.number().int().positive()

/** What machines ask and tell, with their fleet's key. */
export function addFleetMachines(add: AddEndpoint, { database }: Dependencies): void {
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

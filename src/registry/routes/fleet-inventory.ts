import { sql } from 'kysely'
import { z } from 'zod'
import { SkilletError } from '../../shared/errors.ts'
import { maxMachines, ownFleet } from '../bundles/reach.ts'
import { within } from '../db/database.ts'
import { fleetAdministrators, fleetReaders } from '../auth/who-may.ts'
import { idParam, time } from '../http/fields.ts'
import type { AddEndpoint } from '../http/endpoint.ts'
import type { Dependencies } from './dependencies.ts'

const tag = 'Fleets'
/** Days without a word after which a machine counts as silent. */
const silentDays = 30

/** What a fleet's machines hold, for whoever looks after them. */
export function addFleetInventory(add: AddEndpoint, { database }: Dependencies): void {
  add(
    {
      method: 'get',
      path: '/api/fleets/:id/machines',
      tag,
      summary: 'What the machines of a fleet hold: which are behind, silent, or hold what was withdrawn.',
      access: fleetReaders,
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
      access: fleetAdministrators,
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
}

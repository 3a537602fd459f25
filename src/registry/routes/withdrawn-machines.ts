import { sql } from 'kysely'
import { z } from 'zod'
import { fleetReaders } from '../auth/who-may.ts'
import { within } from '../db/database.ts'
import type { AddEndpoint } from '../http/endpoint.ts'
import type { Dependencies } from './dependencies.ts'

/** Skills on one page. */
const page = 500

/** What was withdrawn and is still on machines of the account, whichever fleet they belong to. */
export function addWithdrawnMachines(add: AddEndpoint, { database }: Dependencies): void {
  add(
    {
      method: 'get',
      path: '/api/withdrawn-machines',
      tag: 'Fleets',
      summary: 'Withdrawn versions that machines of the account still hold, over all of its fleets.',
      access: fleetReaders,
      answer: z.object({
        withdrawn: z.array(
          z.object({
            slug: z.string(),
            version: z.string(),
            reason: z.string(),
            fleet: z.object({ id: z.uuid(), name: z.string() }),
            machines: z.number(),
          }),
        ),
      }),
    },
    async ({ caller }) => {
      const rows = await within(database, { tenant: caller.accountId }, (transaction) =>
        transaction
          .selectFrom('machine_skills')
          .innerJoin('machines', 'machines.id', 'machine_skills.machine_id')
          .innerJoin('fleets', 'fleets.id', 'machines.fleet_id')
          .innerJoinLateral(
            (from) =>
              from
                .selectFrom('revocations')
                .select('reason')
                .whereRef('revocations.slug', '=', 'machine_skills.slug')
                .where(sql<boolean>`revocations.version in ('*', machine_skills.version)`)
                .orderBy('serial')
                .limit(1)
                .as('why'),
            (join) => join.onTrue(),
          )
          .select(['machine_skills.slug', 'machine_skills.version', 'why.reason'])
          .select(['fleets.id', 'fleets.name'])
          .select(({ fn }) => fn.countAll<string>().as('machines'))
          .where('machine_skills.account_id', '=', caller.accountId)
          .groupBy([
            'machine_skills.slug',
            'machine_skills.version',
            'why.reason',
            'fleets.id',
            'fleets.name',
          ])
          .orderBy('machine_skills.slug')
          .orderBy('machine_skills.version')
          .orderBy('fleets.name')
          .limit(page)
          .execute(),
      )
      return {
        withdrawn: rows.map(({ id, name, machines, ...row }) => ({
          ...row,
          fleet: { id, name },
          machines: Number(machines),
        })),
      }
    },
  )
}

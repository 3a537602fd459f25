import { sql } from 'kysely'
import { z } from 'zod'
import { SkilletError } from '../../shared/errors.ts'
import { record } from '../audit.ts'
import type { Caller } from '../auth/caller.ts'
import { assertTier } from '../auth/tier.ts'
import { ownFleet, skillsOf } from '../bundles/reach.ts'
import { within } from '../db/database.ts'
import { fleetAdministrators } from '../auth/who-may.ts'
import { idParam } from '../http/fields.ts'
import type { AddEndpoint } from '../http/endpoint.ts'
import type { Dependencies } from './dependencies.ts'

const tag = 'Fleets'
const revision = z.number().int().positive()
const wantedSkill = z.object({ slug: z.string(), version: z.string().nullable() })

/** Telling a fleet what to hold. */
export function addFleetPush(add: AddEndpoint, { database, url }: Dependencies): void {
  const assertOperator = (caller: Caller) => assertTier(caller.tier, 'operator', 'A fleet', url())

  add(
    {
      method: 'post',
      path: '/api/fleets/:id/push',
      tag,
      summary: 'Has the machines follow the bundle as it is now, or as it was at an earlier revision.',
      access: fleetAdministrators,
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
}

import { z } from 'zod'
import { ownBundle } from '../bundles/reach.ts'
import { fleetReaders } from '../auth/who-may.ts'
import { within } from '../db/database.ts'
import { idParam, time } from '../http/fields.ts'
import type { AddEndpoint } from '../http/endpoint.ts'
import type { Dependencies } from './dependencies.ts'

/** What was pushed of a bundle, so that an earlier revision can be pushed again. */
export function addBundleRevisions(add: AddEndpoint, { database }: Dependencies): void {
  add(
    {
      method: 'get',
      path: '/api/bundles/:id/revisions',
      tag: 'Bundles',
      summary: 'The latest hundred revisions that were pushed of a bundle, the newest first.',
      // Not `read:bundles`: whoever a bundle is shared with needn't know who works on it.
      access: fleetReaders,
      params: idParam,
      answer: z.object({
        revisions: z.array(
          z.object({
            revision: z.number(),
            pushedAt: time,
            pushedBy: z.string(),
            skills: z.array(z.object({ slug: z.string(), version: z.string().nullable() })),
          }),
        ),
      }),
    },
    async ({ caller, params: { id } }) =>
      within(database, { tenant: caller.accountId }, async (transaction) => {
        await ownBundle(transaction, caller, id)
        const rows = await transaction
          .selectFrom('bundle_revisions')
          .select(['revision', 'pushed_at', 'pushed_by', 'skills'])
          .where('account_id', '=', caller.accountId)
          .where('bundle_id', '=', id)
          .orderBy('revision', 'desc')
          .limit(100)
          .execute()
        return {
          revisions: rows.map(({ revision, pushed_at, pushed_by, skills }) => ({
            revision: Number(revision),
            pushedAt: pushed_at.toISOString(),
            pushedBy: pushed_by,
            skills,
          })),
        }
      }),
  )
}

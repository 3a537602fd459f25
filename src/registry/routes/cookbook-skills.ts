import { z } from 'zod'
import { SkilletError } from '../../shared/errors.ts'
import { slugSchema, versionSchema } from '../../shared/identifiers.ts'
import { tierSchema } from '../../shared/tier.ts'
import { record } from '../audit.ts'
import { assertOffered, currentSkills } from '../bundles/bundle-skills.ts'
import { ownBundle, skillsOf } from '../bundles/reach.ts'
import { within } from '../db/database.ts'
import { bundleAdministrators } from '../auth/who-may.ts'
import type { AddEndpoint } from '../http/endpoint.ts'
import { usableKeyids } from '../publish/signing-key.ts'
import type { Dependencies } from './dependencies.ts'

const tag = 'Bundles'
/** Skills of one bundle. */
const maxSkills = 500
export const skillAnswer = z.object({
  slug: z.string(),
  title: z.string(),
  version: z.string().nullable(),
  current: z.string().nullable(),
  tier: tierSchema,
  reason: z.string().nullable(),
})

/** The skills of a bundle. */
export function addCookbookSkills(add: AddEndpoint, { database, repository }: Dependencies): void {
  add(
    {
      method: 'put',
      path: '/api/bundles/:id/skills/:slug',
      tag,
      summary: 'Puts a skill into a bundle: at one version, or with null at whatever is newest.',
      access: bundleAdministrators,
      params: z.object({ id: z.uuid(), slug: slugSchema }),
      body: z.strictObject({ version: versionSchema.nullable() }),
      answer: skillAnswer,
    },
    async ({ caller, params: { id, slug }, body: { version } }) => {
      const keyids = await usableKeyids(repository)
      await assertOffered(database, keyids, { slug, version })
      return within(database, { tenant: caller.accountId }, async (transaction) => {
        const bundle = await ownBundle(transaction, caller, id)
        const skills = await skillsOf(transaction, id)
        if (skills.length >= maxSkills && !skills.some((one) => one.slug === slug))
          throw new SkilletError('TOO_LARGE', `A bundle holds ${maxSkills} skills at most.`, {
            remedy: 'Make a second bundle.',
          })
        await transaction
          .insertInto('bundle_skills')
          .values({ bundle_id: id, account_id: caller.accountId, slug, version })
          .onConflict((conflict) => conflict.columns(['bundle_id', 'slug']).doUpdateSet({ version }))
          .execute()
        await record(transaction, caller, {
          accountId: caller.accountId,
          action: 'bundle.skill_put',
          target: bundle.name,
          detail: { slug, version },
        })
        const [skill] = await currentSkills(transaction, keyids, [{ slug, version }])
        return skill!
      })
    },
  )

  add(
    {
      method: 'delete',
      path: '/api/bundles/:id/skills/:slug',
      tag,
      summary: 'Takes a skill out of a bundle.',
      access: bundleAdministrators,
      params: z.object({ id: z.uuid(), slug: slugSchema }),
      status: 204,
    },
    async ({ context, caller, params: { id, slug } }) => {
      await within(database, { tenant: caller.accountId }, async (transaction) => {
        const bundle = await ownBundle(transaction, caller, id)
        const { numDeletedRows } = await transaction
          .deleteFrom('bundle_skills')
          .where('bundle_id', '=', id)
          .where('slug', '=', slug)
          .executeTakeFirst()
        if (numDeletedRows === 0n)
          throw new SkilletError('NOT_FOUND', `${bundle.title} does not hold ${slug}.`)
        await record(transaction, caller, {
          accountId: caller.accountId,
          action: 'bundle.skill_taken',
          target: bundle.name,
          detail: { slug },
        })
      })
      return context.body(null, 204)
    },
  )
}

import { z } from 'zod'
import { SkilletError } from '../../shared/errors.ts'
import { slugSchema } from '../../shared/identifiers.ts'
import { record } from '../audit.ts'
import { currentSkills } from '../bundles/bundle-skills.ts'
import { ownBundle, skillsOf } from '../bundles/reach.ts'
import { isDuplicate, within } from '../db/database.ts'
import { bundleAdministrators } from '../auth/who-may.ts'
import { idParam, time } from '../http/fields.ts'
import type { AddEndpoint } from '../http/endpoint.ts'
import { usableKeyids } from '../publish/signing-key.ts'
import { skillAnswer } from './cookbook-skills.ts'
import type { Dependencies } from './dependencies.ts'

const tag = 'Bundles'
const title = z.string().trim().min(1).max(120)
const description = z.string().trim().max(2000)
const bundleAnswer = z.object({
  id: z.uuid(),
  name: z.string(),
  title: z.string(),
  description: z.string(),
  revision: z.number(),
  samplesSince: time.nullable(),
  createdAt: time,
})

/** Bundles, "cookbooks": named sets of skills that a team shares. */
export function addCookbooks(add: AddEndpoint, { database, repository }: Dependencies): void {
  const read = { scope: 'read:bundles', dashboard: true } as const

  add(
    {
      method: 'get',
      path: '/api/bundles',
      tag,
      summary: "The account's bundles; with a share token, the one that it is for.",
      access: read,
      answer: z.object({ bundles: z.array(bundleAnswer) }),
    },
    async ({ caller }) => {
      const rows = await within(database, { tenant: caller.accountId }, (transaction) => {
        const all = transaction
          .selectFrom('bundles')
          .selectAll()
          .where('account_id', '=', caller.accountId)
          .orderBy('name')
        return (caller.bundleId === null ? all : all.where('id', '=', caller.bundleId)).execute()
      })
      return { bundles: rows.map(toBundle) }
    },
  )

  add(
    {
      method: 'post',
      path: '/api/bundles',
      tag,
      summary: 'Makes a bundle.',
      access: bundleAdministrators,
      body: z.strictObject({ name: slugSchema, title, description: description.default('') }),
      status: 201,
      answer: bundleAnswer,
    },
    async ({ caller, body }) =>
      within(database, { tenant: caller.accountId }, async (transaction) => {
        const row = await transaction
          .insertInto('bundles')
          .values({ account_id: caller.accountId, ...body })
          .returningAll()
          .executeTakeFirstOrThrow()
          .catch((error: unknown) => {
            if (!isDuplicate(error)) throw error
            throw new SkilletError('INPUT_INVALID', `There is a bundle ${body.name} already.`, {
              remedy: 'Choose another name.',
            })
          })
        await record(transaction, caller, {
          accountId: caller.accountId,
          action: 'bundle.made',
          target: body.name,
        })
        return toBundle(row)
      }),
  )

  add(
    {
      method: 'get',
      path: '/api/bundles/:id',
      tag,
      summary: 'A bundle with its skills as things stand: the version to be had now, or why there is none.',
      access: read,
      params: idParam,
      answer: bundleAnswer.extend({ skills: z.array(skillAnswer) }),
    },
    async ({ caller, params: { id } }) => {
      const keyids = await usableKeyids(repository)
      return within(database, { tenant: caller.accountId }, async (transaction) => {
        const bundle = await ownBundle(transaction, caller, id)
        const skills = await currentSkills(transaction, keyids, await skillsOf(transaction, id))
        return { ...toBundle(bundle), skills }
      })
    },
  )

  add(
    {
      method: 'patch',
      path: '/api/bundles/:id',
      tag,
      summary: 'Changes what a bundle is called and said to be.',
      access: bundleAdministrators,
      params: idParam,
      body: z.strictObject({ title: title.optional(), description: description.optional() }),
      answer: bundleAnswer,
    },
    async ({ caller, params: { id }, body }) =>
      within(database, { tenant: caller.accountId }, async (transaction) => {
        const before = await ownBundle(transaction, caller, id)
        const row = await transaction
          .updateTable('bundles')
          .set({ title: body.title ?? before.title, description: body.description ?? before.description })
          .where('id', '=', id)
          .returningAll()
          .executeTakeFirstOrThrow()
        return toBundle(row)
      }),
  )

  add(
    {
      method: 'delete',
      path: '/api/bundles/:id',
      tag,
      summary: 'Deletes a bundle with its share tokens. One that a fleet uses stays.',
      access: bundleAdministrators,
      params: idParam,
      status: 204,
    },
    async ({ context, caller, params: { id } }) => {
      await within(database, { tenant: caller.accountId }, async (transaction) => {
        const bundle = await ownBundle(transaction, caller, id)
        const fleet = await transaction
          .selectFrom('fleets')
          .select('name')
          .where('bundle_id', '=', id)
          .executeTakeFirst()
        if (fleet !== undefined)
          throw new SkilletError('BUSY', `The fleet ${fleet.name} uses this bundle.`, {
            remedy: 'Delete the fleet first.',
          })
        await transaction.deleteFrom('bundles').where('id', '=', id).execute()
        await record(transaction, caller, {
          accountId: caller.accountId,
          action: 'bundle.deleted',
          target: bundle.name,
        })
      })
      return context.body(null, 204)
    },
  )
}

function toBundle(row: {
  id: string
  name: string
  title: string
  description: string
  revision: string | number
  samples_since: Date | null
  created_at: Date
}) {
  return {
    id: row.id,
    name: row.name,
    title: row.title,
    description: row.description,
    revision: Number(row.revision),
    samplesSince: row.samples_since?.toISOString() ?? null,
    createdAt: row.created_at.toISOString(),
  }
}

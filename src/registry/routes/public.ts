import { z } from 'zod'
import { SkilletError } from '../../shared/errors.ts'
import { sha256Schema, slugSchema, versionSchema } from '../../shared/identifiers.ts'
import { tierSchema } from '../../shared/tier.ts'
import { encodeBase64 } from '../../trust/base64.ts'
import { callerOf } from '../auth/access.ts'
import { assertTier, tierFor, TierRequired } from '../auth/tier.ts'
import { latestOf } from '../catalog.ts'
import type { Database } from '../db/database.ts'
import type { AddEndpoint } from '../http/endpoint.ts'
import { parseInput } from '../http/errors.ts'
import { assertNotHeld, onHold } from '../reports/holds.ts'
import { usableKeyids } from '../publish/signing-key.ts'
import { releaseQueries } from '../release-queries.ts'
import { matches, sendKept, sendTarball } from './send-file.ts'
import type { Dependencies } from './dependencies.ts'

const accessAnswer = z.union([
  z.object({ access: z.literal(true) }),
  z.object({
    access: z.literal(false),
    reason: z.literal('tier_required'),
    required_tier: tierSchema,
    upgrade_url: z.url(),
  }),
])

/** What anybody may read: all of it signed or harmless, and plain enough for any cache in between. */
export function addPublic(add: AddEndpoint, ports: Dependencies): void {
  const { database, pool, objects, signingKey, repository, url } = ports
  const releases = releaseQueries(database, pool)
  add(
    {
      method: 'get',
      path: '/api/signing-key',
      tag: 'About',
      summary: 'The key that signs releases now, for people to compare its fingerprint.',
      access: 'public',
      holds: 'standing',
      answer: z.object({ keyid: sha256Schema, publicKey: z.base64(), fingerprint: sha256Schema }),
    },
    async () => {
      const { keyid, publicKey } = await signingKey()
      return { keyid, publicKey: encodeBase64(publicKey), fingerprint: keyid }
    },
  )

  add(
    {
      method: 'get',
      path: '/releases/:slug/:file{.+\\.dsse\\.json}',
      tag: 'Catalog',
      summary: 'A signed release.',
      access: 'public',
      params: z.object({ slug: slugSchema, file: z.string() }),
      produces: 'application/json',
    },
    async ({ context, params: { slug, file } }) => {
      const version = parseInput(versionSchema, file.slice(0, -'.dsse.json'.length))
      const keyids = await usableKeyids(repository)
      const [found] = await releases.envelope({ slug, version, keyids })
      if (found === undefined) throw new SkilletError('NOT_FOUND', `The registry has no ${slug} ${version}.`)
      // The same release under another signature, after its key was stolen.
      const etag = `"${found.sha256}"`
      const headers = { etag, 'cache-control': 'no-cache', 'content-type': 'application/json' }
      if (matches(context, etag)) return context.body(null, 304, headers)
      return sendKept(context, new Uint8Array(Buffer.from(found.envelope)), headers, 'standing')
    },
  )

  add(
    {
      method: 'get',
      path: '/tarballs/:file{[0-9a-f]+\\.tgz}',
      tag: 'Catalog',
      summary: "A published version's files, or the part of them that `Range` asks for.",
      access: 'public',
      params: z.object({ file: z.string() }),
      produces: 'application/gzip',
    },
    async ({ context, params: { file } }) => {
      const sha256 = parseInput(sha256Schema, file.slice(0, -'.tgz'.length))
      // Several skills may hold the same files.
      const [release] = await releases.byTarball({ sha256 })
      // What was uploaded but never published must not be fetched by whoever guesses its digest.
      if (release === undefined) throw new SkilletError('NOT_FOUND', 'The registry has no such file.')
      if (release.reason !== null)
        throw new SkilletError(
          'REVOKED',
          `${release.slug} ${release.version} was withdrawn: ${release.reason}`,
        )
      if (release.held_since !== null) throw onHold(release.slug, release.held_reason)
      const tier = tierSchema.parse(release.tier)
      if (tier !== 'free') {
        const held = await tierFor(database, await callerOf(context, ports), release.slug)
        assertTier(held, tier, 'This skill', url())
      }
      return sendTarball(context, objects, sha256, { isPublic: tier === 'free' })
    },
  )

  add(
    {
      method: 'get',
      path: '/api/skills/access',
      tag: 'Catalog',
      summary: 'Whether the caller may have a skill, with a key or without.',
      access: 'public',
      query: z.object({ slug: slugSchema }),
      answer: accessAnswer,
      holds: 'standing',
    },
    async ({ context, query: { slug } }) => {
      const caller = await callerOf(context, ports)
      const latest = latestOf(await releases.standing({ slug, keyids: await usableKeyids(repository) }))
      if (latest === null) {
        await assertNotHeld(database, slug)
        throw await notOffered(database, slug)
      }
      try {
        const held = await tierFor(database, caller, slug)
        assertTier(held, tierSchema.parse(latest.tier), 'This skill', url())
        return { access: true as const }
      } catch (error) {
        if (error instanceof TierRequired) return { access: false as const, ...error.refusal }
        throw error
      }
    },
  )
}

/** Why a skill has no version to offer. */
async function notOffered(database: Database, slug: string): Promise<SkilletError> {
  const newest = await database
    .selectFrom('revocations')
    .select('reason')
    .where('slug', '=', slug)
    .orderBy('serial', 'desc')
    .limit(1)
    .executeTakeFirst()
  return newest === undefined
    ? new SkilletError('NOT_FOUND', `The registry has no skill called ${slug}.`)
    : new SkilletError('REVOKED', `Every version of ${slug} was withdrawn: ${newest.reason}`)
}

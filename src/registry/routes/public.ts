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
import { assertNotHeld } from '../reports/holds.ts'
import { usableKeyids } from '../publish/signing-key.ts'
import { offered, revocationReason } from '../revocations.ts'
import { immutable, matches, sendTarball } from './send-file.ts'
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
  const { database, objects, signingKey, repository, url } = ports
  add(
    {
      method: 'get',
      path: '/api/signing-key',
      tag: 'About',
      summary: 'The key that signs releases now, for people to compare its fingerprint.',
      access: 'public',
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
      const found = await database
        .selectFrom('envelopes')
        .select(['envelope', 'sha256'])
        .where('keyid', 'in', await usableKeyids(repository))
        .where('slug', '=', slug)
        .where('version', '=', version)
        .orderBy('seq', 'desc')
        .limit(1)
        .executeTakeFirst()
      if (found === undefined) throw new SkilletError('NOT_FOUND', `The registry has no ${slug} ${version}.`)
      // The same release under another signature, after its key was stolen.
      const headers = { etag: `"${found.sha256}"`, 'cache-control': 'no-cache' }
      if (matches(context, headers.etag)) return context.body(null, 304, headers)
      return context.body(found.envelope, 200, { ...headers, 'content-type': 'application/json' })
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
      const releases = await database
        .selectFrom('releases')
        .select(['slug', 'version', 'tier'])
        .where('tarball_sha256', '=', sha256)
        .execute()
      const release = releases[0]
      // What was uploaded but never published must not be fetched by whoever guesses its digest.
      if (release === undefined) throw new SkilletError('NOT_FOUND', 'The registry has no such file.')
      const reason = await revocationReason(database, release.slug, release.version)
      if (reason !== null)
        throw new SkilletError('REVOKED', `${release.slug} ${release.version} was withdrawn: ${reason}`)
      await assertNotHeld(database, release.slug)
      const tier = tierSchema.parse(release.tier)
      if (tier !== 'free') {
        const held = await tierFor(database, await callerOf(context, ports), release.slug)
        assertTier(held, tier, 'This skill', url())
      }
      return sendTarball(
        context,
        objects,
        sha256,
        tier === 'free' ? immutable : immutable.replace('public', 'private'),
      )
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
    },
    async ({ context, query: { slug } }) => {
      const caller = await callerOf(context, ports)
      const keyids = await usableKeyids(repository)
      const releases = await database
        .selectFrom('releases')
        .select(['version', 'tier'])
        .where('slug', '=', slug)
        .where((row) => offered(row, keyids))
        .execute()
      const latest = latestOf(releases)
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

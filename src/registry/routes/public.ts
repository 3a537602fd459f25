import { Hono, type Context } from 'hono'
import { sql } from 'kysely'
import { z } from 'zod'
import { SkilletError } from '../../shared/errors.ts'
import { sha256Schema, slugSchema, versionSchema } from '../../shared/identifiers.ts'
import { tierSchema } from '../../shared/tier.ts'
import { encodeBase64 } from '../../trust/base64.ts'
import { callerOf, tierRefusal } from '../auth/access.ts'
import { latestOf, type Document } from '../catalog.ts'
import { parseInput } from '../http-errors.ts'
import { sendTarball } from './send-tarball.ts'
import type { Dependencies } from './dependencies.ts'

const immutable = 'public, max-age=31536000, immutable'

/** What anybody may read: all of it signed or harmless, and plain enough for any cache in between. */
export function publicRoutes({
  database,
  objects,
  signingKey,
  catalog,
  revocationList,
  url,
}: Dependencies): Hono {
  const app = new Hono()

  app.get('/status', async (context) => {
    await sql`select 1`.execute(database)
    return context.json({ status: 'ok', service: 'skillet-registry' })
  })

  app.get('/api/signing-key', (context) =>
    context.json({
      keyid: signingKey.keyid,
      publicKey: encodeBase64(signingKey.publicKey),
      fingerprint: signingKey.keyid,
    }),
  )

  app.get('/catalog.json', async (context) => sendDocument(context, await catalog()))
  app.get('/revocations.dsse.json', async (context) => sendDocument(context, await revocationList()))

  app.get('/releases/:slug/:file{.+\\.dsse\\.json}', async (context) => {
    const slug = parseInput(slugSchema, context.req.param('slug'))
    const version = parseInput(versionSchema, context.req.param('file').slice(0, -'.dsse.json'.length))
    const release = await database
      .selectFrom('releases')
      .select('envelope')
      .where('slug', '=', slug)
      .where('version', '=', version)
      .executeTakeFirst()
    if (release === undefined) throw new SkilletError('NOT_FOUND', `The registry has no ${slug} ${version}.`)
    return context.body(release.envelope, 200, {
      'content-type': 'application/json',
      'cache-control': immutable,
    })
  })

  app.get('/tarballs/:file{[0-9a-f]+\\.tgz}', async (context) => {
    const sha256 = parseInput(sha256Schema, context.req.param('file').slice(0, -'.tgz'.length))
    const releases = await database
      .selectFrom('releases')
      .select(['slug', 'version', 'tier'])
      .where('tarball_sha256', '=', sha256)
      .execute()
    const release = releases[0]
    // What was uploaded but never published must not be fetched by whoever guesses its digest.
    if (release === undefined) throw new SkilletError('NOT_FOUND', 'The registry has no such file.')
    const revoked = await database
      .selectFrom('revocations')
      .select('reason')
      .where('slug', '=', release.slug)
      .where('version', 'in', ['*', release.version])
      .executeTakeFirst()
    if (revoked !== undefined)
      throw new SkilletError('REVOKED', `${release.slug} ${release.version} was withdrawn: ${revoked.reason}`)
    const tier = tierSchema.parse(release.tier)
    const caller = tier === 'free' ? null : await callerOf(context, database)
    const refusal = tierRefusal(caller, tier, url())
    if (refusal !== null) return context.json({ error: tierError(refusal), ...refusal }, 403)
    return sendTarball(
      context,
      objects,
      sha256,
      tier === 'free' ? immutable : immutable.replace('public', 'private'),
    )
  })

  app.get('/api/skills/access', async (context) => {
    const { slug } = parseInput(z.object({ slug: slugSchema }), { slug: context.req.query('slug') })
    const caller = await callerOf(context, database)
    const releases = await database
      .selectFrom('releases')
      .select(['version', 'tier'])
      .where('slug', '=', slug)
      .execute()
    const latest = latestOf(releases)
    if (latest === null) throw new SkilletError('NOT_FOUND', `The registry has no skill called ${slug}.`)
    const refusal = tierRefusal(caller, tierSchema.parse(latest.tier), url())
    return context.json(refusal === null ? { access: true } : { access: false, ...refusal })
  })

  return app
}

function tierError(refusal: { required_tier: string; upgrade_url: string }) {
  return new SkilletError('TIER_REQUIRED', `This skill needs the ${refusal.required_tier} plan.`, {
    remedy: `Upgrade at ${refusal.upgrade_url}`,
  }).toPlain()
}

/** A document that changes: always revalidated, and sent again only when it did change. */
function sendDocument(context: Context, document: Document): Response {
  const headers = { etag: document.etag, 'cache-control': 'no-cache' }
  const known = context.req
    .header('if-none-match')
    ?.split(',')
    .map((tag) => tag.trim().replace(/^W\//, ''))
  if (known?.includes(document.etag) === true) return context.body(null, 304, headers)
  return context.body(document.body, 200, { ...headers, 'content-type': 'application/json' })
}

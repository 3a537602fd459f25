import { z } from 'zod'
import { SkilletError } from '../../shared/errors.ts'
import { catalogSchema } from '../../shared/catalog.ts'
import { catalogPath } from '../../shared/signed-targets.ts'
import type { AddEndpoint } from '../http/endpoint.ts'
import { offered } from '../revocations.ts'
import { usableKeyids } from '../publish/signing-key.ts'
import type { Dependencies } from './dependencies.ts'
import { matches, sendKept } from './send-file.ts'

/** Days for which `security.txt` holds, counted anew each time it is asked for (RFC 9116 §2.5.5: less than a year). */
const securityTextDays = 90

/** Where programs that know nothing of Skillet find what is here. */
export function addDiscovery(
  add: AddEndpoint,
  { database, repository, url, securityContact }: Dependencies,
): void {
  /** The index of one catalog: made once for each that is published. */
  let made: { of: string; bytes: Uint8Array<ArrayBuffer> } | null = null

  add(
    {
      method: 'get',
      path: '/.well-known/agent-skills/index.json',
      tag: 'About',
      summary: 'The skills on offer, in the form of the agent skills discovery draft 0.2.0.',
      access: 'public',
      answer: z.object({
        $schema: z.string(),
        skills: z.array(
          z.object({
            name: z.string(),
            type: z.literal('archive'),
            description: z.string(),
            url: z.url(),
            digest: z.string(),
          }),
        ),
      }),
    },
    async ({ context }) => {
      const { role } = await repository.state()
      const of = (await role('registry')).targets[catalogPath]!.hashes.sha256
      const etag = `"${of.slice(0, 32)}"`
      const headers = { etag, 'cache-control': 'no-cache', 'content-type': 'application/json' }
      if (matches(context, etag)) return context.body(null, 304, headers)
      if (made?.of !== of)
        made = { of, bytes: new Uint8Array(Buffer.from(JSON.stringify(await makeIndex()))) }
      return sendKept(context, made.bytes, headers, 'standing')
    },
  )

  async function makeIndex() {
    const { bytes } = await repository.readList(catalogPath)
    const { skills } = catalogSchema.parse(JSON.parse(Buffer.from(bytes).toString('utf8')))
    const keyids = await usableKeyids(repository)
    const rows = await database
      .selectFrom('releases')
      .select(['slug', 'version', 'tarball_sha256'])
      .where((row) => offered(row, keyids))
      .execute()
    const digests = new Map(rows.map((row) => [`${row.slug}@${row.version}`, row.tarball_sha256]))
    return {
      $schema: 'https://schemas.agentskills.io/discovery/0.2.0/schema.json',
      skills: skills.flatMap(({ slug, version, summary, tier }) => {
        const sha256 = digests.get(`${slug}@${version}`)
        // What needs a plan can't be fetched by whoever has none.
        if (sha256 === undefined || tier !== 'free') return []
        return {
          name: slug,
          type: 'archive' as const,
          description: summary,
          url: `${url()}/tarballs/${sha256}.tgz`,
          digest: `sha256:${sha256}`,
        }
      }),
    }
  }

  add(
    {
      method: 'get',
      path: '/.well-known/security.txt',
      tag: 'About',
      summary: 'Where to tell of a weakness (RFC 9116).',
      access: 'public',
      produces: 'text/plain',
    },
    async ({ context }) => {
      if (securityContact === null)
        throw new SkilletError('NOT_FOUND', 'Nobody is named here for telling of weaknesses.', {
          remedy: 'Start the registry with --security-contact.',
        })
      const expires = new Date(Date.now() + securityTextDays * 86_400_000)
      const lines = [
        `Contact: ${securityContact}`,
        `Expires: ${expires.toISOString()}`,
        `Canonical: ${url()}/.well-known/security.txt`,
        'Preferred-Languages: en',
      ]
      return context.text(`${lines.join('\n')}\n`)
    },
  )
}

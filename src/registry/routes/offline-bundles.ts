import { Readable } from 'node:stream'
import { z } from 'zod'
import { SkilletError } from '../../shared/errors.ts'
import { slugSchema, versionSchema } from '../../shared/identifiers.ts'
import { releasePath, revocationsPath, signingKeysPath } from '../../shared/signed-targets.ts'
import { tierSchema } from '../../shared/tier.ts'
import { aroundPayload, type Bundle } from '../../trust/bundle-format.ts'
import { callerOf } from '../auth/access.ts'
import { assertTier, tierFor } from '../auth/tier.ts'
import type { AddEndpoint } from '../http/endpoint.ts'
import { parseInput } from '../http/errors.ts'
import { assertNotHeld } from '../reports/holds.ts'
import { revocationReason } from '../revocations.ts'
import { hashedName } from '../tuf/files.ts'
import { restoreRemedy } from '../tuf/metadata.ts'
import type { Repository } from '../tuf/repository.ts'
import { binOf } from '../tuf/roles.ts'
import type { Dependencies } from './dependencies.ts'

/** Offline bundles: a release with everything that a Skillet without a network needs to judge it. */
export function addOfflineBundles(add: AddEndpoint, ports: Dependencies): void {
  const { database, objects, repository, url } = ports
  add(
    {
      method: 'get',
      path: '/releases/:slug/:file{.+\\.skillet}',
      tag: 'Catalog',
      summary: 'A release as one file for computers without a network.',
      access: 'public',
      params: z.object({ slug: slugSchema, file: z.string() }),
      produces: 'application/vnd.skillet.bundle',
    },
    async ({ context, params: { slug, file } }) => {
      const version = parseInput(versionSchema, file.slice(0, -'.skillet'.length))
      const release = await database
        .selectFrom('releases')
        .select(['tier', 'tarball_sha256'])
        .where('slug', '=', slug)
        .where('version', '=', version)
        .executeTakeFirst()
      if (release === undefined)
        throw new SkilletError('NOT_FOUND', `The registry has no ${slug} ${version}.`)
      const reason = await revocationReason(database, slug, version)
      if (reason !== null) throw new SkilletError('REVOKED', `${slug} ${version} was withdrawn: ${reason}`)
      await assertNotHeld(database, slug)
      const tier = tierSchema.parse(release.tier)
      if (tier !== 'free')
        assertTier(await tierFor(database, await callerOf(context, ports), slug), tier, 'This skill', url())
      const sha256 = release.tarball_sha256
      const size = await objects.size(sha256)
      if (size === null || size === 0) throw new SkilletError('NOT_FOUND', 'The registry lost this file.')
      const trust = await currentTrust(repository, releasePath(slug, version))
      const { before, after } = aroundPayload(trust, size)
      const headers = {
        'content-length': String(before.length + size + after.length),
        'content-type': 'application/vnd.skillet.bundle',
        'content-disposition': `attachment; filename="${slug}-${version}.skillet"`,
        // What it says of being current ages with every hour.
        'cache-control': 'private, no-store',
      }
      if (context.req.method === 'HEAD') return context.body(null, 200, headers)
      const body = Readable.from(
        (async function* () {
          yield before
          yield* objects.stream(sha256, 0, size - 1)
          yield after
        })(),
        { objectMode: false },
      )
      return context.body(Readable.toWeb(body) as ReadableStream, 200, headers)
    },
  )
}

/** The metadata and targets, by the names that they are served under, that vouch for a release at this moment. */
async function currentTrust({ state, files }: Repository, path: string): Promise<Omit<Bundle, 'payload'>> {
  const { root, timestampBytes, timestamp, snapshot, role } = await state()
  const bin = binOf(path)
  const names = [
    ...Array.from({ length: root.version }, (_, before) => `${before + 1}.root.json`),
    `${timestamp.meta['snapshot.json'].version}.snapshot.json`,
    ...['targets', 'registry', 'releases', bin].map(
      (name) => `${snapshot.meta[`${name}.json`]?.version}.${name}.json`,
    ),
  ]
  const metadata = new Map<string, Uint8Array>([['timestamp.json', timestampBytes]])
  for (const name of names) metadata.set(name, present(await files.readMetadata(name), name))

  const listed = { targets: await role('targets'), registry: await role('registry'), bin: await role(bin) }
  const targets = new Map<string, Uint8Array>()
  for (const [by, target] of [
    ['targets', signingKeysPath],
    ['registry', revocationsPath],
    ['bin', path],
  ] as const) {
    const info = listed[by].targets[target]
    if (info === undefined)
      throw new SkilletError('NOT_CURRENT', `The registry does not offer ${target} at the moment.`)
    const { sha256 } = info.hashes
    targets.set(hashedName(target, sha256), present(await files.readTarget(target, sha256), target))
  }
  return { metadata, targets, release: [...targets.values()].at(-1)! }
}

function present(bytes: Uint8Array | null, name: string): Uint8Array {
  if (bytes !== null) return bytes
  throw new SkilletError('STORE_DAMAGED', `The registry's file ${name} is missing.`, {
    remedy: restoreRemedy,
  })
}

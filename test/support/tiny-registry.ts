import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { createServer, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { formatCatalog } from '../../src/registry/catalog-format.ts'
import { createRepository, type RepositoryOptions } from '../../src/registry/tuf/repository.ts'
import type { CatalogEntry } from '../../src/shared/catalog.ts'
import { releasePayloadType, type Release } from '../../src/shared/release.ts'
import {
  catalogPath,
  releasePath,
  revocationsPath,
  type Held,
  type PublishKeys,
  type Revocation,
} from '../../src/shared/signed-targets.ts'
import { skillManifestSchema } from '../../src/shared/skill-manifest.ts'
import { sha256Hex } from '../../src/trust/digest.ts'
import { formatEnvelope, sealEnvelope } from '../../src/trust/seal-envelope.ts'
import { toPublishKeys } from '../../src/trust/publish-keys.ts'
import type { SigningKey } from '../../src/trust/sign.ts'
import { tarBytes, type TarFile } from '../../src/trust/tar-bytes.ts'

export interface SampleSkill {
  slug?: string
  version?: string
  /** Merged into the manifest. */
  manifest?: Record<string, unknown>
  files?: TarFile[]
  /** Last changes, before signing. */
  release?: (release: Record<string, unknown>) => Record<string, unknown>
  /** In place of the tarball that the release's digest was made of. */
  tarball?: Uint8Array
  served?: Uint8Array
}

const utf8 = (text: string) => new Uint8Array(Buffer.from(text))
export const textFile = (path: string, text: string, executable = false): TarFile => ({
  path,
  content: utf8(text),
  executable,
})

/**
 * A registry of a few lines over real HTTP, which serves whatever a test wants it to, forged or broken things included.
 * It serves the same paths as the real one, from a TUF repository made by the same code. What a test puts into
 * `documents`, by its path, is served in place of what the repository has there.
 */
export async function startTinyRegistry(
  key: SigningKey,
  {
    publishKeys,
    ...options
  }: Pick<RepositoryOptions, 'now' | 'lifetimes'> & { publishKeys?: PublishKeys } = {},
) {
  const dataDir = await mkdtemp(join(tmpdir(), 'tiny-registry-'))
  const repository = await createRepository({
    dataDir,
    publishKeys: async () => publishKeys ?? toPublishKeys([key.publicKey]),
    ...options,
  })
  const documents = new Map<string, Uint8Array | null>()
  const tarballs = new Map<string, Uint8Array>()
  const envelopes = new Map<string, Uint8Array>()
  const catalog = new Map<string, CatalogEntry>()
  const requests: string[] = []
  let withdrawn: readonly Revocation[] = []
  let held: readonly Held[] = []
  let onTarball: ((response: ServerResponse, body: Uint8Array) => void) | null = null

  const server: Server = createServer((request, response) => void answer(request.url ?? '/', response))
  async function answer(url: string, response: ServerResponse): Promise<void> {
    const path = decodeURIComponent(new URL(url, 'http://localhost').pathname)
    requests.push(path)
    if (path === '/api/skills/access' && !documents.has(path)) return json(response, { access: true })
    const body = documents.has(path) ? documents.get(path) : await stored(path)
    if (body === null || body === undefined) {
      response.statusCode = 404
      return json(response, {
        error: { code: 'NOT_FOUND', message: 'There is nothing here.', remedy: 'Look elsewhere.' },
      })
    }
    if (path.startsWith('/tarballs/') && onTarball !== null) return onTarball(response, body)
    response.end(body)
  }
  async function stored(path: string): Promise<Uint8Array | null> {
    if (path.startsWith('/tuf/')) return readFile(join(dataDir, path)).catch(() => null)
    return tarballs.get(path) ?? envelopes.get(path) ?? null
  }
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))

  /** The whole list of what is withdrawn; the releases that it names are no longer listed. */
  async function revoke(...revocations: Revocation[]): Promise<void> {
    const gone = (slug: string, version: string) =>
      revocations.some((entry) => entry.slug === slug && ['*', version].includes(entry.version))
    const remove = [...envelopes.keys()]
      .map((path) => path.slice(1))
      .filter((path) =>
        gone(...(/^releases\/(.+)\/(.+)\.dsse\.json$/.exec(path)!.slice(1, 3) as [string, string])),
      )
    for (const entry of [...catalog.values()]) if (gone(entry.slug, entry.version)) catalog.delete(entry.slug)
    withdrawn = revocations
    await repository.change({
      remove,
      revocations: await revocationsTarget(),
      catalog: await catalogTarget(),
    })
  }

  /** The whole list of what is on hold, which is not listed meanwhile; what it no longer names is offered again. */
  async function hold(...now: Held[]): Promise<void> {
    const pathsOf = ({ slug }: Held) =>
      [...envelopes.keys()].filter((path) => path.startsWith(`/releases/${slug}/`))
    const released = held.filter(({ slug }) => now.every((one) => one.slug !== slug)).flatMap(pathsOf)
    held = now
    await repository.change({
      add: await Promise.all(
        released.map((path) => repository.writeTarget(path.slice(1), envelopes.get(path)!)),
      ),
      remove: now.flatMap(pathsOf).map((path) => path.slice(1)),
      revocations: await revocationsTarget(),
      catalog: await catalogTarget(),
    })
  }

  function revocationsTarget() {
    const list = { schema: 1, revocations: withdrawn, ...(held.length === 0 ? {} : { held }) }
    return repository.writeTarget(revocationsPath, utf8(JSON.stringify(list)))
  }

  /** `listed: false`: served and signed, but TUF doesn't vouch for it. */
  async function publish(sample: SampleSkill = {}, by: SigningKey = key, listed = true) {
    const { slug = 'sample-skill', version = '1.0.0' } = sample
    const files = sample.files ?? sampleFiles(version)
    const packed = sample.tarball ?? new Uint8Array(gzipSync(tarBytes(files)))
    const manifest = {
      schema: 1,
      slug,
      version,
      title: 'Sample',
      summary: 'Counts the words of a text file.',
      publisher: 'skillet-labs',
      license: 'Apache-2.0',
      category: 'data',
      capabilities: { 'fs:read': 'Reads the file that you choose.' },
      run: {
        command: ['sh', 'scripts/run.sh'],
        inputs: { file: { type: 'file', title: 'Text file', required: true } },
      },
      ...sample.manifest,
    }
    const full = skillManifestSchema.safeParse(manifest)
    const release = {
      schema: 1,
      slug,
      version,
      publisher: 'skillet-labs',
      publishedAt: '2026-11-01T00:00:00Z',
      skill: full.success ? full.data : manifest,
      files: files.map(({ path, content, executable }) => ({
        path,
        size: content.length,
        sha256: sha256Hex(content),
        executable,
      })),
      tarball: { sha256: sha256Hex(packed), size: packed.length },
      review: {
        reviewedAt: '2026-11-01T00:00:00Z',
        reviewer: 'A reviewer',
        verdict: 'pass',
        comment: 'Tried.',
      },
    }
    const signed = sample.release === undefined ? release : sample.release(release)
    const envelope = sealJson(releasePayloadType, signed, by)
    envelopes.set(`/${releasePath(slug, version)}`, envelope)
    tarballs.set(`/tarballs/${release.tarball.sha256}.tgz`, sample.served ?? packed)
    if (full.success) {
      const { title, summary, publisher, category, tags, tier, requires, alternatives } = full.data
      catalog.set(slug, {
        slug,
        version,
        title,
        summary,
        publisher,
        category,
        tags,
        tier,
        capabilities: [],
        needsKey: false,
        requires,
        alternatives,
        publishedAt: release.publishedAt,
      })
    }
    if (listed)
      await repository.change({
        add: [await repository.writeTarget(releasePath(slug, version), envelope)],
        catalog: await catalogTarget(),
      })
    return { release: release as Release, envelope, tarball: packed }
  }

  function catalogTarget() {
    const offered = [...catalog.values()].filter(({ slug }) => held.every((one) => one.slug !== slug))
    const lines = offered.sort((a, b) => (a.slug < b.slug ? -1 : 1))
    return repository.writeTarget(catalogPath, formatCatalog(lines.map((entry) => JSON.stringify(entry))))
  }

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    dataDir,
    /** Path of what clients pin. */
    trustRoot: repository.trustRoot,
    repository,
    documents,
    /** Paths that were asked for, in order. */
    requests,
    publish,
    revoke,
    hold,
    /** Answers downloads in another way than sending the whole tarball. */
    answerTarballs(answer: typeof onTarball) {
      onTarball = answer
    },
    async stop() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
      await rm(dataDir, { recursive: true, force: true })
    },
  }
}

export type TinyRegistry = Awaited<ReturnType<typeof startTinyRegistry>>

export function sampleFiles(version: string): TarFile[] {
  return [
    textFile('SKILL.md', `---\nname: sample-skill\ndescription: Counts words, ${version}.\n---\n`),
    textFile('notes/read-me.md', `This is ${version}.\n`),
    textFile('scripts/run.sh', `#!/bin/sh\n# ${version}\nwc -w < "$1"\n`, true),
  ]
}

function sealJson(payloadType: string, payload: unknown, key: SigningKey): Uint8Array {
  return formatEnvelope(sealEnvelope(payloadType, utf8(JSON.stringify(payload)), key.secretKey))
}

function json(response: ServerResponse, value: unknown): void {
  response.setHeader('content-type', 'application/json')
  response.end(JSON.stringify(value))
}

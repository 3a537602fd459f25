import { createServer, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gzipSync } from 'node:zlib'
import { tarBytes, type TarFile } from '../../src/engine/package/tar-bytes.ts'
import { revocationsPayloadType, type CatalogEntry, type Revocation } from '../../src/shared/catalog.ts'
import { releasePayloadType, type Release } from '../../src/shared/release.ts'
import { skillManifestSchema } from '../../src/shared/skill-manifest.ts'
import { sha256Hex } from '../../src/trust/digest.ts'
import { formatEnvelope, sealEnvelope } from '../../src/trust/envelope.ts'
import type { SigningKey } from '../../src/trust/sign.ts'

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
 * It serves the same paths as the real one.
 */
export async function startTinyRegistry(key: SigningKey) {
  const documents = new Map<string, Uint8Array>()
  const catalog = new Map<string, CatalogEntry>()
  let serial = 0
  let onTarball: ((response: ServerResponse, body: Uint8Array) => void) | null = null

  const server: Server = createServer((request, response) => {
    const path = new URL(request.url ?? '/', 'http://localhost').pathname
    if (path === '/api/skills/access') return json(response, { access: true })
    if (path === '/catalog.json') return json(response, { schema: 1, skills: [...catalog.values()] })
    const body = documents.get(path)
    if (body === undefined) {
      response.statusCode = 404
      return json(response, {
        error: { code: 'NOT_FOUND', message: 'There is nothing here.', remedy: 'Look elsewhere.' },
      })
    }
    if (path.startsWith('/tarballs/') && onTarball !== null) return onTarball(response, body)
    response.end(body)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))

  function revoke(...revocations: Revocation[]): void {
    documents.set(
      '/revocations.dsse.json',
      sealJson(revocationsPayloadType, { schema: 1, serial: ++serial, revocations }, key),
    )
  }

  function publish(sample: SampleSkill = {}, by: SigningKey = key) {
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
    documents.set(`/releases/${slug}/${version}.dsse.json`, envelope)
    documents.set(`/tarballs/${release.tarball.sha256}.tgz`, sample.served ?? packed)
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
    return { release: release as Release, envelope, tarball: packed }
  }

  revoke()
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    documents,
    publish,
    revoke,
    /** Answers downloads in another way than sending the whole tarball. */
    answerTarballs(answer: typeof onTarball) {
      onTarball = answer
    },
    async stop() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
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

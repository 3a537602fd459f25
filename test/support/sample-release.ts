import { gzipSync } from 'node:zlib'
import { tarBytes, type TarFile } from '../../src/trust/tar-bytes.ts'
import { releasePayloadType, releaseSchema, type Release } from '../../src/shared/release.ts'
import { skillManifestSchema } from '../../src/shared/skill-manifest.ts'
import { sha256Hex } from '../../src/trust/digest.ts'
import { formatEnvelope, sealEnvelope } from '../../src/trust/seal-envelope.ts'
import type { SigningKey } from '../../src/trust/sign.ts'

export interface SampleRelease {
  readonly release: Release
  readonly envelope: Uint8Array
  readonly tarball: Uint8Array
}

/** A small skill, packed and signed; `more` small files and what is `beside` them come with its own two. `about`: more lines of front matter. */
export function sampleRelease(
  key: SigningKey,
  { slug = 'sample-skill', version = '1.0.0', more = 0, beside = [] as readonly TarFile[], about = '' } = {},
): SampleRelease {
  const file = (path: string, text: string, executable = false): TarFile => ({
    path,
    content: new Uint8Array(Buffer.from(text)),
    executable,
  })
  const files = [
    file('SKILL.md', `---\nname: ${slug}\ndescription: Counts words, ${version}.\n${about}---\n`),
    file('scripts/run.sh', `#!/bin/sh\n# ${version}\nwc -w < "$1"\n`, true),
    ...Array.from({ length: more }, (_, at) => file(`notes/${at}.md`, `Note ${at} of ${version}.\n`)),
    ...beside,
  ]
  const tarball = new Uint8Array(gzipSync(tarBytes(files)))
  const release = releaseSchema.parse({
    schema: 1,
    slug,
    version,
    publisher: 'skillet-labs',
    publishedAt: '2026-11-01T00:00:00Z',
    skill: skillManifestSchema.parse({
      schema: 1,
      slug,
      version,
      title: 'Sample',
      summary: 'Counts the words of a text file.',
      publisher: 'skillet-labs',
      license: 'Apache-2.0',
      category: 'data',
      capabilities: { 'fs:read': `Reads the file that you choose.` },
      run: {
        command: ['sh', 'scripts/run.sh'],
        // Each version reaches something else, so that each has decisions of its own.
        inputs: {
          [`file${version.replaceAll('.', '_')}`]: { type: 'file', title: 'Text file', required: true },
        },
      },
    }),
    files: files.map(({ path, content, executable }) => ({
      path,
      size: content.length,
      sha256: sha256Hex(content),
      executable,
    })),
    tarball: { sha256: sha256Hex(tarball), size: tarball.length },
    review: {
      reviewedAt: '2026-11-01T00:00:00Z',
      reviewer: 'A reviewer',
      verdict: 'pass',
      comment: 'Tried.',
    },
  })
  const payload = new Uint8Array(Buffer.from(JSON.stringify(release)))
  return {
    release,
    envelope: formatEnvelope(sealEnvelope(releasePayloadType, payload, key.secretKey)),
    tarball,
  }
}

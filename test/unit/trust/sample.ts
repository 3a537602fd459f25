import type { Release } from '../../../src/shared/release.ts'
import type { PublishKeys } from '../../../src/shared/signed-targets.ts'
import { releasePayloadType } from '../../../src/shared/release.ts'
import { skillManifestSchema } from '../../../src/shared/skill-manifest.ts'
import { formatEnvelope, sealEnvelope } from '../../../src/trust/seal-envelope.ts'
import { toPublishKeys } from '../../../src/trust/publish-keys.ts'
import { generateSigningKey, type SigningKey } from '../../../src/trust/sign.ts'

export const key: SigningKey = generateSigningKey()
export const keys: PublishKeys = toPublishKeys([key.publicKey])

export const manifest = skillManifestSchema.parse({
  schema: 1,
  slug: 'demo-skill',
  version: '1.0.0',
  title: 'Demo',
  summary: 'A skill for tests.',
  publisher: 'skillet-labs',
  license: 'Apache-2.0',
  category: 'data',
  run: { command: ['sh', 'run.sh'] },
})

export const release: Release = {
  schema: 1,
  slug: 'demo-skill',
  version: '1.0.0',
  publisher: 'skillet-labs',
  publishedAt: '2026-11-01T00:00:00Z',
  skill: manifest,
  files: [{ path: 'SKILL.md', size: 3, sha256: 'a'.repeat(64), executable: false }],
  tarball: { sha256: 'b'.repeat(64), size: 100 },
  review: {
    reviewedAt: '2026-11-01T00:00:00Z',
    reviewer: 'A reviewer',
    verdict: 'pass',
    comment: 'Read and tried.',
  },
}

/** Signs whatever it is given, well-formed or not. */
export function seal(
  payload: unknown,
  by: SigningKey = key,
  payloadType: string = releasePayloadType,
): Uint8Array {
  return formatEnvelope(
    sealEnvelope(payloadType, new Uint8Array(Buffer.from(JSON.stringify(payload))), by.secretKey),
  )
}

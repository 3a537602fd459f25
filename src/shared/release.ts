import { z } from 'zod'
import { relativePathSchema, sha256Schema, slugSchema, versionSchema } from './identifiers.ts'
import { skillManifestSchema } from './skill-manifest.ts'

/** DSSE `payloadType` of a release. */
export const releasePayloadType = 'application/vnd.skillet.release+json'

/** One file of a release: `path` relative to the skill's folder, `size` in bytes. */
export const releaseFileSchema = z.strictObject({
  path: relativePathSchema,
  size: z.number().int().nonnegative(),
  sha256: sha256Schema,
  executable: z.boolean(),
})
export type ReleaseFile = z.infer<typeof releaseFileSchema>

/** What is signed: everything that an installer needs to know before it downloads a byte of the payload. */
export const releaseSchema = z
  .strictObject({
    schema: z.literal(1),
    slug: slugSchema,
    version: versionSchema,
    publisher: slugSchema,
    /** RFC 3339, UTC. */
    publishedAt: z.iso.datetime(),
    skill: skillManifestSchema,
    files: z.array(releaseFileSchema).min(1).max(10_000),
    tarball: z.strictObject({ sha256: sha256Schema, size: z.number().int().positive() }),
    review: z.strictObject({
      /** RFC 3339, UTC. */
      reviewedAt: z.iso.datetime(),
      reviewer: z.string().min(1).max(120),
      verdict: z.enum(['pass', 'warn']),
      comment: z.string().max(2000),
    }),
  })
  .superRefine((release, context) => {
    for (const key of ['slug', 'version', 'publisher'] as const)
      if (release[key] !== release.skill[key])
        context.addIssue({ code: 'custom', path: [key], message: `${key} differs from the skill's own` })
  })
export type Release = z.infer<typeof releaseSchema>

/** DSSE envelope (github.com/secure-systems-lab/dsse): `payload` and `sig` are standard base64. */
export const envelopeSchema = z.strictObject({
  payloadType: z.string().min(1).max(200),
  payload: z.string().min(1),
  signatures: z
    .array(z.strictObject({ keyid: sha256Schema, sig: z.string().min(1) }))
    .min(1)
    .max(16),
})
export type Envelope = z.infer<typeof envelopeSchema>

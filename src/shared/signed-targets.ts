import { z } from 'zod'
import { sha256Schema, slugSchema, versionSchema } from './identifiers.ts'

/**
 * The files that the registry's TUF metadata vouches for, beside the releases themselves: who may sign releases, what
 * was withdrawn, and the catalog. Paths are TUF target paths.
 */
export const signingKeysPath = 'signing-keys.json'
export const revocationsPath = 'revocations.json'
export const catalogPath = 'catalog.json'

/** TUF target path of one signed release. */
export function releasePath(slug: string, version: string): string {
  return `releases/${slug}/${version}.dsse.json`
}

/**
 * A key that signs releases. `publicKey`: 32 raw bytes in standard base64; `keyid`: their SHA-256 in lower-case hex, the
 * fingerprint that people compare.
 */
export const publishKeySchema = z.strictObject({
  keyid: sha256Schema,
  publicKey: z.string().min(1),
  /** `active` signs new releases, `retired` stands for what it signed before `until`, `compromised` for nothing. */
  status: z.enum(['active', 'retired', 'compromised']),
  /** RFC 3339, UTC. */
  since: z.iso.datetime(),
  /** When it stopped signing; null while it is active. */
  until: z.iso.datetime().nullable(),
})
export type PublishKey = z.infer<typeof publishKeySchema>

/** The target `signing-keys.json`. */
export const publishKeysSchema = z.strictObject({
  schema: z.literal(1),
  keys: z.array(publishKeySchema).min(1).max(64),
})
export type PublishKeys = z.infer<typeof publishKeysSchema>

export const revocationSchema = z.strictObject({
  slug: slugSchema,
  /** One version, or `*` for all of them. */
  version: z.union([versionSchema, z.literal('*')]),
  reason: z.string().min(1).max(500),
  severity: z.enum(['low', 'medium', 'high', 'critical']),
  /** Names of secrets that the person should replace. */
  rotate: z.array(z.string()),
  revokedAt: z.iso.datetime(),
})
export type Revocation = z.infer<typeof revocationSchema>

/** A skill that somebody reported as dangerous, until it was looked into: not offered, and who has it is told. */
export const heldSchema = z.strictObject({
  slug: slugSchema,
  words: z.string().min(1).max(500),
  since: z.iso.datetime(),
})
export type Held = z.infer<typeof heldSchema>

/** The target `revocations.json`. */
export const revocationsSchema = z.strictObject({
  schema: z.literal(1),
  revocations: z.array(revocationSchema),
  /** Absent: none. */
  held: z.array(heldSchema).optional(),
})
export type Revocations = z.infer<typeof revocationsSchema>

import { canonicalize } from '@tufjs/canonical-json'
import { z } from 'zod'
import { SkilletError } from '../../shared/errors.ts'
import { sha256Schema } from '../../shared/identifiers.ts'
import { sha256Hex } from '../../trust/digest.ts'
import { signMessage, type SigningKey } from '../../trust/sign.ts'

/** The signed parts of TUF metadata as this repository writes them, TUF 1.0 §4. Fields that it doesn't write are errors. */
const common = { spec_version: z.string(), version: z.number().int().positive(), expires: z.iso.datetime() }
const hashes = z.strictObject({ sha256: sha256Schema })
const fileSchema = z.strictObject({ length: z.number().int().nonnegative(), hashes })
const metaSchema = fileSchema.extend({ version: common.version })
const keySchema = z.strictObject({
  keytype: z.literal('ed25519'),
  scheme: z.literal('ed25519'),
  keyval: z.strictObject({ public: z.string().regex(/^[0-9a-f]{64}$/) }),
})
const roleSchema = z.strictObject({
  keyids: z.array(sha256Schema).min(1),
  threshold: z.number().int().positive(),
})
const keysSchema = z.record(sha256Schema, keySchema)

export const rootSchema = z.strictObject({
  _type: z.literal('root'),
  ...common,
  consistent_snapshot: z.literal(true),
  keys: keysSchema,
  roles: z.strictObject({
    root: roleSchema,
    targets: roleSchema,
    snapshot: roleSchema,
    timestamp: roleSchema,
  }),
})
export type Root = z.infer<typeof rootSchema>

export const targetsSchema = z.strictObject({
  _type: z.literal('targets'),
  ...common,
  targets: z.record(z.string(), fileSchema),
  delegations: z
    .strictObject({
      keys: keysSchema,
      roles: z
        .array(
          roleSchema.extend({
            name: z.string(),
            paths: z.array(z.string()).min(1),
            terminating: z.boolean(),
          }),
        )
        .optional(),
      succinct_roles: roleSchema.extend({ bit_length: z.number().int(), name_prefix: z.string() }).optional(),
    })
    .optional(),
  /** How far into the database's own numbering this reaches; only the role `registry` says so. */
  'x-through': z.strictObject({ envelopes: z.number().int(), revocations: z.number().int() }).optional(),
})
export type Targets = z.infer<typeof targetsSchema>
export type TargetsContent = Omit<Targets, '_type' | 'spec_version' | 'version' | 'expires'>

/** What a targets role says, without when and for how long it said so. */
export function contentOf(role: TargetsContent): TargetsContent {
  const { targets, delegations, 'x-through': through } = role
  return {
    targets,
    ...(delegations === undefined ? {} : { delegations }),
    ...(through === undefined ? {} : { 'x-through': through }),
  }
}

export const snapshotSchema = z.strictObject({
  _type: z.literal('snapshot'),
  ...common,
  meta: z.record(z.string(), metaSchema),
})
export type Snapshot = z.infer<typeof snapshotSchema>

export const timestampSchema = z.strictObject({
  _type: z.literal('timestamp'),
  ...common,
  meta: z.strictObject({ 'snapshot.json': metaSchema }),
  /** When it was signed, RFC 3339: clients notice by it that their clock was set back. */
  'x-signed-at': z.iso.datetime(),
})
export type Timestamp = z.infer<typeof timestampSchema>

export const specVersion = '1.0.31'

/** What metadata says of other metadata. */
export function metaOf(version: number, bytes: Uint8Array): z.infer<typeof metaSchema> {
  return { version, length: bytes.length, hashes: { sha256: sha256Hex(bytes) } }
}

/** A file that the repository vouches for. `path` is its TUF target path, `length` in bytes, `sha256` in lower-case hex. */
export interface TargetInfo {
  readonly path: string
  readonly length: number
  readonly sha256: string
}

/** What a targets role says of a file. */
export function targetEntry(info: TargetInfo): z.infer<typeof fileSchema> {
  return { length: info.length, hashes: { sha256: info.sha256 } }
}

/** A role's keys as root or targets list them; the keyid is the fingerprint that people compare. */
export function keysOf(keys: readonly Pick<SigningKey, 'keyid' | 'publicKey'>[]): z.infer<typeof keysSchema> {
  return Object.fromEntries(
    keys.map(({ keyid, publicKey }) => [
      keyid,
      { keytype: 'ed25519', scheme: 'ed25519', keyval: { public: Buffer.from(publicKey).toString('hex') } },
    ]),
  )
}

/** A metadata file: `signed` and a signature over its canonical JSON by each of `keys`. */
export function seal(
  signed: Root | Targets | Snapshot | Timestamp,
  keys: readonly Pick<SigningKey, 'keyid' | 'secretKey'>[],
): Uint8Array {
  const message = new Uint8Array(Buffer.from(canonicalize(signed)))
  const signatures = [...new Map(keys.map((key) => [key.keyid, key])).values()].map((key) => ({
    keyid: key.keyid,
    sig: Buffer.from(signMessage(message, key.secretKey)).toString('hex'),
  }))
  return new Uint8Array(Buffer.from(`${JSON.stringify({ signatures, signed })}\n`))
}

/** The signed part of a metadata file of our own. @throws SkilletError STORE_DAMAGED */
export function unseal<T>(schema: z.ZodType<T>, bytes: Uint8Array, name: string): T {
  try {
    const file = JSON.parse(Buffer.from(bytes).toString('utf8')) as { signed?: unknown } | null
    return schema.parse(file?.signed)
  } catch (error) {
    throw new SkilletError('STORE_DAMAGED', `The registry's file ${name} is damaged.`, {
      remedy: restoreRemedy,
      cause: error,
    })
  }
}

/** Clients have seen newer lists than a backup holds. */
export const restoreRemedy =
  "Restore the registry's data folder from a backup; then, before starting it: skillet registry recover"

/** TUF knows whole seconds only, §4.1. */
export function toTufTime(date: Date): string {
  return `${date.toISOString().slice(0, 19)}Z`
}

import { z } from 'zod'
import { parseStrictJson } from '../strict-json.ts'
import { createTrustedSet, type TrustedSet } from './trusted-set.ts'
import { notHere } from './refusal.ts'
import type { TrustFiles } from './trust-files.ts'
import { createTopLevelVerifier } from './verify-top-level.ts'
import { isNamed, recallSnapshot } from './verify-snapshot.ts'
import { verifyTargets, type TargetsRole } from './verify-targets.ts'

/**
 * What the last complete refresh brought, in one file, so that it takes force at once and whole. The files beside it are
 * always the newest that was verified, for comparing; a refresh that was cut short leaves them at different stages.
 */
const recordSchema = z.strictObject({
  schema: z.literal(1),
  timestamp: z.string(),
  snapshot: z.string(),
  targets: z.string(),
  /** Delegated roles that the essential targets need. */
  roles: z.record(z.string(), z.string()),
  /** The essential targets: path → file in `targets/`. */
  files: z.record(
    z.string(),
    z.strictObject({ name: z.string(), length: z.number(), hashes: z.record(z.string(), z.string()) }),
  ),
})
export type InForceRecord = z.infer<typeof recordSchema>

export function toRecord(
  set: TrustedSet,
  roles: ReadonlyMap<string, TargetsRole>,
  files: InForceRecord['files'],
): InForceRecord {
  return {
    schema: 1,
    timestamp: set.bytes.timestamp.toString(),
    snapshot: set.snapshot.bytes.toString(),
    targets: set.targets.bytes.toString(),
    roles: Object.fromEntries([...roles].map(([name, { bytes }]) => [name, bytes.toString()])),
    files,
  }
}

export function formatRecord(record: InForceRecord): Buffer {
  return Buffer.from(JSON.stringify(record))
}

/** Null where it can't be read: then a refresh has to bring it again. */
export function parseRecord(bytes: Uint8Array): InForceRecord | null {
  try {
    return recordSchema.parse(parseStrictJson(bytes))
  } catch {
    return null
  }
}

/**
 * The recorded state under the root that is trusted now. Whether it has expired is left to `judge`: that depends on the
 * moment, and this is kept.
 * @throws SkilletError METADATA_INVALID where the root has changed its keys since
 */
export function restoreSet(record: InForceRecord, root: Buffer, files: TrustFiles): TrustedSet {
  const anyTime = new Date(0)
  const verifier = createTopLevelVerifier(root, anyTime)
  const bytes = { root, timestamp: Buffer.from(record.timestamp) }
  const usable = verifier.recallTimestamp(bytes.timestamp)
  const timestamp = verifier.timestamp()
  const snapshot = recallSnapshot(Buffer.from(record.snapshot), verifier.root())
  if (!usable || timestamp === null || snapshot === null || !isNamed(snapshot, timestamp.signed.snapshotMeta))
    throw notHere(`What the registry's newest keys have signed`)
  const targets = verifyTargets(Buffer.from(record.targets), 'targets', {
    delegator: verifier.root(),
    snapshot,
    now: anyTime,
  })
  const carried = new Map(Object.entries(record.roles).map(([name, text]) => [name, Buffer.from(text)]))
  return createTrustedSet({ bytes, root: verifier.root(), timestamp, snapshot, targets, carried }, files)
}

import type { Metadata, Root, Timestamp } from '@tufjs/models'
import { MetaFile } from '@tufjs/models'
import { assertNotExpired } from './clock.ts'
import { parseMetadata, type PlainMetadata } from './parse-metadata.ts'
import { invalid, rolledBack } from './refusal.ts'
import { assertSigned } from './signatures.ts'

/** Verified: which version of each targets role belongs to this state of the repository. */
export interface Snapshot {
  readonly bytes: Buffer
  readonly version: number
  readonly expires: string
  /** @throws SkilletError METADATA_INVALID where it doesn't list the role */
  role(name: string): MetaFile
  /** Name of a file → its version. */
  readonly versions: ReadonlyMap<string, number>
}

/**
 * A snapshot that this computer had verified before and may still hold against a new one (TUF 1.0 §5.5.5), whether or not
 * it has expired or a newer one is asked for; null where it is damaged or its keys no longer count, so that a rotation of
 * keys recovers from a fast-forward (§5.3.11).
 */
export function recallSnapshot(bytes: Buffer, root: Metadata<Root>): Snapshot | null {
  try {
    return readSnapshot(bytes, root)
  } catch {
    return null
  }
}

/**
 * Whether it is the very overview that the timestamp names: by its version, and by length and hashes where it has them. Two
 * can bear one number, for example after a registry was restored from a backup.
 */
export function isNamed({ bytes, version }: Snapshot, wanted: MetaFile): boolean {
  try {
    wanted.verify(bytes)
  } catch {
    return false
  }
  return version === wanted.version
}

/**
 * TUF 1.0 §5.5.2 to §5.5.6 for a snapshot from outside. `before`: the one that was trusted until now. (tuf-js needs time
 * by the square of the number of roles, and a registry's bins are hundreds.)
 * @throws SkilletError METADATA_INVALID, METADATA_EXPIRED, METADATA_ROLLBACK
 */
export function verifySnapshot(
  bytes: Buffer,
  trusted: { root: Metadata<Root>; timestamp: Metadata<Timestamp>; before: Snapshot | null; now: Date },
): Snapshot {
  const { snapshotMeta: wanted } = trusted.timestamp.signed
  // §5.5.2: against the length and hashes in the timestamp, where it has them.
  try {
    wanted.verify(bytes)
  } catch (error) {
    throw invalid("the overview is another than the registry's timestamp names", error)
  }
  const snapshot = readSnapshot(bytes, trusted.root)
  // §5.5.4
  if (snapshot.version < wanted.version) throw rolledBack()
  if (snapshot.version > wanted.version)
    throw invalid("the overview is another than the registry's timestamp names")
  // §5.5.5: rollback attack. No list may have gone, none may be older.
  for (const [name, version] of trusted.before?.versions ?? [])
    if ((snapshot.versions.get(name) ?? 0) < version) throw rolledBack()
  // §5.5.6: freeze attack.
  assertNotExpired(snapshot.expires, trusted.now)
  return snapshot
}

function readSnapshot(bytes: Buffer, root: Metadata<Root>): Snapshot {
  const plain = parseMetadata(bytes)
  if (plain.type !== 'snapshot') throw invalid('the overview is of another kind')
  // §5.5.3: arbitrary software attack.
  assertSigned(root, 'snapshot', plain.document)
  const meta = readMeta(plain)
  return {
    bytes,
    version: plain.version,
    expires: plain.expires,
    versions: new Map([...meta].map(([name, { version }]) => [name, version])),
    role(name) {
      const file = meta.get(`${name}.json`)
      if (file === undefined) throw invalid(`the registry's overview doesn't name the ${name} list`)
      return file
    },
  }
}

function readMeta({ signed }: PlainMetadata): Map<string, MetaFile> {
  const meta = signed['meta']
  if (typeof meta !== 'object' || meta === null || Array.isArray(meta))
    throw invalid('the overview is damaged')
  try {
    return new Map(Object.entries(meta).map(([name, file]) => [name, MetaFile.fromJSON(file as never)]))
  } catch (error) {
    throw invalid('the overview is damaged', error)
  }
}

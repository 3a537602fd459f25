import { Metadata, Targets, TargetFile, type Root } from '@tufjs/models'
import { assertNotExpired } from './clock.ts'
import { parseMetadata } from './parse-metadata.ts'
import { invalid, rolledBack } from './refusal.ts'
import { assertSigned } from './signatures.ts'
import type { Snapshot } from './verify-snapshot.ts'

const digests: ReadonlySet<string> = new Set(['sha256', 'sha384', 'sha512'])

/** Verified metadata that vouches for files: the targets role or one that it delegates to. */
export interface TargetsRole {
  readonly name: string
  readonly bytes: Buffer
  readonly expires: string
  /** Whom it delegates to, and with which keys. The files that it lists are not in here. */
  readonly delegator: Metadata<Targets>
  /** Whom it asks about a path, in order; nobody after one that is terminating. @throws SkilletError METADATA_INVALID */
  delegations(path: string): readonly { name: string; terminating: boolean }[]
  /** What it says of a file itself. @throws SkilletError METADATA_INVALID */
  entry(path: string): TargetFile | null
}

export interface TargetsContext {
  /** Whose word it is that this role counts. */
  readonly delegator: Metadata<Root> | Metadata<Targets>
  readonly snapshot: Snapshot
  readonly now: Date
}

/**
 * TUF 1.0 §5.6.2 to §5.6.5 for one targets role. Each way to a role is verified by itself: that a role is trusted through
 * one delegation says nothing about another. (tuf-js takes the first for all, and needs time by the square of the number
 * of files; a role here may list thousands.)
 * @throws SkilletError METADATA_INVALID, METADATA_EXPIRED, METADATA_ROLLBACK
 */
export function verifyTargets(bytes: Buffer, name: string, context: TargetsContext): TargetsRole {
  const meta = context.snapshot.role(name)
  // §5.6.2: against the length and hashes in the snapshot, where it has them.
  try {
    meta.verify(bytes)
  } catch (error) {
    throw invalid(`the ${name} list is another than the registry's overview names`, error)
  }
  const plain = parseMetadata(bytes)
  if (plain.type !== 'targets') throw invalid(`the ${name} list is of another kind`)
  // §5.6.3: arbitrary software attack.
  assertSigned(context.delegator, name, plain.document)
  // §5.6.4: the version in the snapshot, no other: mix and match.
  if (plain.version < meta.version) throw rolledBack()
  if (plain.version > meta.version)
    throw invalid(`the ${name} list is another than the registry's overview names`)
  // §5.6.5: freeze attack.
  assertNotExpired(plain.expires, context.now)

  const files = plain.signed['targets']
  if (typeof files !== 'object' || files === null || Array.isArray(files))
    throw invalid(`the ${name} list is damaged`)
  const delegator = readDelegator(plain.signed, name)
  return {
    name,
    bytes,
    expires: plain.expires,
    delegator,
    delegations: (path) =>
      attempt(name, () =>
        [...(delegator.signed.delegations?.rolesForTarget(path) ?? [])].map(({ role, terminating }) => ({
          name: role,
          terminating,
        })),
      ),
    entry(path) {
      const entry = Object.hasOwn(files, path) ? files[path] : undefined
      if (entry === undefined) return null
      if (typeof entry !== 'object' || entry === null || Array.isArray(entry))
        throw invalid(`the ${name} list is damaged`)
      const file = attempt(name, () => TargetFile.fromJSON(path, entry))
      const hashes = Object.entries(file.hashes)
      if (!Number.isSafeInteger(file.length) || hashes.length === 0)
        throw invalid(`the ${name} list is damaged`)
      // They become parts of names on this disk and in requests.
      if (!hashes.every(([algorithm, value]) => digests.has(algorithm) && /^[0-9a-f]{64,128}$/.test(value)))
        throw invalid(`the ${name} list uses a digest that Skillet doesn't know`)
      return file
    },
  }
}

function readDelegator(signed: Parameters<typeof Targets.fromJSON>[0], name: string): Metadata<Targets> {
  return attempt(name, () => new Metadata(Targets.fromJSON({ ...signed, targets: {} })))
}

function attempt<T>(name: string, read: () => T): T {
  try {
    return read()
  } catch (error) {
    throw invalid(`the ${name} list is damaged`, error)
  }
}

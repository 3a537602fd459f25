import type { Metadata, Root, TargetFile } from '@tufjs/models'
import { SkilletError } from '../../shared/errors.ts'
import { assertClock, assertNotExpired, signedAtOf } from './clock.ts'
import { targetFileName, type TargetFiles } from './fetch-target.ts'
import { formatRecord, toRecord, type InForceRecord } from './in-force.ts'
import { maxBytes, maxRootsPerRefresh } from './limits.ts'
import { readCapped } from './read-capped.ts'
import { invalid } from './refusal.ts'
import type { TufSource } from './source.ts'
import { inForceFile, type TrustFiles } from './trust-files.ts'
import { createTrustedSet, type TrustedSet } from './trusted-set.ts'
import { loadTrustedRoot, parsePinnedRoot } from './trusted-root.ts'
import { createTopLevelVerifier, type TopLevelVerifier } from './verify-top-level.ts'
import { isNamed, recallSnapshot, verifySnapshot, type Snapshot } from './verify-snapshot.ts'
import { verifyTargets, type TargetsRole } from './verify-targets.ts'

export interface RefreshContext {
  readonly files: TrustFiles
  readonly targets: TargetFiles
  readonly pinnedRoot: Buffer
  readonly essential: readonly string[]
  readonly now: Date
  readonly source: TufSource
  /** What is in force, and the record that says so. */
  readonly current: TrustedSet | null
  readonly record: InForceRecord | null
  /**
   * Whether the root and the timestamp on this computer still are those of `current`, which this process has verified.
   * Null where that can't be told at a glance.
   */
  readonly isCurrentHere: (() => boolean) | null
}

/** Files of the registry that were asked for before it was known whether they are needed, by name. */
type Asked = Map<string, Promise<Buffer | null>>

/** What took force, and the bytes of the file that says so. */
export interface Refreshed {
  readonly set: TrustedSet
  readonly record: InForceRecord
  readonly recordBytes: Buffer
}

/**
 * The update workflow of TUF 1.0 §5.1 to §5.6, then the essential targets. Each file is written once it is verified, also
 * when what comes after it fails, so that a rollback is noticed whatever happens next; the whole takes force at the end,
 * with one file. Null where nothing has changed.
 * @throws Overtaken when another Skillet refreshed meanwhile, and what TufClient.refresh throws
 */
export async function refreshMetadata(context: RefreshContext): Promise<Refreshed | null> {
  const files = context.files.writeBehind()
  try {
    return await update({ ...context, files })
  } finally {
    // A disk that is full, or another Skillet that was quicker, is why the rest failed, or comes before it.
    await files.settle()
  }
}

async function update(context: RefreshContext): Promise<Refreshed | null> {
  const { files, source, now, current } = context
  const asked: Asked = new Map()
  if (await isConfirmed(context, asked)) return null
  const believed = new Map<string, Buffer | null>()
  const [timestampHere, snapshotHere] = await Promise.all([
    files.read('timestamp.json'),
    files.read('snapshot.json'),
  ])
  const { verifier, root } = await updateRoot(context, believed, asked)
  believed.set('timestamp.json', timestampHere).set('snapshot.json', snapshotHere)

  const timestamp = await updateTimestamp(context, verifier, timestampHere, believed, asked)
  if (
    current !== null &&
    current.bytes.timestamp.equals(timestamp) &&
    current.bytes.root.equals(root) &&
    (await hasEssentials(context))
  )
    return null

  const snapshot = await updateSnapshot(context, verifier, snapshotHere, believed)
  const targets = await updateTargets(context, verifier, snapshot, believed)
  const set = createTrustedSet(
    {
      bytes: { root, timestamp },
      root: verifier.root(),
      timestamp: verifier.timestamp()!,
      snapshot,
      targets,
      carried: new Map(),
    },
    files,
  )

  const roles = new Map<string, TargetsRole>()
  const recorded: InForceRecord['files'] = {}
  const wanted: TargetFile[] = []
  for (const path of context.essential) {
    const found = await set.find(path, source, now)
    if (found === null) throw invalid(`nothing in them vouches for ${path}`)
    const { length, hashes } = found.file
    wanted.push(found.file)
    recorded[path] = { name: targetFileName(found.file), length, hashes }
    for (const role of found.roles.slice(1)) roles.set(role.name, role)
  }
  const record = toRecord(set, roles, recorded)
  const recordBytes = formatRecord(record)
  const fetched = fetchAll(context, wanted, isConsistent(set.root))
  // Thrown below; it may fail before anybody waits for it.
  fetched.catch(() => undefined)
  await files.replace(inForceFile, recordBytes, believed, fetched)
  await fetched
  return { set, record, recordBytes }
}

/**
 * Whether the registry still says to the last byte what this process has verified before; then only the clock is new. The
 * next root and the timestamp are asked for at the same time. What came stays in `asked`, but no timestamp that was asked
 * for before it was known that no other root comes.
 */
async function isConfirmed(context: RefreshContext, asked: Asked): Promise<boolean> {
  const { source, now, current, isCurrentHere } = context
  if (current === null || isCurrentHere === null) return false
  const { root, timestamp } = current
  const rootName = `${root.signed.version + 1}.root.json`
  asked.set(rootName, readCapped(source, rootName, maxBytes.root))
  const timestampAsked = readCapped(source, 'timestamp.json', maxBytes.timestamp)
  // What is wrong with the root comes first.
  timestampAsked.catch(() => undefined)
  if ((await asked.get(rootName)!) !== null || !isCurrentHere()) return false
  assertNotExpired(root.signed.expires, now)
  assertClock(now, signedAtOf(timestamp))
  asked.set('timestamp.json', timestampAsked)
  const next = await timestampAsked
  if (!isCurrentHere()) asked.delete('timestamp.json')
  else if (next?.equals(current.bytes.timestamp) === true) {
    assertNotExpired(timestamp.signed.expires, now)
    return hasEssentials(context)
  }
  return false
}

/** Each answer counts once. */
async function take(
  asked: Asked,
  name: string,
  { source }: RefreshContext,
  limit: number,
): Promise<Buffer | null> {
  const answer = asked.get(name) ?? readCapped(source, name, limit)
  asked.delete(name)
  return answer
}

/** Paths of verified copies. When one fails, it still waits for the others: nothing goes on behind an error's back. */
async function fetchAll(
  { targets, source }: RefreshContext,
  wanted: readonly TargetFile[],
  consistent: boolean,
): Promise<string[]> {
  const all = await Promise.allSettled(wanted.map((file) => targets.fetch(file, { source, consistent })))
  return all.map((one) => {
    if (one.status === 'rejected') throw one.reason
    return one.value
  })
}

async function updateRoot(
  context: RefreshContext,
  believed: Map<string, Buffer | null>,
  asked: Asked,
): Promise<{ verifier: TopLevelVerifier; root: Buffer }> {
  const { files, pinnedRoot, now } = context
  // §5.2
  let { bytes: root, onDisk } = await loadTrustedRoot(files, pinnedRoot)
  believed.set('root.json', onDisk)
  const verifier = createTopLevelVerifier(root, now)
  const keep = async () => {
    // §5.3.8. The history first: it can rebuild the other.
    await files.write(`roots/${verifier.root().signed.version}.json`, root)
    await files.replace('root.json', root, believed)
    believed.set('root.json', root)
  }
  if (onDisk === null || !root.equals(onDisk)) {
    if (root.equals(pinnedRoot)) parsePinnedRoot(root)
    await keep()
  }
  // §5.3.2 to §5.3.9
  for (let count = 0; ; count++) {
    const name = `${verifier.root().signed.version + 1}.root.json`
    const next = await take(asked, name, context, maxBytes.root)
    if (next === null) break
    if (count === maxRootsPerRefresh)
      throw invalid('the registry changed its keys more often than can be followed at once')
    verifier.acceptRoot(next)
    root = next
    await keep()
  }
  verifier.settleRoot()
  return { verifier, root }
}

async function updateTimestamp(
  context: RefreshContext,
  verifier: TopLevelVerifier,
  here: Buffer | null,
  believed: Map<string, Buffer | null>,
  asked: Asked,
): Promise<Buffer> {
  const { files, now, current } = context
  let trusted: Buffer | null = null
  for (const bytes of [here, current?.bytes.timestamp ?? null])
    if (trusted === null && bytes !== null && verifier.recallTimestamp(bytes)) trusted = bytes
  const before = verifier.timestamp()
  if (before !== null) assertClock(now, signedAtOf(before))
  // §5.4.1
  const next = await take(asked, 'timestamp.json', context, maxBytes.timestamp)
  if (next === null) throw invalid('the registry has none')
  if (trusted !== null && next.equals(trusted)) {
    assertNotExpired(before!.signed.expires, now)
    return trusted
  }
  if (!verifier.acceptTimestamp(next)) return trusted!
  // §5.4.5
  await files.replace('timestamp.json', next, believed)
  believed.set('timestamp.json', next)
  return next
}

async function updateSnapshot(
  { files, source, current, now }: RefreshContext,
  verifier: TopLevelVerifier,
  here: Buffer | null,
  believed: Map<string, Buffer | null>,
): Promise<Snapshot> {
  const root = verifier.root()
  const timestamp = verifier.timestamp()!
  // One that is damaged protects from nothing; the one in force does.
  const before =
    (here === null ? null : recallSnapshot(here, root)) ??
    (current === null ? null : recallSnapshot(current.snapshot.bytes, root))
  const wanted = timestamp.signed.snapshotMeta
  if (before !== null && isNamed(before, wanted)) {
    assertNotExpired(before.expires, now)
    return before
  }
  // §5.5.1
  const name = isConsistent(root) ? `${wanted.version}.snapshot.json` : 'snapshot.json'
  const next = await readCapped(source, name, Math.min(wanted.length ?? Infinity, maxBytes.snapshot))
  if (next === null) throw invalid('the registry names an overview and does not have it')
  const snapshot = verifySnapshot(next, { root, timestamp, before, now })
  // §5.5.7
  await files.replace('snapshot.json', next, believed)
  believed.set('snapshot.json', next)
  return snapshot
}

async function updateTargets(
  { files, source, now }: RefreshContext,
  verifier: TopLevelVerifier,
  snapshot: Snapshot,
  believed: Map<string, Buffer | null>,
): Promise<TargetsRole> {
  const context = { delegator: verifier.root(), snapshot, now }
  const here = await files.read('targets.json')
  if (here !== null)
    try {
      return verifyTargets(here, 'targets', context)
    } catch (error) {
      // Older than asked for, mostly; whatever it is, the registry has the right one.
      if (!(error instanceof SkilletError)) throw error
    }
  // §5.6.1
  const { version, length } = snapshot.role('targets')
  const name = isConsistent(context.delegator) ? `${version}.targets.json` : 'targets.json'
  const next = await readCapped(source, name, Math.min(length ?? Infinity, maxBytes.targets))
  if (next === null) throw invalid('the registry names a targets list and does not have it')
  const role = verifyTargets(next, 'targets', context)
  // §5.6.6
  await files.replace('targets.json', next, believed)
  return role
}

/** Whether all that a complete refresh brings lies on this computer, as far as a glance can tell. */
async function hasEssentials({ essential, record, targets }: RefreshContext): Promise<boolean> {
  for (const path of essential) {
    const file = record?.files[path]
    if (file === undefined || !(await targets.isIntact(file.name, file))) return false
  }
  return record !== null
}

function isConsistent(root: Metadata<Root>): boolean {
  return root.signed.consistentSnapshot
}

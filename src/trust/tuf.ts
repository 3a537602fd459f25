import { join } from 'node:path'
import { SkilletError } from '../shared/errors.ts'
import { assertClock, assertNotExpired, parseUtcTime, signedAtOf } from './tuf/clock.ts'
import { createTargetFiles, targetFileName } from './tuf/fetch-target.ts'
import { parseRecord, restoreSet, type InForceRecord } from './tuf/in-force.ts'
import { invalid, notHere } from './tuf/refusal.ts'
import { refreshMetadata, type Refreshed } from './tuf/refresh.ts'
import type { TufSource } from './tuf/source.ts'
import { createTrustFiles, encodeName, inForceFile, Overtaken } from './tuf/trust-files.ts'
import { loadTrustedRoot } from './tuf/trusted-root.ts'
import type { TrustedSet } from './tuf/trusted-set.ts'
import { createTopLevelVerifier } from './tuf/verify-top-level.ts'

export type { TufSource } from './tuf/source.ts'

/** What verified metadata says of itself. */
export interface TufState {
  readonly rootVersion: number
  readonly timestampVersion: number
  /** The earliest end of all that is in force: nothing holds beyond it. */
  readonly validUntil: Date
  /** When the newest timestamp was signed, where its signer says so. */
  readonly signedAt: Date | null
  readonly root: { readonly threshold: number; readonly keyids: readonly string[] }
}

/** One file that verified metadata vouches for. `path` is its TUF target path, `length` in bytes. */
export interface TufTarget {
  readonly path: string
  readonly length: number
  /** Lower-case hex. */
  readonly sha256: string
}

/** The Update Framework 1.0, client workflow (§5), over one folder of trusted metadata. */
export interface TufClient {
  /**
   * Brings the metadata up to date. What was in force before stays so when it fails, unless a newer root came that has
   * replaced the keys which signed it: whoever brought it, nothing that a stolen key may have signed counts from then on
   * (TUF 1.0 §5.3.8), and only a complete refresh brings back what does.
   * @throws SkilletError METADATA_INVALID, METADATA_EXPIRED, METADATA_ROLLBACK, CLOCK_WRONG, TRUST_ROOT_INVALID, BUSY,
   * NO_SPACE, NOT_WRITABLE, and what the source throws
   */
  refresh(source: TufSource): Promise<TufState>
  /**
   * What is in force, judged by the clock now; nothing is fetched. Null where no refresh has been complete yet.
   * @throws SkilletError METADATA_INVALID, METADATA_EXPIRED, CLOCK_WRONG, TRUST_ROOT_INVALID
   */
  load(): Promise<TufState | null>
  /**
   * What is in force about a path; null where no role vouches for it. Fetches a delegated role that is not on
   * this computer yet from `source`; without one that is METADATA_INVALID.
   */
  find(path: string, source: TufSource | null): Promise<TufTarget | null>
  /**
   * The path of a verified copy on this disk, fetched where there is none. Its content never changes; it goes away some
   * time after another content has been fetched. NOT_FOUND where no role vouches for it.
   */
  fetch(path: string, source: TufSource | null): Promise<string>
}

export interface TufClientOptions {
  /** Where trusted metadata and targets are kept, as openTrustFolder chose it. Made when there is something to keep. */
  readonly folder: string
  /** Bytes of the `root.json` that this computer was told to trust. */
  readonly pinnedRoot: Uint8Array
  /**
   * Target paths that every refresh brings along. Only with all of them is a refresh complete and takes force; they are
   * then on this disk, so that `find` and `fetch` need no source for them.
   */
  readonly essential?: readonly string[]
  readonly now?: () => Date
}

/** What is in force, as read from the disk. */
interface Standing {
  /** Of the files that it was read from, as they were before. */
  readonly identity: string
  readonly set: TrustedSet
  readonly record: InForceRecord
  readonly recordBytes: Buffer
  /** When the newest timestamp that was ever verified here was signed: the clock can't be before it. */
  readonly floor: Date | null
  /** Ends of everything that all of it rests on. */
  readonly ends: readonly string[]
  /** Whether root and timestamp on the disk were those in force, and not others that come before them. */
  readonly isNewest: boolean
}

const anyTime = new Date(0)
const maxAttempts = 8

/** A client over one folder of trusted metadata; several, in several processes, may share a folder. */
export function createTufClient(options: TufClientOptions): TufClient {
  const files = createTrustFiles(options.folder)
  const targets = createTargetFiles(files)
  const pinnedRoot = Buffer.from(options.pinnedRoot)
  const essential = options.essential ?? []
  const now = options.now ?? (() => new Date())
  let memory: { identity: string; standing: Standing | null } | null = null
  let queue: Promise<unknown> = Promise.resolve()
  let swept = false
  /** Whether a refresh of this process was complete: most of the next ones find nothing new. */
  let complete = false

  async function standing(): Promise<Standing | null> {
    const identity = identityNow()
    if (memory?.identity !== identity) memory = { identity, standing: await readStanding(identity) }
    return memory.standing
  }

  function identityNow(): string {
    return ['root.json', 'roots', 'timestamp.json', inForceFile].map((name) => files.identity(name)).join(' ')
  }

  async function readStanding(identity: string): Promise<Standing | null> {
    const { bytes: root, onDisk } = await loadTrustedRoot(files, pinnedRoot)
    const recordBytes = await files.read(inForceFile)
    const record = recordBytes === null ? null : parseRecord(recordBytes)
    if (record === null || recordBytes === null) return null
    const set = restoreSet(record, root, files)
    const newest = await files.read('timestamp.json')
    const isNewest = onDisk?.equals(root) === true && newest?.equals(set.bytes.timestamp) === true
    const floor = clockFloor(set, root, newest)
    return toStanding({ set, record, recordBytes }, { identity, floor, isNewest })
  }

  /** Null where the record lacks what is essential: an earlier Skillet may have needed less. */
  async function toStanding(
    { set, record, recordBytes }: Refreshed,
    seen: Pick<Standing, 'identity' | 'floor' | 'isNewest'>,
  ): Promise<Standing | null> {
    const ends = [
      set.root.signed.expires,
      set.timestamp.signed.expires,
      set.snapshot.expires,
      set.targets.expires,
    ]
    for (const path of essential) {
      const found = await set.find(path, null, anyTime)
      if (found === null || record.files[path] === undefined) return null
      ends.push(...found.roles.map(({ expires }) => expires))
    }
    return { set, record, recordBytes, ends, ...seen }
  }

  /** What a refresh has just verified needn't be read and verified again, unless somebody wrote after it. */
  async function remember(refreshed: Refreshed): Promise<void> {
    const { set, recordBytes } = refreshed
    const identity = identityNow()
    const [root, timestamp, onDisk] = await Promise.all([
      files.read('root.json'),
      files.read('timestamp.json'),
      files.read(inForceFile),
    ])
    const unchanged = root?.equals(set.bytes.root) && timestamp?.equals(set.bytes.timestamp)
    if (!unchanged || !onDisk?.equals(recordBytes)) return
    memory = {
      identity,
      standing: await toStanding(refreshed, { identity, floor: signedAtOf(set.timestamp), isNewest: true }),
    }
  }

  function clockFloor(set: TrustedSet, root: Buffer, newest: Buffer | null): Date | null {
    const inForce = signedAtOf(set.timestamp)
    if (newest === null || newest.equals(set.bytes.timestamp)) return inForce
    const verifier = createTopLevelVerifier(root, anyTime)
    const counts = verifier.recallTimestamp(newest)
    const later = counts ? signedAtOf(verifier.timestamp()!) : null
    return later !== null && (inForce === null || later > inForce) ? later : inForce
  }

  /** @throws SkilletError CLOCK_WRONG, METADATA_EXPIRED */
  function judge({ set, floor, ends }: Standing): TufState {
    const moment = now()
    assertClock(moment, floor)
    const [first] = ends.map((end) => ({ end, time: parseUtcTime(end) })).sort((a, b) => +a.time - +b.time)
    assertNotExpired(first!.end, moment)
    const { version, roles } = set.root.signed
    const { threshold, keyIDs: keyids } = roles['root']!
    return {
      rootVersion: version,
      timestampVersion: set.timestamp.signed.version,
      validUntil: first!.time,
      signedAt: signedAtOf(set.timestamp),
      root: { threshold, keyids },
    }
  }

  async function refresh(source: TufSource): Promise<TufState> {
    if (!swept) await files.sweep()
    swept = true
    for (let attempt = 1; ; attempt++)
      try {
        const before = await standing().catch(ignoreUnusable)
        const refreshed = await refreshMetadata({
          files,
          targets,
          pinnedRoot,
          essential,
          now: now(),
          source,
          current: before?.set ?? null,
          record: before?.record ?? null,
          isCurrentHere:
            complete && before?.isNewest === true ? () => identityNow() === before.identity : null,
        })
        if (refreshed !== null) await remember(refreshed)
        const after = await standing()
        if (after === null) throw new Overtaken()
        if (refreshed !== null) for (const path of essential) await prune(path, after)
        complete = true
        return judge(after)
      } catch (error) {
        if (!(error instanceof Overtaken)) throw error
        if (attempt === maxAttempts)
          throw new SkilletError('BUSY', 'Another Skillet keeps changing what this one is about to write.', {
            cause: error,
          })
      }
  }

  async function inForce(): Promise<Standing> {
    const found = await standing()
    if (found === null) throw notHere('What the registry has signed')
    judge(found)
    return found
  }

  /** Removes other contents of a path; that in force stays. */
  async function prune(path: string, { record, recordBytes }: Standing, keep?: string): Promise<void> {
    const suffix = `.${encodeName(path)}`
    const names = (await files.targetNames()).filter(
      (name) =>
        name.endsWith(suffix) &&
        name.length === 32 + suffix.length &&
        name !== keep &&
        name !== record.files[path]?.name,
    )
    if (names.length > 0) await files.removeTargets(names, recordBytes)
  }

  return {
    refresh(source) {
      const turn = queue.then(() => refresh(source))
      queue = turn.catch(() => undefined)
      return turn
    },

    async load() {
      const found = await standing()
      return found === null ? null : judge(found)
    },

    async find(path, source) {
      const { set } = await inForce()
      const found = await set.find(path, source, now())
      if (found === null) return null
      const sha256 = found.file.hashes['sha256']
      if (sha256 === undefined) throw invalid(`they name no SHA-256 of ${path}`)
      return { path, length: found.file.length, sha256 }
    },

    async fetch(path, source) {
      const here = await inForce()
      const found = await here.set.find(path, source, now())
      if (found === null) throw new SkilletError('NOT_FOUND', `The registry's signed lists have no ${path}.`)
      const name = targetFileName(found.file)
      if (await targets.isIntact(name, found.file)) return join(files.folder, 'targets', name)
      const file = await targets.fetch(found.file, {
        source,
        consistent: here.set.root.signed.consistentSnapshot,
      })
      await prune(path, here, name)
      return file
    },
  }
}

/** What is on this computer may have become unusable, for example by new root keys: that is what a refresh is for. */
function ignoreUnusable(error: unknown): null {
  if (error instanceof SkilletError && error.code === 'METADATA_INVALID') return null
  throw error
}

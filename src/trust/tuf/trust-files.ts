import { randomBytes } from 'node:crypto'
import { existsSync, readFileSync, renameSync, statSync, unlinkSync } from 'node:fs'
import { mkdir, open, readdir, readFile, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { SkilletError } from '../../shared/errors.ts'
import { sha256Hex } from '../digest.ts'
import { syncFolder } from '../sync-folder.ts'
import { exclusively } from './exclusive.ts'

/** Another Skillet wrote here since this one looked: what it was about to do has to be thought over again. */
export class Overtaken extends Error {}

/**
 * The files of one trust folder: `root.json`, `timestamp.json`, `snapshot.json` and one a targets role, always the newest
 * that was verified; `roots/<version>.json`, every root that was trusted here; `targets/`; and `in-force`, what the last
 * complete refresh brought. Each is replaced whole: written beside, synced, renamed, so that a kill or a power cut leaves
 * the old or the new one.
 */
export interface TrustFiles {
  readonly folder: string
  /** Null where there is none. */
  read(name: string): Promise<Buffer | null>
  /** Changes when the file does. */
  identity(name: string): string
  /** Roots that were trusted here with higher versions than this one, oldest first. */
  rootHistory(after: number): Promise<Buffer[]>
  /** @throws SkilletError NO_SPACE, NOT_WRITABLE */
  write(name: string, bytes: Uint8Array): Promise<void>
  /**
   * Writes only while each file in `believed` still has the bytes given there (null: there is none), and, once `needs` are
   * there, while each of those paths still exists.
   * @throws Overtaken otherwise, and what `needs` throws
   */
  replace(
    name: string,
    bytes: Uint8Array,
    believed: Believed,
    needs?: Promise<readonly string[]>,
  ): Promise<void>
  /**
   * The same files, for one refresh: `write` and `replace` return at once, contents are written and synced at the same
   * time, and names are given in the order of the calls, each once all that came before it are. What fails, fails all
   * that comes after it, and shows in `settle`; from then on writing waits again.
   */
  writeBehind(): WriteBehind
  /** Removes these files of `targets/` while `in-force` has these bytes. */
  removeTargets(names: readonly string[], inForce: Uint8Array | null): Promise<void>
  targetNames(): Promise<string[]>
  /** Removes what a kill left half written, longer ago than any write takes. */
  sweep(): Promise<void>
}

export interface WriteBehind extends TrustFiles {
  /** Waits for all that was begun. @throws what failed first */
  settle(): Promise<void>
}

export type Believed = ReadonlyMap<string, Uint8Array | null>

/** What the last complete refresh brought. */
export const inForceFile = 'in-force'
const halfWritten = /\.tmp$/
const sweepAfterMs = 600_000
/** Files that are written at a time. */
const maxBehind = 16

/** When a file may get its name. */
interface Condition {
  readonly check?: () => boolean
  readonly needs?: Promise<readonly string[]> | undefined
  readonly before?: Promise<void>
}

export function createTrustFiles(folder: string): TrustFiles {
  // Not `join`: asked for hundreds of times in one install, it would look at each character each time.
  const at = (name: string) => `${folder}/${name}`
  const lockFile = at('lock')

  async function beside(name: string, bytes: Uint8Array): Promise<string> {
    const temporary = at(`${name}.${randomBytes(6).toString('hex')}.tmp`)
    const file = await open(temporary, 'wx', 0o600).catch(async (error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error
      await mkdir(dirname(temporary), { recursive: true, mode: 0o700 })
      return open(temporary, 'wx', 0o600)
    })
    try {
      await file.writeFile(bytes)
      await file.sync()
    } finally {
      await file.close()
    }
    return temporary
  }

  async function put(name: string, bytes: Uint8Array, { check, needs, before }: Condition): Promise<void> {
    await withDiskErrors(folder, async () => {
      const temporary = await beside(name, bytes)
      try {
        const paths = await needs
        await before
        await renaming(async () => {
          if (check === undefined) return renameSync(temporary, at(name))
          return exclusively(lockFile, () => {
            if (!check() || paths?.every((path) => existsSync(path)) === false) throw new Overtaken()
            renameSync(temporary, at(name))
          })
        })
      } catch (error) {
        await rm(temporary, { force: true })
        throw error
      }
      // The file that puts a refresh into force brings the names of all others to the disk with its own.
      if (name === inForceFile) await syncFolder(folder)
      if (name.startsWith('roots/')) await syncFolder(at('roots'))
    })
  }

  function unchanged(believed: Believed): () => boolean {
    const then = [...believed]
    return () => then.every(([other, bytes]) => same(readNow(at(other)), bytes))
  }

  const files: TrustFiles = {
    folder,
    read: (name) => readIfThere(at(name)),
    // Asked dozens of times in one install: without waiting for a thread it takes a tenth of the time.
    identity(name) {
      try {
        // Not as big integers, which take four times as long: these tell a quarter of a microsecond.
        const stats = statSync(at(name), { throwIfNoEntry: false })
        return stats === undefined ? 'none' : `${stats.ino}:${stats.size}:${stats.mtimeMs}:${stats.ctimeMs}`
      } catch {
        return 'none'
      }
    },

    async rootHistory(after) {
      const names = await readdir(at('roots')).catch(() => [])
      const versions = names.flatMap((name) => (/^\d+\.json$/.test(name) ? [Number.parseInt(name, 10)] : []))
      const newer = versions.filter((version) => version > after).sort((a, b) => a - b)
      const roots = await Promise.all(newer.map((version) => readIfThere(at(`roots/${version}.json`))))
      return roots.filter((bytes) => bytes !== null)
    },

    write: (name, bytes) => put(name, bytes, {}),
    replace: (name, bytes, believed, needs) => put(name, bytes, { check: unchanged(believed), needs }),

    writeBehind() {
      let begun: Promise<void> | null = Promise.resolve()
      let count = 0
      const add = async (name: string, bytes: Uint8Array, condition: Condition) => {
        if (++count % maxBehind === 0) await begun
        if (begun === null) return put(name, bytes, condition)
        begun = put(name, bytes, { ...condition, before: begun })
        // Heard of in `settle`.
        begun.catch(() => undefined)
      }
      return {
        ...files,
        write: (name, bytes) => add(name, bytes, {}),
        replace: (name, bytes, believed, needs) => add(name, bytes, { check: unchanged(believed), needs }),
        async settle() {
          const all = begun
          begun = null
          await all
        },
      }
    },

    async removeTargets(names, inForce) {
      await withDiskErrors(folder, () =>
        exclusively(lockFile, () => {
          if (!same(readNow(at(inForceFile)), inForce)) return
          for (const name of names)
            try {
              unlinkSync(at(`targets/${name}`))
            } catch {
              // In use, on Windows, or gone: the next time takes care of it.
            }
        }),
      )
    },

    targetNames: () => readdir(at('targets')).catch(() => []),

    async sweep() {
      for (const sub of ['.', 'roots', 'targets'])
        for (const name of await readdir(at(sub)).catch(() => [])) {
          if (!halfWritten.test(name)) continue
          const path = join(folder, sub, name)
          const stats = await stat(path).catch(() => null)
          if (stats !== null && Math.abs(Date.now() - stats.mtimeMs) > sweepAfterMs)
            await withDiskErrors(folder, () => rm(path, { force: true }))
        }
    },
  }
  return files
}

/** The file of a delegated role, which no system may take for one of the four top-level ones. */
export function roleFileName(role: string): string {
  const topLevel = /^(root|timestamp|snapshot|targets)$/i.test(role)
  return `${topLevel ? sha256Hex(Buffer.from(role)) : encodeName(role)}.json`
}

/** Any name as a file name, the same one each time. */
export function encodeName(name: string): string {
  const encoded = encodeURIComponent(name).replaceAll('*', '%2A')
  return encoded.length <= 180 ? encoded : sha256Hex(Buffer.from(name))
}

/** @throws SkilletError NO_SPACE, NOT_WRITABLE; everything else as it is */
export async function withDiskErrors<T>(folder: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOSPC' || code === 'EDQUOT')
      throw new SkilletError('NO_SPACE', 'The disk is full.', { cause: error })
    if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS')
      throw new SkilletError('NOT_WRITABLE', `Skillet may not write into ${folder}.`, { cause: error })
    throw error
  }
}

/** On Windows a file that somebody reads at the moment can't be replaced. */
async function renaming(work: () => Promise<void>): Promise<void> {
  for (let attempt = 1; ; attempt++)
    try {
      return await work()
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException
      if (process.platform !== 'win32' || attempt === 40) throw error
      if (code !== 'EPERM' && code !== 'EACCES' && code !== 'EBUSY') throw error
      await new Promise((resolve) => setTimeout(resolve, 25))
    }
}

async function readIfThere(path: string): Promise<Buffer | null> {
  try {
    return await readFile(path)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ENOTDIR') return null
    throw error
  }
}

function readNow(path: string): Buffer | null {
  try {
    // An error takes ten times as long as the question.
    return existsSync(path) ? readFileSync(path) : null
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
}

function same(a: Uint8Array | null, b: Uint8Array | null): boolean {
  return a === null || b === null ? a === b : Buffer.compare(a, b) === 0
}

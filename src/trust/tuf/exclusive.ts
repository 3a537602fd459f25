import { randomBytes } from 'node:crypto'
import {
  closeSync,
  linkSync,
  openSync,
  readFileSync,
  renameSync,
  statSync,
  unlinkSync,
  writeSync,
} from 'node:fs'
import { SkilletError } from '../../shared/errors.ts'

/** How long a lock may stay the same before it counts as left behind; a section takes well under a millisecond. */
const abandonedMs = { holderGone: 100, holderUnknown: 3_000 }
const waitMs = 15_000

/**
 * Runs `section` while no other process runs one under the same lock file. It is synchronous so that within a process
 * nothing comes in between, and so that only a kill at that very moment leaves the file behind; whoever watches one stay
 * unchanged, by a clock that nobody can set, takes it away.
 * @throws SkilletError BUSY, and what the file system throws
 */
export async function exclusively<T>(lockFile: string, section: () => T): Promise<T> {
  let seenId: string | null = null
  let start: number | null = null
  let seenSince = 0
  while (!take(lockFile)) {
    // Asked only here: Node takes a while to make its clock ready.
    const now = performance.now()
    start ??= now
    const id = identityOf(lockFile)
    if (id !== seenId) {
      seenId = id
      seenSince = now
    } else if (id !== null && now - seenSince > patienceWith(lockFile)) clear(lockFile, id)
    if (now - start > waitMs)
      throw new SkilletError('BUSY', 'Another Skillet has been writing here for too long.')
    await new Promise((resolve) => setTimeout(resolve, 2 + Math.random() * 8))
  }
  const own = identityOf(lockFile)
  try {
    return section()
  } finally {
    // Whoever was stopped in here for seconds may find somebody else's in its place, or none.
    if (own !== null && identityOf(lockFile) === own) unlinkSync(lockFile)
  }
}

function take(lockFile: string): boolean {
  let file: number
  try {
    file = openSync(lockFile, 'wx', 0o600)
  } catch (error) {
    if (isTaken(error)) return false
    throw error
  }
  try {
    writeSync(file, String(process.pid))
  } finally {
    closeSync(file)
  }
  return true
}

/** Windows says EPERM while a file of that name is being deleted. */
function isTaken(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException
  return code === 'EEXIST' || (process.platform === 'win32' && code === 'EPERM')
}

/** A process of another container has no number here, so one that seems gone gets some time as well. */
function patienceWith(lockFile: string): number {
  try {
    process.kill(Number(readFileSync(lockFile, 'utf8') || 'nobody'), 0)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return abandonedMs.holderGone
  }
  return abandonedMs.holderUnknown
}

function identityOf(path: string): string | null {
  const stats = statSync(path, { bigint: true, throwIfNoEntry: false })
  return stats === undefined ? null : `${stats.ino}:${stats.mtimeNs}`
}

/** Two may clear at once; the second has then moved a lock that is in use, sees it, and puts it back. */
function clear(lockFile: string, id: string): void {
  const aside = `${lockFile}.${randomBytes(6).toString('hex')}.tmp`
  try {
    renameSync(lockFile, aside)
  } catch {
    // Somebody else cleared it.
    return
  }
  try {
    if (identityOf(aside) !== id) linkSync(aside, lockFile)
  } catch (error) {
    if (!isTaken(error)) throw error
  } finally {
    unlinkSync(aside)
  }
}

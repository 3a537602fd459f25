import { open, readFile, rm, stat } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import { SkilletError } from '../../shared/errors.ts'
import { withDiskErrors } from '../disk.ts'
import { identityOf, isAlive } from './process-identity.ts'

const ownerSchema = z.object({ pid: z.number().int().positive(), started: z.string().nullable() })
const breakerMaxAgeMs = 10_000
const retryMs = 50

/** One holder at a time, among all processes that use the same file. */
export interface Lock {
  /** Runs `work` alone. @throws SkilletError BUSY when another process holds the lock for longer than `waitMs`. */
  hold<T>(work: () => Promise<T>): Promise<T>
}

/**
 * A lock file that names its holder. A holder that was killed is recognised (process number and start time) and its
 * lock broken, by one process at a time. Within this process, callers queue.
 */
export function createLock(path: string, waitMs = 2000): Lock {
  let queue: Promise<unknown> = Promise.resolve()

  async function alone<T>(work: () => Promise<T>): Promise<T> {
    const giveUpAt = Date.now() + waitMs
    while (!(await tryCreate(path))) {
      if (await breakStale(path)) continue
      if (Date.now() >= giveUpAt)
        throw new SkilletError('BUSY', 'Another Skillet is installing or removing something right now.')
      await sleep(retryMs)
    }
    try {
      return await work()
    } finally {
      await rm(path, { force: true })
    }
  }

  return {
    hold(work) {
      const turn = queue.then(() => alone(work))
      queue = turn.catch(() => undefined)
      return turn
    },
  }
}

/** Creates the lock with its holder's name already in it, or returns false because somebody has it. */
async function tryCreate(path: string): Promise<boolean> {
  return withDiskErrors(async () => {
    const owner = JSON.stringify(await identityOf(process.pid))
    let file
    try {
      file = await open(path, 'wx', 0o600)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
      throw error
    }
    try {
      await file.writeFile(owner)
    } catch (error) {
      await rm(path, { force: true })
      throw error
    } finally {
      await file.close()
    }
    return true
  })
}

/** Removes a lock whose holder is gone. Two breakers at once could remove each other's new lock: one breaks at a time. */
async function breakStale(path: string): Promise<boolean> {
  if (!(await isStale(path))) return false
  const breaker = `${path}.break`
  if (!(await tryCreate(breaker))) {
    const age = await ageMs(breaker)
    if (age !== null && age > breakerMaxAgeMs) await rm(breaker, { force: true })
    return false
  }
  try {
    if (!(await isStale(path))) return false
    await rm(path, { force: true })
    return true
  } finally {
    await rm(breaker, { force: true })
  }
}

async function isStale(path: string): Promise<boolean> {
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false
    throw error
  }
  const owner = ownerSchema.safeParse(parseOrNull(text))
  if (owner.success) return !(await isAlive(owner.data))
  // Its holder was killed between creating and naming it, or is in between right now.
  const age = await ageMs(path)
  return age !== null && age > breakerMaxAgeMs
}

function parseOrNull(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

async function ageMs(path: string): Promise<number | null> {
  try {
    return Date.now() - (await stat(path)).mtimeMs
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
}

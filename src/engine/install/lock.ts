import { withFileLock } from '../audit/file-lock.ts'

/** A large skill is extracted under the lock. */
const defaultWaitMs = 30_000

/** One holder at a time, among all processes that use the same file. */
export interface Lock {
  /** Runs `work` alone. @throws SkilletError BUSY when another process holds the lock for longer than the wait */
  hold<T>(work: () => Promise<T>): Promise<T>
}

/** Within this process callers queue for as long as it takes; a download may be ahead of them. */
export function createLock(path: string, waitMs = defaultWaitMs): Lock {
  let queue: Promise<unknown> = Promise.resolve()
  return {
    hold(work) {
      const turn = queue.then(() => withFileLock(path, work, waitMs))
      queue = turn.catch(() => undefined)
      return turn
    },
  }
}

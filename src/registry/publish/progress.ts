import { EventEmitter, once } from 'node:events'

/** Tells those who wait that a submission has come further. */
export interface Progress {
  moved(submission: string): void
  /**
   * Resolves when the submission moves in this process, or a moment later: somebody else's worker may have it.
   */
  next(submission: string): Promise<void>
}

/** Milliseconds between two looks at what other processes did. */
const lookMs = 300

export function createProgress(): Progress {
  const events = new EventEmitter().setMaxListeners(0)
  return {
    moved: (submission) => void events.emit(submission),
    async next(submission) {
      const enough = AbortSignal.timeout(lookMs)
      await once(events, submission, { signal: enough }).catch((error: unknown) => {
        if (!enough.aborted) throw error
      })
    },
  }
}

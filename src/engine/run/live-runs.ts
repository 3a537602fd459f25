import { SkilletError } from '../../shared/errors.ts'

/** The runs of this process, so that a withdrawal reaches them. */
export interface LiveRuns {
  begin(slug: string, outer: AbortSignal | undefined): LiveRun
  /**
   * Stops every run that `why` has a reason for, which becomes the reason of its signal; also one of a version that an
   * update has replaced since. One whose version isn't known yet still has its own look at the withdrawals ahead of it.
   */
  stop(why: (slug: string, version: string) => SkilletError | null): void
}

export interface LiveRun {
  /** Ends with the `outer` one, or when the run is stopped. */
  readonly signal: AbortSignal
  /** Which version it is going to run; to be said before that is looked up among the withdrawn ones. */
  isOf(version: string): void
  /** Must be called when the run is over. */
  ended(): void
}

export function createLiveRuns(): LiveRuns {
  const running = new Map<AbortController, { slug: string; version: string | null }>()
  return {
    begin(slug, outer) {
      const controller = new AbortController()
      const end = () => controller.abort(outer?.reason)
      if (outer?.aborted === true) end()
      outer?.addEventListener('abort', end, { once: true })
      running.set(controller, { slug, version: null })
      return {
        signal: controller.signal,
        isOf: (version) => void running.set(controller, { slug, version }),
        ended() {
          running.delete(controller)
          outer?.removeEventListener('abort', end)
        },
      }
    },
    stop(why) {
      for (const [controller, { slug, version }] of running) {
        const reason = version === null ? null : why(slug, version)
        if (reason !== null) controller.abort(reason)
      }
    },
  }
}

/** Whether a run was stopped because its skill was withdrawn, not by the person. */
export function wasWithdrawn(signal: AbortSignal | undefined): boolean {
  return signal?.reason instanceof SkilletError && signal.reason.code === 'REVOKED'
}

import { SkilletError } from '../../shared/errors.ts'

/** The runs of this process, so that a withdrawal reaches them. */
export interface LiveRuns {
  /** A signal that ends with `outer`, or when the skill is stopped; `ended` must be called when the run is over. */
  begin(slug: string, outer: AbortSignal | undefined): { signal: AbortSignal; ended: () => void }
  /** Stops all copies of a skill. `why` becomes the reason of their signals. */
  stop(slug: string, why: SkilletError): void
}

export function createLiveRuns(): LiveRuns {
  const running = new Map<AbortController, string>()
  return {
    begin(slug, outer) {
      const controller = new AbortController()
      const end = () => controller.abort(outer?.reason)
      if (outer?.aborted === true) end()
      outer?.addEventListener('abort', end, { once: true })
      running.set(controller, slug)
      return {
        signal: controller.signal,
        ended() {
          running.delete(controller)
          outer?.removeEventListener('abort', end)
        },
      }
    },
    stop(slug, why) {
      for (const [controller, one] of running) if (one === slug) controller.abort(why)
    },
  }
}

/** Whether a run was stopped because its skill was withdrawn, not by the person. */
export function wasWithdrawn(signal: AbortSignal | undefined): boolean {
  return signal?.reason instanceof SkilletError && signal.reason.code === 'REVOKED'
}

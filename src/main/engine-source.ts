import type { Engine } from '../engine/api.ts'

/** Gives the engine to whoever asks. */
export interface EngineSource {
  /** Opens it on first use. A failure reaches every caller, and the next call tries again. */
  get(): Promise<Engine>
  /** Closes it, if it was ever opened. */
  close(): Promise<void>
}

/**
 * The window opens before the engine does, and also when the engine can't: every call then answers with the reason
 * and its remedy, and "Try again" really tries again.
 */
export function createEngineSource(open: () => Promise<Engine>): EngineSource {
  let current: Promise<Engine> | null = null
  return {
    get() {
      if (current === null) {
        const opening = open()
        current = opening
        opening.catch(() => {
          if (current === opening) current = null
        })
      }
      return current
    },
    async close() {
      // One that could not be opened has told every caller so, and holds nothing.
      const engine = await current?.catch(() => null)
      await engine?.close()
    },
  }
}

/** One thing that a run said, as a server-sent event. `id` counts from 1. */
export interface RunEvent {
  readonly id: number
  readonly event: 'output' | 'end'
  /** JSON. */
  readonly data: string
}

/** What is kept of a run for those who read it later or more slowly. */
const mostBytes = 1024 * 1024
const mostEvents = 4096

/**
 * The latest of what a run said. Every reader has a place of its own in it and takes what comes after that: whoever reads
 * slowly, or not at all, costs nothing and learns how much it has missed.
 */
export interface RunEvents {
  push(event: RunEvent['event'], data: unknown): void
  /** Those after `id`, at most some 64 KB of them, and how many before them are gone. */
  after(id: number): { events: RunEvent[]; missed: number }
  /** Resolves with the next event after `id`, or when the signal fires. */
  more(id: number, signal: AbortSignal): Promise<void>
}

export function createRunEvents(): RunEvents {
  const kept: RunEvent[] = []
  let bytes = 0
  let last = 0
  const waiting = new Set<() => void>()
  return {
    push(event, data) {
      const entry: RunEvent = { id: ++last, event, data: JSON.stringify(data) }
      kept.push(entry)
      bytes += entry.data.length
      while (kept.length > 1 && (bytes > mostBytes || kept.length > mostEvents))
        bytes -= kept.shift()!.data.length
      for (const wake of waiting) wake()
    },
    after(id) {
      const first = kept[0]?.id ?? last + 1
      const events: RunEvent[] = []
      let size = 0
      for (let at = Math.max(0, id + 1 - first); at < kept.length && size < 64 * 1024; at += 1) {
        events.push(kept[at]!)
        size += kept[at]!.data.length
      }
      return { events, missed: Math.max(0, first - id - 1) }
    },
    more(id, signal) {
      if (last > id || signal.aborted) return Promise.resolve()
      return new Promise((resolve) => {
        const wake = () => {
          waiting.delete(wake)
          signal.removeEventListener('abort', wake)
          resolve()
        }
        waiting.add(wake)
        signal.addEventListener('abort', wake, { once: true })
      })
    },
  }
}

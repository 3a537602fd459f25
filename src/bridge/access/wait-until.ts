import { SkilletError } from '../../shared/errors.ts'

/** How long somebody waits for an answer: not at all without `waitMs`. */
export interface Patience {
  readonly waitMs?: number | undefined
  readonly signal?: AbortSignal | undefined
}

/** On a disk that doesn't tell of changes, one is seen after this many milliseconds. Only while somebody waits. */
const lookAgainMs = 2000

/** One look: what was seen, whether that settles it, and when it will have ended by itself. */
interface Look<T> {
  readonly value: T
  readonly settled: boolean
  readonly at: string | null
}

/**
 * Looks until what is seen settles it or patience is over, and gives what it saw last.
 * @throws SkilletError CANCELLED, and what `look` throws
 */
export async function waitUntil<T>(
  changes: { onChange(listener: () => void): () => void },
  { waitMs = 0, signal }: Patience = {},
  look: () => Promise<Look<T>>,
): Promise<T> {
  const until = performance.now() + waitMs
  let changed = false
  let wake = () => {}
  const hear = () => {
    changed = true
    wake()
  }
  // Before the first look, so that nothing is missed in between.
  const stopListening = waitMs > 0 ? changes.onChange(hear) : () => {}
  signal?.addEventListener('abort', hear, { once: true })
  try {
    for (;;) {
      if (signal?.aborted === true) throw new SkilletError('CANCELLED', 'Cancelled.')
      changed = false
      const { value, settled, at } = await look()
      const left = until - performance.now()
      if (settled || left <= 0) return value
      if (changed) continue
      const ends = at === null ? Infinity : Math.max(1, Date.parse(at) - Date.now() + 1)
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, Math.min(left, lookAgainMs, ends))
        wake = () => {
          clearTimeout(timer)
          resolve()
        }
      })
    }
  } finally {
    stopListening()
    signal?.removeEventListener('abort', hear)
  }
}

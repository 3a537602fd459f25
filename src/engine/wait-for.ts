import { SkilletError } from '../shared/errors.ts'

/**
 * What `work` gives, unless it takes longer than `patienceMs`, where that is said, or `signal` ends first; the work itself
 * goes on then. @throws SkilletError CANCELLED, what `tooSlow` gives once patience is over, and what `work` throws
 */
export async function waitFor<T>(
  work: Promise<T>,
  patienceMs: number | undefined,
  signal: AbortSignal | undefined,
  tooSlow: () => SkilletError,
): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  let abort = () => {}
  try {
    return await Promise.race([
      work,
      new Promise<never>((_resolve, reject) => {
        if (patienceMs !== undefined) timer = setTimeout(() => reject(tooSlow()), patienceMs)
        abort = () => reject(new SkilletError('CANCELLED', 'Cancelled.'))
        if (signal?.aborted === true) abort()
        signal?.addEventListener('abort', abort, { once: true })
      }),
    ])
  } finally {
    clearTimeout(timer)
    signal?.removeEventListener('abort', abort)
  }
}

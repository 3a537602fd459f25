/**
 * One run of `work` at a time. Whoever asks while one is under way shares the next one with everybody else who does: it
 * starts after all of them asked, so it sees what each of them did before.
 */
export function coalesce(work: () => Promise<void>): () => Promise<void> {
  let last: Promise<void> = Promise.resolve()
  let waiting: Promise<void> | null = null
  return () => {
    waiting ??= last = last
      .catch(() => undefined) // Whoever asked for that one was told.
      .then(() => {
        waiting = null
        return work()
      })
    return waiting
  }
}

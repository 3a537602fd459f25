/** More is never waited for again at once. */
const mostKept = 32

/** Answers that stay good for a moment, for all who ask the same; those who ask at the same time share one. */
export interface KeptAnswers {
  /** @param keepMs how old, in milliseconds, an answer may be */
  get<T>(question: unknown, keepMs: number, work: () => Promise<T>): Promise<T>
}

export function createKeptAnswers(now: () => number = () => performance.now()): KeptAnswers {
  const kept = new Map<string, { at: number; answer: Promise<unknown> }>()
  return {
    get<T>(question: unknown, keepMs: number, work: () => Promise<T>): Promise<T> {
      const key = JSON.stringify(question)
      const known = kept.get(key)
      if (known !== undefined && now() - known.at < keepMs) return known.answer as Promise<T>
      const answer = work()
      const entry = { at: now(), answer }
      kept.delete(key)
      kept.set(key, entry)
      if (kept.size > mostKept) kept.delete(kept.keys().next().value!)
      answer.catch(() => {
        if (kept.get(key) === entry) kept.delete(key)
      })
      return answer
    },
  }
}

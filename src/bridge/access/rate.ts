interface RatePorts {
  readonly times: number
  readonly withinMs: number
  readonly now: () => Date
}

/** More keys than this are never watched at once; the one that was idle longest is forgotten first. */
const maxKeys = 1000

/** Counts what each does; in memory, without a timer. */
export function createRate({ times, withinMs, now }: RatePorts): {
  /** Whether `key` may do it once more now. What was refused doesn't count. */
  take(key: string): boolean
} {
  const done = new Map<string, number[]>()
  return {
    take(key) {
      const at = now().getTime()
      const lately = (done.get(key) ?? []).filter((time) => Math.abs(at - time) < withinMs)
      const may = lately.length < times
      done.delete(key)
      done.set(key, may ? [...lately, at] : lately)
      const [oldest] = done.keys()
      if (done.size > maxKeys && oldest !== undefined) done.delete(oldest)
      return may
    },
  }
}

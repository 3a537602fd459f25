/** What was asked for lately, up to so many bytes; whatever was asked for longest ago goes first. */
export interface Kept<T> {
  get(key: string): T | undefined
  /** What is larger than a quarter of the whole isn't kept. */
  set(key: string, value: T): void
  delete(key: string): void
}

/** `sizeOf`: bytes, and the same each time that it is asked of the same value. */
export function createKept<T>(maxBytes: number, sizeOf: (value: T) => number): Kept<T> {
  // In the order in which they were asked for: maps keep that of being put in.
  const values = new Map<string, T>()
  let bytes = 0

  function remove(key: string): void {
    const value = values.get(key)
    if (value === undefined) return
    values.delete(key)
    bytes -= sizeOf(value)
  }

  return {
    get(key) {
      const value = values.get(key)
      if (value === undefined) return undefined
      values.delete(key)
      values.set(key, value)
      return value
    },
    set(key, value) {
      remove(key)
      if (sizeOf(value) > maxBytes / 4) return
      values.set(key, value)
      bytes += sizeOf(value)
      for (const oldest of values.keys()) {
        if (bytes <= maxBytes) break
        remove(oldest)
      }
    },
    delete: remove,
  }
}

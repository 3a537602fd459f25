import type { Found } from './find-words.ts'

/** A part of what was found: `total` counts all, `entries` are those that were asked for. */
export interface Page {
  entries: number[]
  total: number
}

interface Window {
  readonly offset: number
  readonly limit: number
}

/** All that `accepts` takes, in their order. */
export function pageOfAll(
  count: number,
  accepts: (entry: number) => boolean,
  { offset, limit }: Window,
): Page {
  const entries: number[] = []
  let total = 0
  for (let entry = 0; entry < count; entry++) {
    if (!accepts(entry)) continue
    if (total >= offset && entries.length < limit) entries.push(entry)
    total++
  }
  return { entries, total }
}

/**
 * Those with a value above 0 that `accepts` takes, the highest value first and equal ones as `order` has them. Counts
 * instead of sorting: a single letter finds nearly everything, and only a page of it is wanted.
 */
export function pageOfBest(
  { values, most }: Found,
  order: Uint32Array,
  accepts: (entry: number) => boolean,
  { offset, limit }: Window,
): Page {
  /** Of each value: how many entries have it, and then the place of the next of them. */
  const places = new Uint32Array(most + 1)
  for (let entry = 0; entry < values.length; entry++) {
    const value = values[entry]!
    if (value === 0) continue
    if (accepts(entry)) places[value]!++
    else values[entry] = 0
  }
  let total = 0
  for (let value = most; value > 0; value--) {
    const having = places[value]!
    places[value] = total
    total += having
  }
  const entries: number[] = Array.from({ length: Math.max(0, Math.min(limit, total - offset)) }, () => 0)
  for (let at = 0; at < order.length && entries.length > 0; at++) {
    const entry = order[at]!
    const value = values[entry]!
    if (value === 0) continue
    const place = places[value]!++
    if (place >= offset && place - offset < limit) entries[place - offset] = entry
  }
  return { entries, total }
}

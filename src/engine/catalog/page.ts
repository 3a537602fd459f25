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

/** So many are sorted faster than counted. */
const few = 512

/**
 * Those with a value above 0 that `accepts` takes, the highest value first and equal ones as `order` has them. Where there
 * are many they are counted instead of sorted: a single letter finds nearly everything, and only a page of it is wanted.
 */
export function pageOfBest(
  { values, most }: Found,
  order: Uint32Array,
  accepts: (entry: number) => boolean,
  window: Window,
): Page {
  let total = 0
  for (let entry = 0; entry < values.length; entry++) {
    if (values[entry] === 0) continue
    if (accepts(entry)) total++
    else values[entry] = 0
  }
  const entries =
    total <= few ? sorted(values, order, window) : counted({ values, most }, order, total, window)
  return { entries, total }
}

function sorted(values: Uint32Array, order: Uint32Array, { offset, limit }: Window): number[] {
  const found: number[] = []
  for (const entry of order) if (values[entry] !== 0) found.push(entry)
  return found.sort((a, b) => values[b]! - values[a]!).slice(offset, offset + limit)
}

function counted(
  { values, most }: Found,
  order: Uint32Array,
  total: number,
  { offset, limit }: Window,
): number[] {
  /** Of each value: how many entries have it, and then the place of the next of them. */
  const places = new Uint32Array(most + 1)
  for (const value of values) places[value]!++
  for (let value = most, before = 0; value > 0; value--) {
    const having = places[value]!
    places[value] = before
    before += having
  }
  const entries: number[] = Array.from({ length: Math.max(0, Math.min(limit, total - offset)) }, () => 0)
  for (let at = 0; at < order.length && entries.length > 0; at++) {
    const entry = order[at]!
    const value = values[entry]!
    if (value === 0) continue
    const place = places[value]!++
    if (place >= offset && place - offset < limit) entries[place - offset] = entry
  }
  return entries
}

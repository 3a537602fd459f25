import { randomInt } from 'node:crypto'

/** Numbers for texts, in the order in which they first come. They are given as UTF-8, so none becomes a string. */
export interface WordTable {
  /** The text is `bytes` from `start` to `end`; `hash` is what `mixHash` makes of these, from `hashStart` on. */
  numberOf(bytes: Uint8Array, start: number, end: number, hash: number): number
  /** All so far. */
  toStrings(): string[]
}

/** Another one in each process, so that nobody can publish words that all have the same hash. */
export const hashStart = randomInt(2 ** 31)

/** FNV-1a, 32 bits. */
export function mixHash(hash: number, byte: number): number {
  return Math.imul(hash ^ byte, 0x01000193)
}

export function hashOf(bytes: Uint8Array, start: number, end: number): number {
  let hash = hashStart
  for (let at = start; at < end; at++) hash = mixHash(hash, bytes[at]!)
  return hash
}

/** Open addressing: a slot is a hash and the number + 1 of the text that has it, 0 while the slot is free. */
export function createWordTable(): WordTable {
  let slots = new Int32Array(2 << 12)
  let starts = new Uint32Array((1 << 11) + 1)
  let text = new Uint8Array(1 << 14)
  let count = 0

  function isText(number: number, bytes: Uint8Array, start: number, end: number): boolean {
    const from = starts[number]!
    if (starts[number + 1]! - from !== end - start) return false
    for (let at = start; at < end; at++) if (bytes[at] !== text[from + at - start]) return false
    return true
  }

  function firstSlotOf(hash: number): number {
    return ((hash ^ (hash >>> 15)) << 1) & (slots.length - 1)
  }

  function place(hash: number, number: number): void {
    let slot = firstSlotOf(hash)
    while (slots[slot + 1] !== 0) slot = (slot + 2) & (slots.length - 1)
    slots[slot] = hash
    slots[slot + 1] = number + 1
  }

  function add(bytes: Uint8Array, start: number, end: number, hash: number): number {
    if (count === starts.length - 1) {
      starts = larger(starts, new Uint32Array(count * 2 + 1))
      const old = slots
      slots = new Int32Array(old.length * 2)
      for (let slot = 0; slot < old.length; slot += 2)
        if (old[slot + 1] !== 0) place(old[slot]!, old[slot + 1]! - 1)
    }
    const from = starts[count]!
    const to = from + end - start
    while (to > text.length) text = larger(text, new Uint8Array(text.length * 2))
    for (let at = start; at < end; at++) text[from + at - start] = bytes[at]!
    starts[count + 1] = to
    place(hash, count)
    return count++
  }

  return {
    numberOf(bytes, start, end, hash) {
      let slot = firstSlotOf(hash)
      for (let held = slots[slot + 1]!; held !== 0; held = slots[slot + 1]!) {
        if (slots[slot] === hash && isText(held - 1, bytes, start, end)) return held - 1
        slot = (slot + 2) & (slots.length - 1)
      }
      return add(bytes, start, end, hash)
    },
    toStrings() {
      const bytes = Buffer.from(text.buffer)
      return Array.from({ length: count }, (_, number) =>
        bytes.toString('utf8', starts[number], starts[number + 1]),
      )
    },
  }
}

function larger<T extends Uint8Array | Uint32Array>(from: T, to: T): T {
  to.set(from)
  return to
}

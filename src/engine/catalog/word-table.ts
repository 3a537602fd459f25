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

/** Open addressing: a slot holds a word's number + 1, 0 while it is free. */
export function createWordTable(): WordTable {
  let slots = new Int32Array(1 << 12)
  let hashes = new Int32Array(1 << 11)
  let starts = new Uint32Array((1 << 11) + 1)
  let text = new Uint8Array(1 << 14)
  let count = 0

  function isWord(number: number, bytes: Uint8Array, start: number, end: number): boolean {
    const from = starts[number]!
    if (starts[number + 1]! - from !== end - start) return false
    for (let at = start; at < end; at++) if (bytes[at] !== text[from + at - start]) return false
    return true
  }

  function slotOf(hash: number): number {
    return (hash ^ (hash >>> 15)) & (slots.length - 1)
  }

  function add(bytes: Uint8Array, start: number, end: number, hash: number): number {
    if (count === hashes.length) {
      hashes = larger(hashes, new Int32Array(count * 2))
      starts = larger(starts, new Uint32Array(count * 2 + 1))
      slots = new Int32Array(slots.length * 2)
      for (let number = 0; number < count; number++) {
        let slot = slotOf(hashes[number]!)
        while (slots[slot] !== 0) slot = (slot + 1) & (slots.length - 1)
        slots[slot] = number + 1
      }
    }
    const from = starts[count]!
    const to = from + end - start
    while (to > text.length) text = larger(text, new Uint8Array(text.length * 2))
    for (let at = start; at < end; at++) text[from + at - start] = bytes[at]!
    starts[count + 1] = to
    hashes[count] = hash
    return count++
  }

  return {
    numberOf(bytes, start, end, hash) {
      let slot = slotOf(hash)
      for (let held = slots[slot]!; held !== 0; held = slots[slot]!) {
        if (hashes[held - 1] === hash && isWord(held - 1, bytes, start, end)) return held - 1
        slot = (slot + 1) & (slots.length - 1)
      }
      const before = slots.length
      const number = add(bytes, start, end, hash)
      if (slots.length !== before) {
        slot = slotOf(hash)
        while (slots[slot] !== 0) slot = (slot + 1) & (slots.length - 1)
      }
      slots[slot] = number + 1
      return number
    },
    toStrings() {
      const bytes = Buffer.from(text.buffer)
      return Array.from({ length: count }, (_, number) =>
        bytes.toString('utf8', starts[number], starts[number + 1]),
      )
    },
  }
}

function larger<T extends Uint8Array | Uint32Array | Int32Array>(from: T, to: T): T {
  to.set(from)
  return to
}

import { hashOf } from './word-table.ts'

/** The part of the file in which one field's JSON lies. */
export interface Span {
  start: number
  end: number
  /** Something in it is written with a backslash. Otherwise the bytes between quotes are the text. */
  escaped: boolean
}

const fieldNames = ['slug', 'title', 'summary', 'publisher', 'category', 'tags', 'requires'] as const
type FieldName = (typeof fieldNames)[number]
export type EntrySpans = Readonly<Record<FieldName, Span>>

const quote = 0x22
const backslash = 0x5c
const colon = 0x3a
const comma = 0x2c
const [openArray, closeArray, openObject, closeObject] = [0x5b, 0x5d, 0x7b, 0x7d]

export type ScanEntry = (bytes: Uint8Array, start: number, end: number) => EntrySpans | null

/**
 * Finds the fields of a catalog's entry in its bytes, five times as fast as `JSON.parse` and without making garbage. It
 * checks that the entry is an object without white space that has these fields, strings all but the last two, which
 * are an array and an object; whoever reads an entry parses it whole. Null where it isn't. The result is overwritten by
 * the next call.
 */
export function createEntryScanner(): ScanEntry {
  const spans = Object.fromEntries(
    fieldNames.map((name): [string, Span] => [name, { start: 0, end: 0, escaped: false }]),
  ) as Record<FieldName, Span>
  const keys = new Map(
    fieldNames.map((name) => [hashOf(Buffer.from(name), 0, name.length), { name, bytes: Buffer.from(name) }]),
  )
  let escaped = false

  /** From behind the opening quote to the closing one; -1 where there is none. */
  function endOfString(bytes: Uint8Array, from: number, end: number): number {
    for (let at = from; at < end; at++) {
      const byte = bytes[at]!
      if (byte === quote) return at
      if (byte < 0x20) return -1
      if (byte === backslash) {
        escaped = true
        at++
      }
    }
    return -1
  }

  /** Behind the value that starts at `from`; -1 where it doesn't end. */
  function endOfValue(bytes: Uint8Array, from: number, end: number): number {
    let depth = 0
    for (let at = from; at < end; at++) {
      const byte = bytes[at]!
      if (byte === quote) {
        at = endOfString(bytes, at + 1, end)
        if (at === -1) return -1
        if (depth === 0) return at + 1
      } else if (byte === openObject || byte === openArray) depth++
      else if (byte === closeObject || byte === closeArray) {
        // A number, true, false or null ends where what is around it goes on.
        if (depth === 0) return at
        if (--depth === 0) return at + 1
      } else if (byte === comma && depth === 0) return at
    }
    return -1
  }

  function fieldAt(bytes: Uint8Array, start: number, end: number): FieldName | null {
    const key = keys.get(hashOf(bytes, start, end))
    if (key?.bytes.length !== end - start) return null
    for (let at = start; at < end; at++) if (bytes[at] !== key.bytes[at - start]) return null
    return key.name
  }

  return (bytes, start, end) => {
    let found = 0
    if (bytes[start] !== openObject) return null
    for (let at = start + 1; ; at++) {
      if (bytes[at] !== quote) return null
      escaped = false
      const keyEnd = endOfString(bytes, at + 1, end)
      if (keyEnd === -1 || escaped || bytes[keyEnd + 1] !== colon) return null
      const name = fieldAt(bytes, at + 1, keyEnd)
      const from = keyEnd + 2
      at = endOfValue(bytes, from, end)
      if (at === -1) return null
      if (name !== null) {
        const first = name === 'tags' ? openArray : name === 'requires' ? openObject : quote
        if (bytes[from] !== first) return null
        const span = spans[name]
        span.start = from
        span.end = at
        span.escaped = escaped
        found |= 1 << fieldNames.indexOf(name)
      }
      if (bytes[at] === comma) continue
      const isWhole = bytes[at] === closeObject && at + 1 === end && found === (1 << fieldNames.length) - 1
      return isWhole ? spans : null
    }
  }
}

/** Where the keys and items of a JSON document stand. */
export interface JsonPlaces {
  /** The line of a key or item, from 1; of the nearest one around it where there is none. */
  lineOf(path: readonly PropertyKey[]): number
  /** A key that stands twice in one object: readers differ in which of them counts. */
  readonly twice: { readonly path: readonly (string | number)[]; readonly line: number } | null
}

/** Reads where things stand in `text`, which JSON.parse has accepted. */
export function placesInJson(text: string): JsonPlaces {
  const lines = new Map<string, number>()
  let twice: JsonPlaces['twice'] = null
  let at = 0
  let line = 1

  function skipSpace(): void {
    for (; at < text.length && ' \t\n\r'.includes(text[at]!); at++) if (text[at] === '\n') line++
  }
  function readString(): string {
    const start = at
    for (at++; text[at] !== '"'; at++) if (text[at] === '\\') at++
    at++
    return JSON.parse(text.slice(start, at)) as string
  }
  function readItems(end: '}' | ']', readItem: () => void): void {
    at++
    for (skipSpace(); text[at] !== end; skipSpace()) {
      readItem()
      skipSpace()
      if (text[at] !== ',') continue
      at++
      skipSpace()
    }
    at++
  }
  function readValue(path: readonly (string | number)[]): void {
    skipSpace()
    if (!lines.has(keyOf(path))) lines.set(keyOf(path), line)
    if (text[at] === '{')
      readItems('}', () => {
        const starts = line
        const inside = [...path, readString()]
        if (lines.has(keyOf(inside))) twice ??= { path: inside, line: starts }
        lines.set(keyOf(inside), starts)
        skipSpace()
        at++ // the colon
        readValue(inside)
      })
    else if (text[at] === '[') {
      let index = 0
      readItems(']', () => readValue([...path, index++]))
    } else if (text[at] === '"') readString()
    else while (at < text.length && !',]} \t\n\r'.includes(text[at]!)) at++
  }

  readValue([])
  return {
    lineOf(path) {
      for (let length = path.length; length >= 0; length--) {
        const found = lines.get(keyOf(path.slice(0, length)))
        if (found !== undefined) return found
      }
      return 1
    },
    twice,
  }
}

function keyOf(path: readonly PropertyKey[]): string {
  return JSON.stringify(path)
}

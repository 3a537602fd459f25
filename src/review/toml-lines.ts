/** A TOML parser gives values without their places; this finds the line on which a key was written. */
export type KeyLines = ReadonlyMap<string, number>

const separator = '\u0000'

// Each is linear in the line: no two neighbouring parts can match the same character.
const tableHeader = /^\[\[?(.+?)\]\]?\s*(?:#|$)/
const keyAndValue =
  /^((?:"[^"]*"|'[^']*'|[A-Za-z0-9_-]+)(?:\s*\.\s*(?:"[^"]*"|'[^']*'|[A-Za-z0-9_-]+))*)\s*=(.*)$/

/**
 * Reads headers, keys and dotted keys line by line. Keys of inline tables are found at the table's own line; the second
 * `[[steps]]` is `steps`, `1`.
 */
export function findKeyLines(text: string): KeyLines {
  const lines = new Map<string, number>()
  /** Arrays of tables, and how many of each there have been. */
  const arrays = new Map<string, number>()
  let table: string[] = []
  let openString: '"""' | "'''" | null = null
  for (const [index, whole] of text.split(/\r\n|\r|\n/).entries()) {
    const line = whole.trim()
    if (openString !== null) {
      if (line.includes(openString)) openString = null
      continue
    }
    const header = tableHeader.exec(line)
    const assignment = header ? null : keyAndValue.exec(line)
    if (header?.[1] !== undefined) {
      table = placeOf(splitKey(header[1]), arrays, line.startsWith('[['))
      remember(lines, table, index + 1)
    } else if (assignment?.[1] !== undefined) {
      remember(lines, [...table, ...splitKey(assignment[1])], index + 1)
      const opened = /"""|'''/.exec(assignment[2] ?? '')?.[0] as '"""' | "'''" | undefined
      if (opened !== undefined && (assignment[2] ?? '').split(opened).length === 2) openString = opened
    }
  }
  return lines
}

/** TOML 1.0, Array of Tables: a name that leads through an array means its last table. */
function placeOf(key: readonly string[], arrays: Map<string, number>, adds: boolean): string[] {
  const place: string[] = []
  for (const [index, part] of key.entries()) {
    place.push(part)
    const name = place.join(separator)
    if (adds && index === key.length - 1) arrays.set(name, (arrays.get(name) ?? 0) + 1)
    const count = arrays.get(name)
    if (count !== undefined) place.push(String(count - 1))
  }
  return place
}

function remember(lines: Map<string, number>, path: readonly string[], line: number): void {
  for (let length = path.length; length > 0; length--) {
    const key = path.slice(0, length).join(separator)
    if (!lines.has(key)) lines.set(key, line)
  }
}

function splitKey(key: string): string[] {
  return [...key.matchAll(/"([^"]*)"|'([^']*)'|([A-Za-z0-9_-]+)/g)].map(
    (match) => match[1] ?? match[2] ?? match[3] ?? '',
  )
}

/** The line of a key, or of the nearest enclosing key that was written down; null where none was. */
export function lineOfKey(lines: KeyLines, path: readonly PropertyKey[]): number | null {
  for (let length = path.length; length > 0; length--) {
    const line = lines.get(path.slice(0, length).map(String).join(separator))
    if (line !== undefined) return line
  }
  return null
}

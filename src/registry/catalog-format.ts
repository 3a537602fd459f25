/** The target `catalog.json`: one entry a line, sorted by slug, so that a reader can cut entries out without parsing all. */
export function formatCatalog(lines: readonly string[]): Uint8Array {
  const inside = lines.length === 0 ? '' : `${lines.join(',\n')}\n`
  return new Uint8Array(Buffer.from(`{"schema":1,"skills":[\n${inside}]}\n`))
}

/** The lines of a catalog by slug, as `formatCatalog` put them together. */
export function catalogLines(bytes: Uint8Array): Map<string, string> {
  const inside = Buffer.from(bytes).toString('utf8').split('\n').slice(1, -2)
  return new Map(
    inside.map((text) => {
      const line = text.endsWith(',') ? text.slice(0, -1) : text
      return [/^\{"slug":"([^"]+)"/.exec(line)![1]!, line]
    }),
  )
}

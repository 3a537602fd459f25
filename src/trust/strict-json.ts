/**
 * Parses JSON that two readers can't understand differently: well-formed UTF-8 without a byte-order mark, and no
 * name twice in one object (RFC 8259 §4 leaves the meaning of that open).
 * @throws SyntaxError
 */
export function parseStrictJson(bytes: Uint8Array): unknown {
  let text: string
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch (error) {
    throw new SyntaxError('not well-formed UTF-8', { cause: error })
  }
  const value: unknown = JSON.parse(text)
  refuseRepeatedNames(text)
  return value
}

/** `text` has passed JSON.parse, so strings and brackets are all that needs telling apart. */
function refuseRepeatedNames(text: string): void {
  const open: (Set<string> | null)[] = []
  const token = /"(?:[^"\\]|\\.)*"(\s*:)?|[{}[\]]/g
  for (let match = token.exec(text); match !== null; match = token.exec(text)) {
    const [found, colon] = match
    if (found === '{') open.push(new Set())
    else if (found === '[') open.push(null)
    else if (found === '}' || found === ']') open.pop()
    else if (colon !== undefined) {
      const name = JSON.parse(found.slice(0, -colon.length)) as string
      const names = open.at(-1)
      if (names?.has(name)) throw new SyntaxError(`the name ${JSON.stringify(name)} appears twice`)
      names?.add(name)
    }
  }
}

/**
 * One JSON document (an object or a list) → the same document with line breaks and indentation, null for anything else.
 * Works on the text instead of parsed values, so that long numbers and the order of keys stay exactly as written.
 */
export function layOutJson(text: string): string | null {
  const source = text.trim()
  if (!/^[[{]/.test(source)) return null
  try {
    JSON.parse(source)
  } catch {
    return null
  }
  const parts: string[] = []
  let depth = 0
  let previous = ''
  const opens = (token: string) => token === '{' || token === '['
  const closes = (token: string) => token === '}' || token === ']'
  for (const [token] of source.matchAll(/"(?:[^"\\]|\\.)*"|[[\]{},:]|[^\s[\]{},:"]+/g)) {
    if (closes(token)) depth -= 1
    const breaks = closes(token) ? !opens(previous) : opens(previous) || previous === ','
    if (breaks) parts.push(`\n${'  '.repeat(depth)}`)
    parts.push(token === ':' ? ': ' : token)
    if (opens(token)) depth += 1
    previous = token
  }
  return parts.join('')
}

import { redactSecrets } from '../secrets/redact.ts'

/** Characters that are looked through before others get their turn in this thread. */
const pieceLength = 32_768

/**
 * A step's output with whatever looks like a key replaced, also where only the member's name tells: `{"token": "…"}`.
 * `isWhole` is false where something was: such an output must not be handed on as if it were what the step printed.
 */
export async function redactOutput(value: unknown): Promise<{ value: unknown; isWhole: boolean }> {
  // Nearly always there is nothing to replace, and looking at many strings at once is much faster.
  for (const piece of piecesOf(value)) {
    if (redactSecrets(piece) !== piece) return replaceIn(value)
    await new Promise((resolve) => setImmediate(resolve))
  }
  return { value, isWhole: true }
}

/** All strings, one a line, each member's once more with its name. What is in none of the pieces is nowhere. */
function* piecesOf(value: unknown): Generator<string> {
  let piece = ''
  for (const line of linesOf(value)) {
    piece += `${line}\n`
    if (piece.length < pieceLength) continue
    yield piece
    piece = ''
  }
  yield piece
}

function* linesOf(value: unknown): Generator<string> {
  if (typeof value === 'string') yield value
  else if (Array.isArray(value)) for (const item of value) yield* linesOf(item)
  else if (typeof value === 'object' && value !== null)
    for (const [name, item] of Object.entries(value)) {
      yield typeof item === 'string' ? together(name, item) : name
      yield* linesOf(item)
    }
}

const together = (name: string, value: string) => JSON.stringify({ [name]: value })

function replaceIn(value: unknown): { value: unknown; isWhole: boolean } {
  let isWhole = true
  const text = (whole: string) => {
    const redacted = redactSecrets(whole)
    if (redacted !== whole) isWhole = false
    return redacted
  }
  const member = (name: string, held: unknown): unknown => {
    if (typeof held !== 'string') return walk(held)
    const redacted = text(held)
    if (redacted !== held || redactSecrets(together(name, held)) === together(name, held)) return redacted
    isWhole = false
    return `«REDACTED:${name.toUpperCase().replace(/[^A-Z0-9]+/g, '_')}»`
  }
  const walk = (held: unknown): unknown => {
    if (typeof held === 'string') return text(held)
    if (Array.isArray(held)) return held.map(walk)
    if (typeof held !== 'object' || held === null) return held
    return Object.fromEntries(Object.entries(held).map(([name, one]) => [text(name), member(name, one)]))
  }
  return { value: walk(value), isWhole }
}

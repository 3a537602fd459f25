import { namesSecret } from '../secrets/key-patterns.ts'
import { redactSecrets } from '../secrets/redact.ts'

/** Characters that are looked through before others get their turn in this thread. */
const pieceLength = 32_768
/** Values that are copied before they do. */
const copiedValues = 8192

/** What is replaced by what. A member's string stands here also together with its name. */
type Found = ReadonlyMap<string, string>

/**
 * A step's output with whatever looks like a key replaced; where a member's name tells, `{"token": …}`, its whole value.
 * `isWhole` is false where something was: such an output must not be handed on as if it were what the step printed.
 */
export async function redactOutput(value: unknown): Promise<{ value: unknown; isWhole: boolean }> {
  const copying = replaceIn(value, await findIn(value))
  for (;;) {
    const { done, value: copied } = copying.next()
    if (done) return copied.isWhole ? { value, isWhole: true } : copied
    await turn()
  }
}

const turn = () => new Promise((resolve) => setImmediate(resolve))

async function findIn(value: unknown): Promise<Found> {
  const found = new Map<string, string>()
  for (const lines of piecesOf(value)) {
    // Nearly always there is nothing to replace, and looking at many strings at once is much faster.
    const piece = lines.join('\n')
    if (redactSecrets(piece) !== piece)
      for (const line of lines) {
        const redacted = redactSecrets(line)
        if (redacted !== line) found.set(line, redacted)
      }
    await turn()
  }
  return found
}

/** All strings, each member's once more with its name. What is in none of the pieces is nowhere. */
function* piecesOf(value: unknown): Generator<string[]> {
  let piece: string[] = []
  let length = 0
  for (const line of linesOf(value)) {
    piece.push(line)
    length += line.length + 1
    if (length < pieceLength) continue
    yield piece
    piece = []
    length = 0
  }
  yield piece
}

function* linesOf(value: unknown): Generator<string> {
  if (typeof value === 'string') yield value
  else if (Array.isArray(value)) for (const item of value) yield* linesOf(item)
  else if (typeof value === 'object' && value !== null)
    for (const [name, item] of Object.entries(value)) {
      yield name
      if (typeof item === 'string') yield together(name, item)
      yield* linesOf(item)
    }
}

const together = (name: string, value: string) => JSON.stringify({ [name]: value })

/** Stops now and then. */
function* replaceIn(
  value: unknown,
  found: Found,
): Generator<undefined, { value: unknown; isWhole: boolean }> {
  let isWhole = true
  let copied = 0
  const text = (whole: string) => {
    const redacted = found.get(whole)
    if (redacted !== undefined) isWhole = false
    return redacted ?? whole
  }
  const isTold = (name: string, held: unknown) =>
    (namesSecret(name) && couldBeSecret(typeof held === 'string' ? (found.get(held) ?? held) : held)) ||
    (typeof held === 'string' && !found.has(held) && found.has(together(name, held)))
  function* walk(held: unknown): Generator<undefined, unknown> {
    if (++copied % copiedValues === 0) yield
    if (typeof held === 'string') return text(held)
    if (typeof held !== 'object' || held === null) return held
    if (Array.isArray(held)) {
      const items: unknown[] = []
      for (const item of held) items.push(yield* walk(item))
      return items
    }
    const members: [string, unknown][] = []
    for (const [name, item] of Object.entries(held)) {
      const told = isTold(name, item)
      if (told) isWhole = false
      const mark = () =>
        `«REDACTED:${text(name)
          .toUpperCase()
          .replace(/[^A-Z0-9]+/g, '_')}»`
      members.push([text(name), told ? mark() : yield* walk(item)])
    }
    return Object.fromEntries(members)
  }
  const copy = yield* walk(value)
  return { value: copy, isWhole }
}

/** Long enough for one, and not a mark in its place already. */
function couldBeSecret(held: unknown): boolean {
  if (typeof held === 'string') return held.replace(/«REDACTED:[^»]*»/g, '').length >= 6
  if (typeof held === 'number') return String(held).length >= 6
  return typeof held === 'object' && held !== null && Object.keys(held).length > 0
}

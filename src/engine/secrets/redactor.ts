import { needlesOf, undecidedTail, type Needle } from './needles.ts'

/** Redacts a stream of text. What may be the beginning of a secret is held back until more text decides. */
export interface Redactor {
  /** Takes the next piece; returns what is safe to show by now. */
  push(chunk: string): string
  /** The stream has ended: returns the rest. */
  flush(): string
}

/**
 * A redactor for known secrets and their encoded forms, however the stream is cut: joined, its output is what
 * redacting the whole text at once gives. At most the longest form's length is held back. `onFound` hears the name of each
 * one that was replaced.
 */
export function createRedactor(
  secrets: Readonly<Record<string, string>>,
  onFound: (name: string) => void = () => {},
): Redactor {
  const needles = needlesOf(secrets)
  let held = ''
  /** Characters at the start of `held` that belong to a secret whose mark has been put out already. */
  let covered = 0
  /** The character before `held`, for secrets that must stand alone. */
  let before = ''

  const advance = (final: boolean): string => {
    const tail = final ? 0 : Math.max(0, ...needles.map((needle) => undecidedTail(held, needle)))
    const safe = held.length - tail
    if (safe === 0) return ''
    let out = ''
    let position = 0
    let carried = 0
    for (const span of spansIn(held, needles, before, covered, final)) {
      if (span.start >= safe) break
      out += held.slice(position, span.start)
      if (span.name !== null) {
        out += `«REDACTED:${span.name}»`
        onFound(span.name)
      }
      position = Math.min(span.end, safe)
      carried = Math.max(0, span.end - safe)
    }
    out += held.slice(position, safe)
    before = safe > 0 ? held[safe - 1]! : before
    held = held.slice(safe)
    covered = carried
    return out
  }

  return {
    push(chunk) {
      held += chunk
      return advance(false)
    },
    flush: () => advance(true),
  }
}

interface Span {
  start: number
  end: number
  /** Null for the rest of a secret that was marked before. */
  name: string | null
}

/** Where secrets are, overlapping ones merged so that no part of either survives; in order. */
function spansIn(
  text: string,
  needles: readonly Needle[],
  before: string,
  covered: number,
  final: boolean,
): Span[] {
  const found: Span[] = covered > 0 ? [{ start: 0, end: covered, name: null }] : []
  for (const needle of needles)
    for (let at = text.indexOf(needle.text); at !== -1; at = text.indexOf(needle.text, at + 1)) {
      const end = at + needle.text.length
      // What follows isn't known yet; these characters are in the tail that is held back.
      if (needle.standsAlone && end === text.length && !final) continue
      if (needle.standsAlone && (isWord(at > 0 ? text[at - 1] : before) || isWord(text[end]))) continue
      found.push({ start: at, end, name: needle.name })
    }
  found.sort(
    (a, b) => a.start - b.start || Number(b.name === null) - Number(a.name === null) || b.end - a.end,
  )
  const merged: Span[] = []
  for (const span of found) {
    const last = merged.at(-1)
    if (last && span.start < last.end) last.end = Math.max(last.end, span.end)
    else merged.push({ ...span })
  }
  return merged
}

const isWord = (character: string | undefined) => character !== undefined && /[\p{L}\p{N}]/u.test(character)

import { createNeedles, type Hit, type Needles } from './needles.ts'

/** Redacts a stream of text. What may be the beginning of a secret is held back until more text decides. */
export interface Redactor {
  /** Takes the next piece; returns what is safe to show by now. */
  push(chunk: string): string
  /** The stream has ended: returns the rest. */
  flush(): string
}

/**
 * A redactor for known secrets and their encoded forms, however the stream is cut: joined, its output is what
 * redacting the whole text at once gives. At most the longest form's length is held back. `onFound` hears the name of
 * each one that was replaced.
 */
export function createRedactor(
  secrets: Readonly<Record<string, string>>,
  onFound: (name: string) => void = () => {},
): Redactor {
  return redactorFor(createNeedles(secrets), onFound, markOf)
}

const markOf = (name: string) => `«REDACTED:${name}»`

/** As `createRedactor`, for needles that are there already. `replacement`: what stands for a secret of that name. */
export function redactorFor(
  needles: Needles,
  onFound: (name: string) => void,
  replacement: (name: string) => string = markOf,
): Redactor {
  let held = ''
  /** Characters at the start of `held` that belong to a secret whose mark has been put out already. */
  let covered = 0
  /** The character before `held`, for secrets that must stand alone. */
  let before = ''

  const advance = (final: boolean): string => {
    const { hits, undecided: safe } = needles.find(held, before, final)
    if (safe === 0) return ''
    let out = ''
    let position = 0
    let carried = 0
    for (const span of spansOf(hits, covered)) {
      if (span.start >= safe) break
      out += held.slice(position, span.start)
      if (span.name !== null) {
        out += replacement(span.name)
        onFound(span.name)
      }
      position = Math.min(span.end, safe)
      carried = Math.max(0, span.end - safe)
    }
    out += held.slice(position, safe)
    before = held[safe - 1]!
    held = held.slice(safe)
    covered = carried
    return out
  }

  return {
    push(chunk) {
      held = held === '' ? chunk : held + chunk
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

/** Overlapping ones merged so that no part of either survives; in order. */
function spansOf(hits: readonly Hit[], covered: number): Span[] {
  const merged: Span[] = covered > 0 ? [{ start: 0, end: covered, name: null }] : []
  for (const hit of hits) {
    const last = merged.at(-1)
    if (last && hit.start < last.end) last.end = Math.max(last.end, hit.end)
    else merged.push({ ...hit })
  }
  return merged
}

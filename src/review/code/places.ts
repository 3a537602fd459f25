import { parse } from 'yaml'
import { z } from 'zod'
import { severities, type Finding } from '../../shared/finding.ts'
import text from '../rules/places.yml?raw'

type Severity = Finding['severity']

const placeSchema = z.strictObject({
  holds: z.string(),
  pattern: z.string(),
  /** Severity of reading what is there. */
  read: z.enum(severities).optional(),
  /** Severity of writing there, and the rule that says so. */
  write: z.enum(severities).optional(),
  rule: z.string().optional(),
  /** Where only some of these places matter when they are written. */
  writes: z.string().optional(),
})

export interface Place {
  readonly holds: string
  readonly read: Severity | null
  readonly write: { readonly severity: Severity; readonly rule: string } | null
}

const places = z
  .array(placeSchema)
  .parse(parse(text))
  .map((place) => ({
    ...place,
    pattern: new RegExp(place.pattern),
    writes: place.writes === undefined ? null : new RegExp(place.writes),
  }))

/** Characters of a path that are looked at; no system takes longer ones (PATH_MAX). */
const maxLength = 4096

/** What a path leads to, where that is any place that matters. */
export function placeOf(path: string): Place[] {
  if (path.length > maxLength) return []
  const normal = normalise(path)
  return places
    .filter(({ pattern, writes }) => pattern.test(normal) || writes?.test(normal) === true)
    .map(({ holds, pattern, read, write, rule, writes }) => ({
      holds,
      read: pattern.test(normal) ? (read ?? null) : null,
      write:
        write === undefined || rule === undefined || (writes !== null && !writes.test(normal))
          ? null
          : { severity: write, rule },
    }))
}

/** The home folder as `~`, slashes forward, no doubled ones. */
export function normalise(path: string): string {
  return path
    .trim()
    .replaceAll('\\', '/')
    .replace(/^file:\/\//, '')
    .replace(
      /^(?:\$\{?HOME\}?|%USERPROFILE%|\$env:USERPROFILE|%APPDATA%|%LOCALAPPDATA%|\$env:(?:LOCAL)?APPDATA|\/home\/[^/]+|\/Users\/[^/]+|\/root|[A-Z]:\/Users\/[^/]+)(?=\/|$)/i,
      '~',
    )
    .replace(/\/(?:\.?\/)+/g, '/')
}

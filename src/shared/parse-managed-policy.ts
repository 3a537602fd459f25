import type { z } from 'zod'
import { placesInJson, type JsonPlaces } from './json-places.ts'
import { managedPolicySchema, type ManagedPolicy } from './managed-policy.ts'

/** What is wrong with a policy, for whoever wrote it. */
export interface PolicyProblem {
  /** `registries.0.url`; empty for the whole. */
  readonly key: string
  /** From 1; null where the source has no lines. */
  readonly line: number | null
  readonly message: string
}

export type ParsedPolicy =
  { ok: true; policy: ManagedPolicy } | { ok: false; problems: readonly PolicyProblem[] }

/** Deeper than any policy is; what is deeper could only be meant to exhaust whoever reads it. */
const maxDepth = 32

/** `policy.json`. Every problem at once, each with its key and line. */
export function parsePolicyText(text: string): ParsedPolicy {
  let value: unknown
  try {
    value = JSON.parse(text.replace(/^\ufeff/, ''))
  } catch (error) {
    return failed({ key: '', line: lineOfSyntaxError(text, error), message: 'it is not JSON' })
  }
  if (isDeeper(value, maxDepth)) return failed({ key: '', line: null, message: 'it is nested too deeply' })
  const places = placesInJson(text.replace(/^\ufeff/, ''))
  if (places.twice !== null)
    return failed({
      key: places.twice.path.join('.'),
      line: places.twice.line,
      message: 'stands there twice',
    })
  return check(value, places)
}

/**
 * The form that managed preferences and Windows' registry have: each key a string. One that is a text is the text itself, or
 * that as a JSON string; every other is JSON.
 */
export function parsePolicyStrings(strings: Readonly<Record<string, unknown>>): ParsedPolicy {
  const problems: PolicyProblem[] = []
  const values: [string, unknown][] = []
  for (const [key, text] of Object.entries(strings)) {
    if (typeof text !== 'string') problems.push({ key, line: null, message: 'must be a string' })
    else if (textKeys.has(key) && !text.startsWith('"')) values.push([key, text])
    else
      try {
        const value: unknown = JSON.parse(text)
        if (isDeeper(value, maxDepth)) problems.push({ key, line: null, message: 'is nested too deeply' })
        else if (placesInJson(text).twice !== null)
          problems.push({ key, line: null, message: 'has a key twice' })
        else values.push([key, value])
      } catch {
        problems.push({ key, line: null, message: 'must be JSON' })
      }
  }
  const parsed = check(Object.fromEntries(values), null)
  if (problems.length === 0) return parsed
  return failed(...problems, ...(parsed.ok ? [] : parsed.problems))
}

/** The same the other way, for what is exported. */
export function toPolicyStrings(policy: ManagedPolicy): Record<string, string> {
  return Object.fromEntries(
    Object.entries(policy).flatMap(([key, value]): [string, string][] =>
      value === undefined ? [] : [[key, isPlain(value) ? value : asciiJson(value)]],
    ),
  )
}

function isPlain(value: unknown): value is string {
  return typeof value === 'string' && /^[ !#-~][ -~]*$/.test(value)
}

/** With no letter beyond ASCII: whatever carries it, in whatever code page, can't spoil it. */
function asciiJson(value: unknown): string {
  return JSON.stringify(value).replace(
    /[\u007f-\uffff]/g,
    (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

/** All problems in one sentence's end: `registries.0.url (line 4): must be …`. */
export function problemsInWords(problems: readonly PolicyProblem[]): string {
  const first = problems.slice(0, 5).map(({ key, line, message }) => {
    const where = [key, line === null ? '' : key === '' ? `line ${line}` : `(line ${line})`]
    return [where.filter((part) => part !== '').join(' '), message].filter((part) => part !== '').join(': ')
  })
  const more = problems.length - first.length
  return [...first, ...(more > 0 ? [`and ${more} more`] : [])].join('; ')
}

/** Keys whose value is a text, by the schema: never JSON, so that `on` needs no quotation marks. */
const textKeys: ReadonlySet<string> = new Set([
  'organisation',
  'language',
  'unsigned',
  'telemetry',
] satisfies (keyof ManagedPolicy)[])

function check(value: unknown, places: JsonPlaces | null): ParsedPolicy {
  const parsed = managedPolicySchema.safeParse(value)
  if (parsed.success) return { ok: true, policy: parsed.data }
  return { ok: false, problems: parsed.error.issues.flatMap((issue) => toProblems(issue, places)) }
}

function toProblems(issue: z.core.$ZodIssue, places: JsonPlaces | null): PolicyProblem[] {
  const problem = (path: readonly PropertyKey[], message: string) => ({
    key: path.map(String).join('.'),
    line: places?.lineOf(path) ?? null,
    message,
  })
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => problem([...issue.path, key], 'no policy has this key'))
  return [problem(issue.path, issue.message)]
}

function failed(...problems: PolicyProblem[]): ParsedPolicy {
  return { ok: false, problems }
}

/** Engines name the place in their own ways; null where this one doesn't. */
function lineOfSyntaxError(text: string, error: unknown): number | null {
  const message = error instanceof Error ? error.message : ''
  const line = /line (\d+)/.exec(message)?.[1]
  if (line !== undefined) return Number(line)
  const position = /position (\d+)/.exec(message)?.[1]
  if (position === undefined) return text.trim() === '' ? null : text.trimEnd().split('\n').length
  return text.slice(0, Number(position)).split('\n').length
}

function isDeeper(value: unknown, depth: number): boolean {
  if (typeof value !== 'object' || value === null) return false
  return depth === 0 || Object.values(value).some((item) => isDeeper(item, depth - 1))
}

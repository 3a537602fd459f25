import { isDeepStrictEqual } from 'node:util'
import type { TomlTable } from 'smol-toml'
import type { ConfigForm } from './agent-places.ts'
import { addJsonMember, ConfigProblem, readJsonConfig, removeJsonMember } from './json-config.ts'
import { addTomlTable, readTomlConfig, removeTomlTable } from './toml-config.ts'

/** Under which name agents know Skillet. */
export const serverName = 'skillet'

export type ServerEntry = Readonly<Record<string, unknown>>

/** What a change did to a text, by which it can be undone to the last byte, wherever in the text it lies by then. */
export interface Splice {
  readonly offset: number
  readonly removed: string
  readonly inserted: string
}

const bom = '\ufeff'
type Settings = Record<string, unknown>

/** The entry of Skillet's name in an agent's settings; null where there is none. @throws ConfigProblem */
export function entryIn(text: string, form: ConfigForm): unknown {
  return serversIn(read(text, form), form)?.[serverName] ?? null
}

/** The settings with `entry` in them, in place of an earlier one of that name. @throws ConfigProblem */
export function withEntry(text: string, form: ConfigForm, entry: ServerEntry): string {
  const bare = entryIn(text, form) === null ? text : withoutEntry(text, form, null)
  const [mark, body] = bare.startsWith(bom) ? [bom, bare.slice(1)] : ['', bare]
  const next =
    mark +
    (form.syntax === 'json'
      ? addJsonMember(body, form.path, serverName, entry)
      : addTomlTable(body, form.path, serverName, entry as TomlTable))
  // What the agent will read is what was there and the entry, nothing less and nothing more.
  if (!isDeepStrictEqual(entryIn(next, form), entry) || !sameBeside(bare, next, form))
    throw new ConfigProblem('its form leaves no place for another server')
  return next
}

/** The settings without the entry: as they were before, where `made` still stands in them. @throws ConfigProblem */
export function withoutEntry(text: string, form: ConfigForm, made: Splice | null): string {
  const exact = made === null ? null : undo(text, made)
  if (exact !== null && isWithout(text, exact, form)) return exact
  const [mark, body] = text.startsWith(bom) ? [bom, text.slice(1)] : ['', text]
  const next =
    mark +
    (form.syntax === 'json'
      ? removeJsonMember(body, form.path, serverName)
      : removeTomlTable(body, form.path, serverName))
  if (!isWithout(text, next, form))
    throw new ConfigProblem('the entry stands in it in a way that can be read but not cut out')
  return next
}

/** What turned one text into another, as one piece. */
export function spliceOf(before: string, after: string): Splice {
  const most = Math.min(before.length, after.length)
  let start = 0
  while (start < most && before[start] === after[start]) start += 1
  let end = 0
  while (end < most - start && before.at(-1 - end) === after.at(-1 - end)) end += 1
  return {
    offset: start,
    removed: before.slice(start, before.length - end),
    inserted: after.slice(start, after.length - end),
  }
}

function undo(text: string, { offset, removed, inserted }: Splice): string | null {
  const at = text.startsWith(inserted, offset) ? offset : text.indexOf(inserted)
  if (at < 0 || (at !== offset && text.indexOf(inserted, at + 1) >= 0)) return null
  return text.slice(0, at) + removed + text.slice(at + inserted.length)
}

function isWithout(before: string, after: string, form: ConfigForm): boolean {
  try {
    return entryIn(after, form) === null && sameBeside(before, after, form)
  } catch {
    return false
  }
}

/** Whether two texts say the same but for the entry. A group that only it was in may be there or not. */
function sameBeside(one: string, other: string, form: ConfigForm): boolean {
  const way = [...form.path, serverName]
  return isDeepStrictEqual(without(read(one, form), way), without(read(other, form), way))
}

function without(settings: unknown, [key, ...rest]: readonly string[]): unknown {
  if (!isSettings(settings) || key === undefined) return settings
  const inner = without(settings[key], rest)
  if (rest.length === 0 || (isSettings(inner) && Object.keys(inner).length === 0)) delete settings[key]
  return settings
}

function read(text: string, { syntax }: ConfigForm): unknown {
  const body = text.startsWith(bom) ? text.slice(1) : text
  // A copy of plain objects: readers differ in what theirs inherit from.
  return structuredClone(syntax === 'json' ? readJsonConfig(body) : readTomlConfig(body))
}

function serversIn(settings: unknown, { path }: ConfigForm): Settings | null {
  let inner = settings
  for (const key of path) inner = isSettings(inner) && Object.hasOwn(inner, key) ? inner[key] : undefined
  return isSettings(inner) ? inner : null
}

function isSettings(value: unknown): value is Settings {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

import type { Capability } from '../../shared/capability.ts'
import { inputTypes } from '../../shared/skill-manifest.ts'

/** As much of a skill as the check needs: a whole manifest, or only a name and its capabilities. */
export interface CheckedSkill {
  readonly slug: string
  /** Capability → reason, or a plain list of names. */
  readonly capabilities: { readonly [capability: string]: string | undefined } | readonly string[]
  readonly sandbox?: {
    readonly network?: readonly string[]
    readonly write?: readonly string[]
    readonly exec?: readonly string[]
  }
  readonly secrets?: { readonly [name: string]: { readonly hosts?: readonly string[] } } | readonly string[]
  readonly run?: {
    readonly command?: readonly string[]
    readonly inputs?: {
      readonly [name: string]: { readonly type: string; readonly writable?: boolean | undefined }
    }
  }
}

/** What a skill declares, and what its other sections make use of. */
export interface Demands {
  declared: string[]
  used: { capability: Capability; what: string }[]
  hosts: string[]
  /** Folders of its own state, and `input:NAME` for a chosen folder that it may change. */
  writes: string[]
  secrets: { name: string; hosts: string[] }[]
  /** Beyond the run command's own program. */
  programs: string[]
  /** Sections that can't be understood. */
  malformed: string[]
}

/**
 * Reads a skill's demands without trusting its shape: a section of the wrong type is reported, never skipped. Throws what a
 * getter in it throws.
 */
export function demandsOf(given: CheckedSkill): Demands {
  const malformed: string[] = []
  const strings = (value: unknown, where: string): string[] => {
    if (value === undefined) return []
    const items: unknown[] = Array.isArray(value) ? [...value] : [undefined]
    if (items.every((item) => typeof item === 'string')) return [...new Set(items)]
    malformed.push(`${where} is not a list of names.`)
    return []
  }
  const record = (value: unknown, where: string): Record<string, unknown> => {
    if (value === undefined) return {}
    if (isPlain(value)) return ownOf(value)
    malformed.push(`${where} is not a table.`)
    return {}
  }

  const skill = record(given ?? null, 'The skill')
  const declared = Array.isArray(skill['capabilities'])
    ? strings(skill['capabilities'], 'capabilities')
    : Object.entries(record(skill['capabilities'], 'capabilities'))
        .filter(([, reason]) => reason !== undefined)
        .map(([name]) => name)
  const sandbox = record(skill['sandbox'], 'sandbox')
  const run = record(skill['run'], 'run')
  const hosts = strings(sandbox['network'], 'sandbox.network')
  const folders = strings(sandbox['write'], 'sandbox.write')
  const secrets = Array.isArray(skill['secrets'])
    ? strings(skill['secrets'], 'secrets').map((name) => ({ name, hosts: [] }))
    : Object.entries(record(skill['secrets'], 'secrets')).map(([name, secret]) => ({
        name,
        hosts: strings(record(secret, `secrets.${name}`)['hosts'], `secrets.${name}.hosts`),
      }))
  const own = strings(run['command'], 'run.command')[0]?.split('/').at(-1)
  const programs = strings(sandbox['exec'], 'sandbox.exec').filter((program) => program !== own)

  const inputs = Object.entries(record(run['inputs'], 'run.inputs')).map(([name, input]) => ({
    name,
    input: record(input, `run.inputs.${name}`),
  }))
  for (const { name, input } of inputs)
    if (!inputTypes.some((type) => type === input['type']))
      malformed.push(`run.inputs.${name} is of no type that exists.`)
  const reads = inputs.filter(({ input }) => input['type'] === 'file' || input['type'] === 'folder')
  // As in the manifest: where nothing is said, a skill that writes but keeps no state means the chosen folder.
  const changed = inputs.filter(
    ({ input }) =>
      input['type'] === 'folder' &&
      (input['writable'] === undefined
        ? declared.includes('fs:write') && folders.length === 0
        : input['writable'] !== false),
  )
  const writes = [...folders, ...changed.map(({ name }) => `input:${name}`)]

  const used: Demands['used'] = []
  if (reads.length > 0) used.push({ capability: 'fs:read', what: 'files or folders that you choose' })
  if (writes.length > 0) used.push({ capability: 'fs:write', what: writes.join(', ') })
  if (hosts.length > 0) used.push({ capability: 'net', what: hosts.join(', ') })
  if (secrets.length > 0)
    used.push({ capability: 'env:read', what: secrets.map(({ name }) => name).join(', ') })
  if (programs.length > 0) used.push({ capability: 'exec', what: programs.join(', ') })
  return { declared, used, hosts, writes, secrets, programs, malformed }
}

/** Anything else may answer for what isn't seen in it: a Map, a class with getters, another object's heir. */
function isPlain(value: unknown): value is Record<string, unknown> {
  if (value === null || typeof value !== 'object') return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === null || prototype === Object.prototype
}

/** Also what doesn't show when its members are listed. */
function ownOf(value: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.getOwnPropertyNames(value).map((name) => [name, value[name]]))
}

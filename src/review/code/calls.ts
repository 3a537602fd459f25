import { parse } from 'yaml'
import { z } from 'zod'
import text from '../rules/calls.yml?raw'
import type { CodeLanguage } from './program.ts'

const placeInCall = z.union([z.number(), z.string()])
const oneOrMore = z
  .union([placeInCall, z.array(placeInCall)])
  .transform((value) => (Array.isArray(value) ? value : [value]))

const callRuleSchema = z.strictObject({
  language: z.enum(['python', 'javascript', 'shell']),
  does: z.enum([
    'read',
    'write',
    'copy',
    'delete',
    'send',
    'resolve',
    'connect',
    'receive',
    'run',
    'interpret',
    'evaluate',
    'load',
    'decode',
    'give',
    'environment',
    'harmless',
    'print',
    'feed',
  ]),
  calls: z.array(z.string()),
  path: oneOrMore.optional(),
  data: oneOrMore.optional(),
  to: oneOrMore.optional(),
  code: oneOrMore.optional(),
  when: z
    .string()
    .transform((value) => new RegExp(value))
    .optional(),
  /** Not where one of the arguments has a name that matches. */
  unless: z
    .string()
    .transform((value) => new RegExp(value))
    .optional(),
  gives: z.string().optional(),
  /** Its arguments are paths of files that it sends. */
  uploads: z.boolean().optional(),
  /** Its path is a folder into which it writes files. */
  folder: z.boolean().optional(),
  /** What it writes comes from the network. */
  receives: z.boolean().optional(),
})
export type CallRule = z.infer<typeof callRuleSchema>

interface Table {
  readonly exact: ReadonlyMap<string, readonly CallRule[]>
  /** By the last part of a name: `*.write_text`. */
  readonly endings: ReadonlyMap<string, readonly CallRule[]>
}

const rules = z.array(callRuleSchema).parse(parse(text))
const tables: Readonly<Record<CodeLanguage, Table>> = {
  python: tableOf('python'),
  javascript: tableOf('javascript'),
  shell: tableOf('shell'),
}

function tableOf(language: CodeLanguage): Table {
  const exact = new Map<string, CallRule[]>()
  const endings = new Map<string, CallRule[]>()
  for (const rule of rules) {
    if (rule.language !== language) continue
    for (const name of rule.calls) {
      const table = name.startsWith('*.') ? endings : exact
      const key = name.startsWith('*.') ? name.slice(2) : name
      table.set(key, [...(table.get(key) ?? []), rule])
    }
  }
  return { exact, endings }
}

/** What a call of that full name does; `args` are its arguments' texts, joined by spaces. */
export function rulesOf(language: CodeLanguage, name: string, args: () => string): readonly CallRule[] {
  const { exact, endings } = tables[language]
  const found =
    exact.get(name) ??
    // A client that a library makes does what the library itself does: `requests.Session().post`.
    (name.includes('().') ? exact.get(name.replace(/\.[A-Za-z_]{1,40}\(\)(?=\.)/g, '')) : undefined) ??
    endings.get(name.slice(name.lastIndexOf('.') + 1)) ??
    []
  return found.some((rule) => rule.when !== undefined)
    ? found.filter((rule) => rule.when === undefined || rule.when.test(args()))
    : found
}

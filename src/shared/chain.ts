import { z } from 'zod'
import { slugSchema } from './identifiers.ts'
import type { SkillInput } from './skill-manifest.ts'

const nameSchema = z
  .string()
  .regex(/^[a-z][a-z0-9_-]{0,39}$/, 'must be a lower-case name such as document, at most 40 characters')

const inputSchema = z.strictObject({
  /** `file`: a skill that takes a file gets the file, one that takes text gets what the file holds. */
  type: z.enum(['file', 'string', 'number', 'boolean']),
  title: z.string().min(1).max(120),
  required: z.boolean().default(false),
})

const valueWords = 'must be text, a number, true, false, or { from = "…" }'
const valueSchema = z.union(
  [z.string().max(65_536), z.number(), z.boolean(), z.strictObject({ from: z.string().min(1).max(400) })],
  { error: valueWords },
)

const stepSchema = z.strictObject({
  /** The skill's slug where it isn't given; unique. */
  id: slugSchema.optional(),
  skill: slugSchema,
  inputs: z.record(nameSchema, valueSchema).default({}),
})

/** A chain's `.toml` file: skills in a row, with typed JSON between them. Unknown keys are errors. */
export const chainFileSchema = z
  .strictObject({
    schema: z.literal(1),
    title: z.string().min(1).max(80),
    summary: z.string().min(1).max(240),
    inputs: z.record(nameSchema, inputSchema).default({}),
    steps: z.array(stepSchema).min(1, 'a chain has at least one step').max(32),
  })
  .superRefine(checkReferences)
  .transform(({ title, summary, inputs, steps }): ChainDefinition => ({
    title,
    summary,
    inputs,
    steps: steps.map(({ id, skill, inputs: values }) => ({
      id: id ?? skill,
      skill,
      inputs: Object.fromEntries(Object.entries(values).map(([name, value]) => [name, toSource(value)])),
    })),
  }))

export type ChainInput = z.infer<typeof inputSchema>

/** A chain's input as a skill's, to be judged in the same way. */
export function asSkillInput({ type, title, required }: ChainInput): SkillInput {
  switch (type) {
    case 'file':
      return { type, title, required, extensions: [] }
    case 'string':
      return { type, title, required, multiline: false }
    case 'number':
    case 'boolean':
      return { type, title, required }
  }
}

/** Where a step's input comes from. */
export type ValueSource =
  | { readonly kind: 'value'; readonly value: string | number | boolean }
  | { readonly kind: 'input'; readonly input: string }
  /** `path` leads to a member of what that step printed; `[]` is all of it. */
  | { readonly kind: 'step'; readonly step: string; readonly path: readonly string[] }

export interface ChainStep {
  readonly id: string
  readonly skill: string
  readonly inputs: Readonly<Record<string, ValueSource>>
}

/** A chain that is consistent in itself: every reference is to an input or to an earlier step. */
export interface ChainDefinition {
  readonly title: string
  readonly summary: string
  readonly inputs: Readonly<Record<string, ChainInput>>
  readonly steps: readonly ChainStep[]
}

/** `inputs.NAME`, `STEP` or `STEP.member.0`, where a number is a place in a list, from 0. */
function toSource(value: z.infer<typeof valueSchema>): ValueSource {
  if (typeof value !== 'object') return { kind: 'value', value }
  const [first = '', ...path] = value.from.split('.')
  return first === 'inputs' ? { kind: 'input', input: path.join('.') } : { kind: 'step', step: first, path }
}

interface RawChain {
  readonly inputs: Record<string, unknown>
  readonly steps: readonly z.infer<typeof stepSchema>[]
}

function checkReferences({ inputs, steps }: RawChain, context: z.RefinementCtx): void {
  const issue = (path: (string | number)[], message: string) =>
    context.addIssue({ code: 'custom', path, message })
  const ids = steps.map(({ id, skill }) => id ?? skill)
  for (const [index, { inputs: values }] of steps.entries()) {
    const id = ids[index]!
    const earlier = ids.slice(0, index)
    if (earlier.includes(id))
      issue(['steps', index, 'id'], `another step is called ${id} already: give one of them an id of its own`)
    if (id === 'inputs') issue(['steps', index, 'id'], 'inputs means what the person is asked for')
    for (const [name, value] of Object.entries(values)) {
      const source = toSource(value)
      const wrong = (message: string) => issue(['steps', index, 'inputs', name], message)
      if (source.kind === 'input' && !Object.hasOwn(inputs, source.input))
        wrong(`the chain has no input called ${source.input}${known(Object.keys(inputs))}`)
      if (source.kind !== 'step') continue
      if (source.path.includes('')) wrong('a member has a name between its dots')
      if (source.step === id) wrong('a step can take nothing from itself')
      else if (ids.slice(index + 1).includes(source.step))
        wrong(`${source.step} comes later: a step can take something from earlier steps only`)
      else if (!earlier.includes(source.step))
        wrong(`there is no step called ${source.step}${known(earlier)}`)
    }
  }
}

function known(names: readonly string[]): string {
  return names.length === 0 ? '' : `; there is ${names.join(', ')}`
}

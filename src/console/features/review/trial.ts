import type { PlainError } from '../../../shared/errors.ts'
import type { RunResult } from '../../../shared/receipt.ts'

/** What a submission takes to run and what it may do, by its own manifest. */
export interface Asks {
  readonly command: readonly string[]
  readonly capabilities: readonly { readonly name: string; readonly why: string }[]
  readonly inputs: readonly AskedInput[]
}
export interface AskedInput {
  readonly name: string
  readonly type: 'file' | 'folder' | 'string' | 'number' | 'boolean' | 'choice'
  readonly title: string
  readonly description: string | null
  readonly required: boolean
  readonly value: string | number | boolean | null
  readonly options: readonly string[]
  readonly extensions: readonly string[]
}

/** What a reviewer filled in: for a file or folder the name of a file and its text, else a value. */
export interface TrialValues {
  readonly values: Readonly<Record<string, string | boolean>>
  readonly names: Readonly<Record<string, string>>
}

export interface TrialRequest {
  readonly inputs: Record<string, string | number | boolean>
  readonly files: Record<string, string>
  readonly grants: readonly string[]
}

/** A test run and what came of it. */
export interface Trial {
  readonly id: string
  readonly reviewer: string
  readonly request: TrialRequest
  readonly state: 'waiting' | 'running' | 'finished' | 'failed'
  readonly result:
    | { readonly run: Omit<RunResult, 'stdout' | 'stderr'>; readonly stdout: string; readonly stderr: string }
    | { readonly refusal: PlainError }
    | null
  readonly createdAt: string
  readonly finishedAt: string | null
}

/** What stands in the form before anybody has touched it. */
export function startingTrial({ inputs }: Asks): TrialValues {
  return {
    values: Object.fromEntries(
      inputs.map(({ name, type, value, options }) => [
        name,
        type === 'boolean'
          ? value === true
          : type === 'choice'
            ? String(value ?? options[0])
            : String(value ?? ''),
      ]),
    ),
    names: Object.fromEntries(
      inputs.filter(isPlace).map(({ name, extensions }) => [name, `${name}.${extensions[0] ?? 'txt'}`]),
    ),
  }
}

/** Whether an input is a file or a folder: then the reviewer gives a text. */
export function isPlace({ type }: Pick<AskedInput, 'type'>): boolean {
  return type === 'file' || type === 'folder'
}

/** What is sent for what was filled in. An optional input that was left empty is left out. */
export function toTrialRequest(
  { inputs }: Asks,
  { values, names }: TrialValues,
  grants: readonly string[],
): TrialRequest {
  const files: Record<string, string> = {}
  const given: Record<string, string | number | boolean> = {}
  for (const input of inputs) {
    const value = values[input.name] ?? ''
    if (isPlace(input)) {
      if (value === '' && !input.required) continue
      const file = names[input.name] ?? input.name
      files[file] = String(value)
      // A folder is all of what was given.
      given[input.name] = input.type === 'folder' ? '.' : file
    } else if (value !== '') given[input.name] = input.type === 'number' ? Number(value) : value
  }
  return { inputs: given, files, grants }
}

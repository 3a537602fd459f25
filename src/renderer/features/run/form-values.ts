import { t } from '../../../shared/i18n/t.ts'
import type { InputValues } from '../../../shared/contract/library.ts'
import type { SkillInput, SkillManifest } from '../../../shared/skill-manifest.ts'
import { joinList } from '../../ui/format.ts'

type Inputs = SkillManifest['run']['inputs']

/** What the form holds: null where nothing was entered. */
export type FormValue = string | number | boolean | null
export type FormValues = Readonly<Record<string, FormValue>>
/** What is wrong, by input. */
export type FormProblems = Readonly<Record<string, string>>

/** The form as it opens: earlier values where they still make sense, else the skill's own defaults. */
export function startingValues(inputs: Inputs, earlier: InputValues = {}): FormValues {
  return Object.fromEntries(
    Object.entries(inputs).map(([name, input]) => [name, startingValue(input, earlier[name])]),
  )
}

function startingValue(input: SkillInput, earlier: string | number | boolean | undefined): FormValue {
  switch (input.type) {
    case 'boolean':
      return typeof earlier === 'boolean' ? earlier : (input.default ?? false)
    case 'number':
      return typeof earlier === 'number' ? earlier : (input.default ?? null)
    case 'choice':
      return typeof earlier === 'string' && input.options.includes(earlier)
        ? earlier
        : (input.default ?? null)
    case 'string':
      return typeof earlier === 'string' ? earlier : (input.default ?? null)
    case 'file':
    case 'folder':
      return typeof earlier === 'string' ? earlier : null
  }
}

function isBlank(value: FormValue | undefined): boolean {
  return (
    value === null ||
    value === undefined ||
    value === '' ||
    (typeof value === 'number' && Number.isNaN(value))
  )
}

/** What keeps the skill from running with these values, in words, in the order of the form. */
export function problemsOf(inputs: Inputs, values: FormValues): FormProblems {
  const problems: Record<string, string> = {}
  for (const [name, input] of Object.entries(inputs)) {
    const problem = problemOf(input, values[name])
    if (problem !== null) problems[name] = problem
  }
  return problems
}

function problemOf(input: SkillInput, value: FormValue | undefined): string | null {
  if (isBlank(value)) {
    if (!input.required || input.type === 'boolean') return null
    switch (input.type) {
      case 'file':
        return t('Choose a file.')
      case 'folder':
        return t('Choose a folder.')
      case 'choice':
        return t('Choose one.')
      case 'number':
        return t('Enter a number.')
      case 'string':
        return t('Fill this in.')
    }
  }
  if (input.type === 'number' && typeof value === 'number') {
    if (!Number.isFinite(value)) return t('Enter a number.')
    if (input.min !== undefined && value < input.min)
      return t('Enter {{number}} or more.', { number: input.min })
    if (input.max !== undefined && value > input.max)
      return t('Enter {{number}} or less.', { number: input.max })
  }
  if (input.type === 'file' && typeof value === 'string' && input.extensions.length > 0) {
    const extension = /\.([^.\\/]+)$/.exec(value)?.[1]?.toLowerCase() ?? ''
    if (!input.extensions.includes(extension))
      return t('Choose a {{extensions}} file.', {
        extensions: joinList(
          input.extensions.map((each) => `.${each}`),
          'or',
        ),
      })
  }
  return null
}

/** The values as main takes them: blank ones left out. Call it when there are no problems. */
export function toInputValues(inputs: Inputs, values: FormValues): InputValues {
  const result: InputValues = {}
  for (const name of Object.keys(inputs)) {
    const value = values[name]
    if (value !== null && value !== undefined && !isBlank(value)) result[name] = value
  }
  return result
}

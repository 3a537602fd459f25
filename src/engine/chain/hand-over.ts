import { SkilletError } from '../../shared/errors.ts'
import type { SkillInput } from '../../shared/skill-manifest.ts'
import { redactSecrets } from '../secrets/redact.ts'

/** Lists and members within one another that a step may print: whatever walks over a value does so call within call. */
const deepest = 100

/** Characters that are looked at to show a few: more than any key has. */
const looked = 32_768

/**
 * The one JSON document that a step must print.
 * @throws SkilletError STEP_FAILED that shows what it printed first
 */
export function parseOutput(stdout: string, title: string): unknown {
  const text = stdout.trim()
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    // Redacted first: what is left of a key that was cut is known by no pattern.
    const first = redactSecrets(text.slice(0, looked)).split('\n', 1)[0]!.slice(0, 80)
    throw new SkilletError(
      'STEP_FAILED',
      text === ''
        ? `${title} printed nothing; a step of a chain prints one JSON document.`
        : `${title} did not print one JSON document. What it printed begins with: ${first}`,
      { remedy: 'Use a skill that prints JSON, or tell its publisher.', cause: error },
    )
  }
  if (isDeeper(value, deepest))
    throw new SkilletError(
      'STEP_FAILED',
      `${title} printed lists and members that lie more than ${deepest} deep in one another.`,
      { remedy: 'Use a skill that prints something simpler, or tell its publisher.' },
    )
  return value
}

function isDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false
  return levels === 0 || Object.values(value).some((held) => isDeeper(held, levels - 1))
}

/**
 * What lies in a step's output at a path: a number leads to a place in a list, from 0.
 * @throws SkilletError STEP_FAILED that names what is there instead
 */
export function memberOf(output: unknown, step: string, path: readonly string[]): unknown {
  let value = output
  for (const [index, part] of path.entries()) {
    const at = [step, ...path.slice(0, index)].join('.')
    if (Array.isArray(value)) {
      const place = /^\d{1,9}$/.test(part) ? Number(part) : -1
      if (!(place in value))
        throw missing(at, part, value.length === 0 ? 'is an empty list' : `is a list of ${value.length}`)
      value = value[place]
    } else if (typeof value === 'object' && value !== null) {
      if (!Object.hasOwn(value, part)) throw missing(at, part, `has ${namesOf(value) || 'no members'}`)
      value = (value as Record<string, unknown>)[part]
    } else throw missing(at, part, `is ${value === null ? 'null' : `a ${typeof value}`}`)
  }
  return value
}

/** A few of them, and the beginning of each. */
function namesOf(value: object): string {
  const names = Object.keys(value).slice(0, 20)
  return names.map((name) => redactSecrets(name.slice(0, looked)).slice(0, 40)).join(', ')
}

function missing(at: string, part: string, instead: string): SkilletError {
  return new SkilletError('STEP_FAILED', `There is no ${at}.${part}: ${at} ${instead}.`, {
    remedy: 'Correct the chain, or hand the step something that it can work with.',
  })
}

/**
 * A value as a skill's input: text as it is, anything else as JSON where the skill takes text. Null is no value.
 * @throws SkilletError STEP_FAILED where the kinds differ
 */
export function toInputValue(
  value: unknown,
  input: SkillInput,
  from: string,
): string | number | boolean | undefined {
  if (value === null || value === undefined) return undefined
  if (input.type === 'string') return typeof value === 'string' ? value : JSON.stringify(value)
  const wanted = input.type === 'choice' ? 'string' : input.type
  // oxlint-disable-next-line valid-typeof -- the three names that are left are what typeof says
  if (typeof value === wanted) return value as string | number | boolean
  const is = Array.isArray(value) ? 'list' : typeof value
  throw new SkilletError('STEP_FAILED', `${input.title} must be a ${wanted}, and ${from} is a ${is}.`, {
    remedy: 'Correct the chain, or hand the step something that it can work with.',
  })
}

import { resolve } from 'node:path'
import type { InputValues } from '../shared/contract/library.ts'
import { SkilletError } from '../shared/errors.ts'
import type { SkillInput, SkillManifest } from '../shared/skill-manifest.ts'

/**
 * Reads `KEY=VALUE` flags as the types that the manifest gives them; files and folders become absolute.
 * Throws INPUT_INVALID for an unknown key, a value of the wrong type or a required input that is missing.
 */
export function parseInputFlags(
  manifest: Pick<SkillManifest, 'slug' | 'run'>,
  flags: readonly string[],
  cwd: string = process.cwd(),
): InputValues {
  const inputs = manifest.run.inputs
  const values: InputValues = {}
  for (const flag of flags) {
    const [name, text] = splitInputFlag(flag)
    const input = Object.hasOwn(inputs, name) ? inputs[name] : undefined
    if (input === undefined)
      throw new SkilletError('INPUT_INVALID', `${manifest.slug} has no input named ${name}.`, {
        remedy:
          Object.keys(inputs).length > 0
            ? `It takes ${Object.keys(inputs).join(', ')}.`
            : 'It takes no inputs.',
      })
    values[name] = typed(name, input, text, cwd)
  }
  for (const [name, input] of Object.entries(inputs))
    if (input.required && values[name] === undefined && !('default' in input && input.default !== undefined))
      throw new SkilletError('INPUT_INVALID', `${manifest.slug} needs ${input.title}.`, {
        remedy: `Add --input ${name}=…`,
      })
  return values
}

/** `KEY=VALUE`; the value may hold more of these signs. Throws INPUT_INVALID where there is none. */
export function splitInputFlag(flag: string, option = '--input'): [name: string, text: string] {
  const equals = flag.indexOf('=')
  if (equals < 0)
    throw new SkilletError('INPUT_INVALID', `${option} ${flag} has no value.`, {
      remedy: `Write it as ${option} KEY=VALUE.`,
    })
  return [flag.slice(0, equals), flag.slice(equals + 1)]
}

function typed(name: string, input: SkillInput, text: string, cwd: string): string | number | boolean {
  const invalid = (wanted: string) =>
    new SkilletError('INPUT_INVALID', `${input.title} must be ${wanted}, not “${text}”.`, {
      remedy: `Correct --input ${name}=…`,
    })
  switch (input.type) {
    case 'file':
    case 'folder':
      if (text === '') throw invalid(`a ${input.type}`)
      return resolve(cwd, text)
    case 'string':
      return text
    case 'number': {
      const number = Number(text)
      if (text.trim() === '' || !Number.isFinite(number)) throw invalid('a number')
      return number
    }
    case 'boolean':
      if (['true', 'yes', '1'].includes(text)) return true
      if (['false', 'no', '0'].includes(text)) return false
      throw invalid('true or false')
    case 'choice':
      if (!input.options.includes(text)) throw invalid(`one of ${input.options.join(', ')}`)
      return text
  }
}

import type { ChainDefinition, ChainStep, ValueSource } from '../../shared/chain.ts'
import type { SkillInput, SkillManifest } from '../../shared/skill-manifest.ts'

/** What kinds of a chain's own input each kind of a skill's input takes. */
const takes: Record<SkillInput['type'], readonly string[]> = {
  file: ['file'],
  folder: [],
  string: ['file', 'string', 'number', 'boolean'],
  number: ['number'],
  boolean: ['boolean'],
  choice: ['string'],
}

/**
 * Why a step's inputs don't fit the skill as it is installed, in sentences; `[]` where they do. What an earlier step will
 * have printed isn't known yet: that is held against the input when it is there.
 */
export function misfits(step: ChainStep, chain: ChainDefinition, manifest: SkillManifest): string[] {
  const { inputs } = manifest.run
  const names = Object.keys(inputs)
  const there = names.length > 0 ? `It takes ${names.join(', ')}.` : 'It takes no inputs.'
  return [
    ...Object.entries(step.inputs).flatMap(([name, source]) => {
      const input = Object.hasOwn(inputs, name) ? inputs[name] : undefined
      if (input === undefined) return [`${manifest.title} has no input called ${name}. ${there}`]
      const why = misfit(source, input, chain)
      return why === null ? [] : [`${input.title} of ${manifest.title} ${why}`]
    }),
    ...Object.entries(inputs).flatMap(([name, input]) =>
      input.required &&
      !Object.hasOwn(step.inputs, name) &&
      !('default' in input && input.default !== undefined)
        ? [`${input.title} of ${manifest.title} is needed, and the chain gives it nothing.`]
        : [],
    ),
  ]
}

function misfit(source: ValueSource, input: SkillInput, chain: ChainDefinition): string | null {
  const isPath = input.type === 'file' || input.type === 'folder'
  if (source.kind === 'input') {
    const given = chain.inputs[source.input]!.type
    return takes[input.type].includes(given)
      ? null
      : `is a ${input.type}; inputs.${source.input} is a ${given}.`
  }
  if (!isPath) return null
  // Whoever wrote the chain must not choose which of the person's files a skill reads.
  if (source.kind === 'value') return `is a ${input.type}: only the person who runs the chain can choose it.`
  return `is a ${input.type}; what a step prints is handed on as text.`
}

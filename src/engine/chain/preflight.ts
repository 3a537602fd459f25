import type { ChainDefinition, ChainStep } from '../../shared/chain.ts'
import type { InputValues } from '../../shared/contract/library.ts'
import { SkilletError, toSkilletError } from '../../shared/errors.ts'
import type { SkillManifest } from '../../shared/skill-manifest.ts'
import { resolveInputs } from '../run/inputs.ts'
import type { ChainSkills } from './chain-skills.ts'
import { misfits } from './fit.ts'
import type { Given } from './given.ts'
import { toInputValue } from './hand-over.ts'
import { assertVersion, type KeptSteps } from './resume.ts'

export interface PreflightPorts {
  /** Skillet's own folder. */
  readonly home: string
  readonly skills: ChainSkills
}

/**
 * Every check of every step that can be made before the first one starts. Resolves to each step's skill as it is going to
 * run; `kept` steps need only be what they were.
 * @throws SkilletError that names the problem of each step; its code is that of the first
 */
export async function preflight(
  { home, skills }: PreflightPorts,
  chain: ChainDefinition,
  given: Given,
  kept: KeptSteps,
  wasChosen: (path: string) => boolean,
): Promise<SkillManifest[]> {
  const toRun = chain.steps.filter((_, index) => !kept.has(index))
  const checks = new Map(
    [...new Set(chain.steps.map(({ skill }) => skill))].map((slug) => [
      slug,
      skills.check(slug, toRun.filter(({ skill }) => skill === slug).length),
    ]),
  )
  await Promise.allSettled(checks.values())
  const problems: { id: string; error: SkilletError }[] = []
  const manifests: SkillManifest[] = []
  for (const [index, step] of chain.steps.entries())
    try {
      const { manifest, problem } = await checks.get(step.skill)!
      manifests.push(manifest)
      const checkpoint = kept.get(index)
      if (checkpoint !== undefined) assertVersion(manifest.title, checkpoint.version, manifest.version)
      else {
        if (problem !== null) throw problem
        await assertComplete(step, chain, manifest, given, home, wasChosen)
      }
    } catch (error) {
      problems.push({ id: step.id, error: toSkilletError(error) })
    }
  if (problems.length > 0) throw joined(chain, problems)
  return manifests
}

/** What is known of its inputs by now is right, whatever the earlier steps will print. */
async function assertComplete(
  step: ChainStep,
  chain: ChainDefinition,
  manifest: SkillManifest,
  given: Given,
  home: string,
  wasChosen: (path: string) => boolean,
): Promise<void> {
  const wrong = misfits(step, chain, manifest)
  if (wrong.length > 0) throw new SkilletError('CHAIN_INVALID', wrong.join(' '))
  const later = new Set(
    Object.entries(step.inputs).flatMap(([name, source]) => (source.kind === 'step' ? [name] : [])),
  )
  const inputs = Object.fromEntries(Object.entries(manifest.run.inputs).filter(([name]) => !later.has(name)))
  const known = { ...manifest, run: { ...manifest.run, inputs } }
  await resolveInputs(known, await knownValues(step, chain, known, given), home, wasChosen)
}

/** A step's inputs that come from the chain itself or from the person. */
export async function knownValues(
  step: ChainStep,
  chain: ChainDefinition,
  manifest: SkillManifest,
  given: Given,
): Promise<InputValues> {
  const values: InputValues = {}
  for (const [name, source] of Object.entries(step.inputs)) {
    const input = Object.hasOwn(manifest.run.inputs, name) ? manifest.run.inputs[name] : undefined
    if (input === undefined || source.kind === 'step') continue
    const isGiven = source.kind === 'value' || Object.hasOwn(given.values, source.input)
    const value = source.kind === 'value' ? source.value : given.values[source.input]
    if (!isGiven || value === undefined) continue
    const isText =
      source.kind === 'input' && chain.inputs[source.input]!.type === 'file' && input.type === 'string'
    if (isText) values[name] = await given.text(source.input)
    else if (input.type === 'file' || input.type === 'folder') values[name] = value
    else {
      const handed = toInputValue(value, input, name)
      if (handed !== undefined) values[name] = handed
    }
  }
  return values
}

function joined(
  chain: ChainDefinition,
  problems: readonly { id: string; error: SkilletError }[],
): SkilletError {
  const [first] = problems
  const sentences = problems.map(({ id, error }) => `Step ${placeOf(chain, id)}: ${error.message}`)
  const remedies = [...new Set(problems.map(({ error }) => error.remedy))]
  return new SkilletError(first!.error.code, `Nothing was run. ${sentences.join(' ')}`, {
    remedy: remedies.join(' '),
    cause: first!.error,
  })
}

/** `2 (check)`, from 1. */
export function placeOf({ steps }: ChainDefinition, id: string): string {
  return `${steps.findIndex((step) => step.id === id) + 1} (${id})`
}

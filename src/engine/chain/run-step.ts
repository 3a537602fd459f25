import type { ChainDefinition, ChainStep } from '../../shared/chain.ts'
import type { StepResult } from '../../shared/contract/chains.ts'
import type { InputValues } from '../../shared/contract/library.ts'
import { SkilletError, toSkilletError } from '../../shared/errors.ts'
import type { RunResult } from '../../shared/receipt.ts'
import type { SkillManifest } from '../../shared/skill-manifest.ts'
import type { ChainHooks } from '../api.ts'
import { finishedSentence } from '../run/ending-words.ts'
import { redactSecrets } from '../secrets/redact.ts'
import type { ChainSkills } from './chain-skills.ts'
import type { Given } from './given.ts'
import { memberOf, parseOutput, toInputValue } from './hand-over.ts'
import { knownValues } from './preflight.ts'
import { redactOutput } from './redact-output.ts'

/** What to do after a stop. */
export const goOn = 'What was done is kept: go on from there whenever you like.'

export interface EndedStep {
  readonly step: StepResult
  /** What it hands on, as it printed it; null where it failed. */
  readonly value: unknown
  /** The same as it may be kept. */
  readonly kept: { readonly value: unknown; readonly isWhole: boolean }
  readonly error: SkilletError | null
}

/** Characters of a message, which may show what the skill printed and goes into the journal. */
const messageLength = 500

interface Running {
  readonly chain: ChainDefinition
  readonly given: Given
  /** What the earlier steps handed on, by their ids. */
  readonly outputs: ReadonlyMap<string, unknown>
  readonly wasChosen: (path: string) => boolean
}

/** Runs one step with what it takes from the person and from the steps before it. Never throws: a refusal is its end. */
export async function runStep(
  { skills }: { readonly skills: ChainSkills },
  running: Running,
  step: ChainStep,
  manifest: SkillManifest,
  { signal }: ChainHooks,
): Promise<EndedStep> {
  const { id, skill: slug } = step
  let result: RunResult | null = null
  let stderr = ''
  let value: unknown = null
  let kept: EndedStep['kept'] = { value: null, isWhole: true }
  let output: string | null = null
  let error: SkilletError | null = null
  try {
    const inputs = await inputsOf(running, step, manifest)
    const inputsFor = (now: SkillManifest) => {
      assertUnchanged(manifest, now)
      return inputs
    }
    const hooks = { wasChosen: running.wasChosen, ...(signal ? { signal } : {}) }
    result = await skills.run(slug, inputsFor, hooks)
    stderr = redactSecrets(result.stderr)
    assertEndedWell({ ...result, stderr }, manifest, signal)
    const printed = parseOutput(result.stdout, manifest.title)
    kept = await redactOutput(printed)
    output = JSON.stringify(kept.value)
    value = printed
  } catch (failure) {
    const { code, message, remedy, cause } = toSkilletError(failure)
    error = new SkilletError(code, redactSecrets(message).slice(0, messageLength), { remedy, cause })
  }
  return {
    value,
    kept,
    error,
    step: {
      id,
      slug,
      state: error === null ? 'done' : 'failed',
      output,
      stderr,
      reason: result?.reason ?? null,
      durationMs: result?.durationMs ?? 0,
      receipt: result?.receipt ?? null,
      error: error?.toPlain() ?? null,
    },
  }
}

async function inputsOf(
  { chain, given, outputs }: Running,
  step: ChainStep,
  manifest: SkillManifest,
): Promise<InputValues> {
  const values = await knownValues(step, chain, manifest, given)
  for (const [name, source] of Object.entries(step.inputs)) {
    if (source.kind !== 'step') continue
    const from = [source.step, ...source.path].join('.')
    const member = memberOf(outputs.get(source.step), source.step, source.path)
    const value = toInputValue(member, manifest.run.inputs[name]!, from)
    if (value !== undefined) values[name] = value
  }
  return values
}

/** What was checked before the first step is what runs. */
function assertUnchanged(checked: SkillManifest, now: SkillManifest): void {
  if (checked.version !== now.version)
    throw new SkilletError(
      'STEP_FAILED',
      `${now.title} was changed from ${checked.version} to ${now.version} while the chain ran.`,
      { remedy: 'Start the chain from its beginning.' },
    )
}

/**
 * `stderr` is redacted already, before a piece of it is cut off.
 * @throws SkilletError STEP_FAILED, CANCELLED, REVOKED where it did not end by itself, without an error
 */
function assertEndedWell(result: RunResult, { title }: SkillManifest, signal: AbortSignal | undefined): void {
  const { reason, exitCode, stderr } = result
  if (reason === 'exit' && exitCode === 0) return
  // The person's own stop reaches it through this signal; any other was because it was withdrawn.
  const withdrawn = reason === 'stopped' && signal?.aborted !== true
  const sentence = finishedSentence(title, result, withdrawn)
  const said = stderr.trim().split('\n').at(-1)!.slice(0, 200)
  if (withdrawn) throw new SkilletError('REVOKED', sentence)
  if (reason === 'stopped') throw new SkilletError('CANCELLED', sentence, { remedy: goOn })
  throw new SkilletError('STEP_FAILED', said === '' ? sentence : `${sentence} It said: ${said}`)
}

import { createHash } from 'node:crypto'
import type { ChainDefinition, ChainStep } from '../../shared/chain.ts'
import type { ChainRun, StepResult } from '../../shared/contract/chains.ts'
import type { InputValues } from '../../shared/contract/library.ts'
import { SkilletError, toSkilletError, type PlainError } from '../../shared/errors.ts'
import type { SkillManifest } from '../../shared/skill-manifest.ts'
import type { ChainHooks, ChainRequest } from '../api.ts'
import type { Journal } from '../ports.ts'
import type { ChainFile } from './chain-files.ts'
import { readGiven, type Given } from './given.ts'
import { parseChain } from './parse-chain.ts'
import { placeOf, preflight, type PreflightPorts } from './preflight.ts'
import { assertNotContinued, assertSame, findEarlier, stepsToKeep, type KeptSteps } from './resume.ts'
import { goOn, runStep } from './run-step.ts'
import { shownRun } from './shown.ts'
import { keepable, type Trace, type Traces } from './traces.ts'

export interface ChainRunPorts extends PreflightPorts {
  readonly traces: Traces
  readonly journal: Journal
  readonly log: (line: string) => void
  readonly now: () => Date
}

type Ended = ChainRun & { error: PlainError | null }

/**
 * Runs a chain's steps in their order, each through the same door as any other run, after every check of every step has
 * passed. Each step leaves a checkpoint, so that a run which failed, was stopped or was killed can go on.
 * @throws SkilletError for whatever keeps it from starting; once it has started it always gives a result
 */
export async function runChain(
  ports: ChainRunPorts,
  file: ChainFile,
  { inputs, resume }: Pick<ChainRequest, 'inputs' | 'resume'>,
  hooks: ChainHooks,
): Promise<Ended> {
  const { traces } = ports
  const chain = parseChain(file.text, file.file)
  if (resume === undefined) return start(ports, file, chain, inputs, null, hooks)
  const earlier = await findEarlier(traces, file.id, resume)
  return traces.whileGoingOn(earlier.runId, async () => {
    await assertNotContinued(traces, earlier.runId)
    return start(ports, file, chain, inputs, earlier, hooks)
  })
}

async function start(
  ports: ChainRunPorts,
  file: ChainFile,
  chain: ChainDefinition,
  inputs: InputValues,
  earlier: Trace | null,
  hooks: ChainHooks,
): Promise<Ended> {
  const { traces } = ports
  const { values, wasChosen } = givenNow(inputs, earlier, hooks.wasChosen)
  const given = await readGiven(chain, values, ports.home, wasChosen)
  const digests = {
    chainSha256: createHash('sha256').update(file.text).digest('hex'),
    inputsSha256: given.sha256,
  }
  if (earlier !== null) assertSame(earlier, digests)
  const kept = earlier === null ? new Map<never, never>() : await stepsToKeep(traces, earlier, chain)
  const manifests = await preflight(ports, chain, given, kept, wasChosen)
  if (hooks.signal?.aborted === true) throw new SkilletError('CANCELLED', 'Stopped before it started.')
  const runId = traces.newRunId(file.id)
  const trace: Trace = {
    schema: 1,
    runId,
    chain: file.id,
    title: chain.title,
    startedAt: ports.now().toISOString(),
    endedAt: null,
    state: 'running',
    ...digests,
    inputs: keepable(given.values),
    resumed: earlier?.runId ?? null,
    steps: chain.steps.map(({ id, skill }, index) => ({
      id,
      slug: skill,
      version: manifests[index]!.version,
    })),
  }
  if (earlier !== null) await traces.write({ ...earlier, continuedBy: runId })
  return traces.whileRunning(runId, () => {
    const steps = { chain, given, kept, manifests, wasChosen }
    return runSteps(ports, trace, steps, hooks)
  })
}

/** A run that goes on needs nothing entered again: what it was given is kept, and was chosen by the person then. */
function givenNow(
  inputs: InputValues,
  earlier: Trace | null,
  chosen: (path: string) => boolean = () => true,
): { values: InputValues; wasChosen: (path: string) => boolean } {
  if (earlier === null || Object.keys(inputs).length > 0) return { values: inputs, wasChosen: chosen }
  if (earlier.inputs === null)
    throw new SkilletError(
      'INPUT_INVALID',
      'What that run was given looked like a key, so it was not kept.',
      {
        remedy: 'Enter the same again, then go on.',
      },
    )
  const known = Object.values(earlier.inputs)
  return { values: earlier.inputs, wasChosen: (path) => known.includes(path) || chosen(path) }
}

interface Steps {
  readonly chain: ChainDefinition
  readonly given: Given
  readonly kept: KeptSteps
  readonly manifests: readonly SkillManifest[]
  readonly wasChosen: (path: string) => boolean
}

async function runSteps(ports: ChainRunPorts, trace: Trace, all: Steps, hooks: ChainHooks): Promise<Ended> {
  const { traces, journal } = ports
  const { chain, kept, manifests } = all
  const { runId } = trace
  const outputs = new Map<string, unknown>()
  const steps = chain.steps.map(({ id, skill }) => waitingStep(id, skill))
  const show = (state: ChainRun['state']): ChainRun => {
    const { chain: id, startedAt } = trace
    return { runId, chain: id, startedAt, state, steps: [...steps] }
  }

  await journal.append('chain.started', null, startedSentence(chain, kept), {
    runId,
    chain: trace.chain,
    steps: trace.steps.map(({ id, slug, version }) => ({ id, skill: slug, version })),
    resumed: trace.resumed,
    kept: [...kept.keys()].map((index) => chain.steps[index]!.id),
  })
  let error: SkilletError | null = null
  let isBegun = false
  try {
    for (const [index, checkpoint] of kept) {
      const step: StepResult = { ...checkpoint.step, output: JSON.stringify(checkpoint.value), state: 'kept' }
      steps[index] = step
      outputs.set(step.id, checkpoint.value)
      await traces.writeStep(runId, index, step, checkpoint)
    }
    // Last: a run that can be gone on from has all that it took over.
    await traces.write(trace)
    isBegun = true
    hooks.onChange?.(shownRun(show('running')))

    for (const [index, step] of chain.steps.entries()) {
      if (kept.has(index)) continue
      if (hooks.signal?.aborted === true)
        error = new SkilletError('CANCELLED', 'Stopped by you.', { remedy: goOn })
      if (error !== null) break
      steps[index] = { ...steps[index]!, state: 'running' }
      hooks.onChange?.(shownRun(show('running')))
      const ended = await runStep(ports, { ...all, outputs }, step, manifests[index]!, hooks)
      steps[index] = ended.step
      outputs.set(step.id, ended.value)
      error = ended.error
      try {
        const { value, isWhole } = ended.kept
        const { version } = trace.steps[index]!
        await traces.writeStep(runId, index, ended.step, { version, value, redacted: !isWhole })
      } catch (failure) {
        // What can't be kept can't be gone on from: better to stop here than to lose a later step's work too.
        error ??= toSkilletError(failure)
        steps[index] = { ...ended.step, state: 'failed', error: error.toPlain() }
      }
      if (error !== null) error = ofStep(chain, step, error)
      hooks.onChange?.(shownRun(show('running')))
    }
  } catch (failure) {
    // Whatever it is, such as a full disk: that it was started is in the journal, so its end must be too.
    error ??= toSkilletError(failure)
    const at = steps.findIndex(({ state }) => state === 'running')
    if (at >= 0) steps[at] = { ...steps[at]!, state: 'failed', error: error.toPlain() }
  }

  const state = error === null ? 'done' : hooks.signal?.aborted === true ? 'stopped' : 'failed'
  // It ran, whatever happens to the books: the person must get what it made.
  const booked = await Promise.allSettled([
    isBegun ? traces.write({ ...trace, state, endedAt: ports.now().toISOString() }) : null,
    journal.append('chain.finished', null, finishedSentence(chain, state, error), {
      runId,
      chain: trace.chain,
      state,
      ...(error === null ? {} : { code: error.code }),
    }),
  ])
  for (const failed of booked)
    if (failed.status === 'rejected')
      ports.log(`the end of ${runId} could not be recorded: ${toSkilletError(failed.reason).message}`)
  return { ...show(state), error: error?.toPlain() ?? null }
}

/** A step that nothing has happened to yet. */
export function waitingStep(id: string, slug: string): StepResult {
  return {
    id,
    slug,
    state: 'waiting',
    output: null,
    stderr: '',
    reason: null,
    durationMs: 0,
    receipt: null,
    error: null,
  }
}

function ofStep(chain: ChainDefinition, { id }: ChainStep, error: SkilletError): SkilletError {
  return new SkilletError(error.code, `Step ${placeOf(chain, id)}: ${error.message}`, {
    remedy: error.remedy,
    cause: error,
  })
}

function startedSentence({ title }: ChainDefinition, kept: KeptSteps): string {
  if (kept.size === 0) return `Started the chain “${title}”.`
  return kept.size === 1
    ? `Went on with the chain “${title}”; 1 step was done already.`
    : `Went on with the chain “${title}”; ${kept.size} steps were done already.`
}

function finishedSentence(
  { title }: ChainDefinition,
  state: ChainRun['state'],
  error: SkilletError | null,
): string {
  if (error === null) return `The chain “${title}” finished.`
  return state === 'stopped'
    ? `The chain “${title}” was stopped by you.`
    : `The chain “${title}” did not finish. ${error.message}`
}

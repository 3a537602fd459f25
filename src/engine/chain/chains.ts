import { join } from 'node:path'
import type { Chain, EarlierRun, StepResult } from '../../shared/contract/chains.ts'
import { SkilletError, toSkilletError } from '../../shared/errors.ts'
import type { Engine } from '../api.ts'
import { createChainFiles, type ChainFile } from './chain-files.ts'
import type { ChainSkills } from './chain-skills.ts'
import { misfits } from './fit.ts'
import { parseChain } from './parse-chain.ts'
import { continuedBy } from './resume.ts'
import { runChain, waitingStep, type ChainRunPorts } from './run-chain.ts'
import { shownRun } from './shown.ts'
import { createTraces, type Trace, type Traces } from './traces.ts'

type Chains = Pick<Engine, 'chains' | 'addChain' | 'removeChain' | 'restoreChain' | 'runChain' | 'chainRuns'>

/** Skills in a row: which there are, their runs, and what those left. */
export function createChains(ports: Omit<ChainRunPorts, 'traces'>): Chains {
  const files = createChainFiles(join(ports.home, 'chains'))
  // Made when first asked for: a command that has nothing to do with chains shouldn't wait for their formats.
  let made: Traces | null = null
  const traces = () => (made ??= createTraces(join(ports.home, 'traces'), ports.log, ports.now))
  return {
    async chains() {
      const described = await Promise.all((await files.list()).map((file) => describe(file, ports.skills)))
      return described.sort((a, b) => a.title.localeCompare(b.title))
    },
    addChain: (file) => files.add(file),
    removeChain: (id) => files.remove(id),
    restoreChain: (undoId) => files.restore(undoId),
    async runChain({ chain, inputs, resume }, hooks = {}) {
      const file = await ('id' in chain ? files.get(chain.id) : files.read(chain.file))
      return runChain({ ...ports, traces: traces() }, file, { inputs, resume }, hooks)
    },
    async chainRuns(id) {
      const runs: EarlierRun[] = []
      // One after the other: what the steps of fifty runs printed need not be in memory at once.
      for (const runId of await traces().runsOf(id)) {
        const run = await earlierRun(traces(), runId).catch((error: unknown) => {
          // One that is damaged must not hide the others.
          ports.log(toSkilletError(error).message)
          return null
        })
        if (run !== null) runs.push(shownRun(run))
      }
      return runs
    },
  }
}

async function describe(file: ChainFile, skills: ChainSkills): Promise<Chain> {
  const { id, builtIn } = file
  try {
    if (file.problem !== undefined) throw file.problem
    const chain = parseChain(file.text, file.file)
    const steps = chain.steps.map(async (step) => {
      const { manifest, problem } = await skills.glance(step.skill)
      const wrong = manifest === null ? [] : misfits(step, chain, manifest)
      const why = wrong.length > 0 ? new SkilletError('CHAIN_INVALID', wrong.join(' ')) : problem
      return {
        id: step.id,
        slug: step.skill,
        title: manifest?.title ?? null,
        problem: why?.toPlain() ?? null,
      }
    })
    return {
      id,
      title: chain.title,
      summary: chain.summary,
      inputs: Object.entries(chain.inputs).map(([name, input]) => ({ name, ...input })),
      steps: await Promise.all(steps),
      builtIn,
      problem: null,
    }
  } catch (error) {
    const problem = toSkilletError(error).toPlain()
    return { id, title: id, summary: '', inputs: [], steps: [], builtIn, problem }
  }
}

async function earlierRun(traces: Traces, runId: string): Promise<EarlierRun | null> {
  const trace = await traces.read(runId)
  if (trace === null) return null
  const { chain, startedAt } = trace
  // One that was killed and is gone on from is locked, but does not run.
  const mayRun = trace.state === 'running' && trace.continuedBy === undefined
  const isRunning = mayRun && (await traces.isRunning(runId))
  const wasKilled = trace.state === 'running' && !isRunning
  const steps = await Promise.all(trace.steps.map((step, index) => stepOf(traces, trace, index, step)))
  const at = steps.findIndex(({ state }) => state === 'waiting')
  if (isRunning && at >= 0) steps[at] = { ...steps[at]!, state: 'running' }
  if (wasKilled) {
    const error = new SkilletError('INTERNAL', 'Skillet was ended while this step ran.', {
      remedy: 'Go on from this step.',
    })
    if (at >= 0) steps[at] = { ...steps[at]!, state: 'failed', error: error.toPlain() }
  }
  const state = wasKilled ? 'failed' : trace.state
  return { runId, chain, startedAt, state, steps, continuedBy: await continuedBy(traces, trace) }
}

async function stepOf(
  traces: Traces,
  { runId }: Trace,
  index: number,
  { id, slug }: Trace['steps'][number],
): Promise<StepResult> {
  const checkpoint = await traces.readStep(runId, index, id)
  if (checkpoint === null) return waitingStep(id, slug)
  const { step, value } = checkpoint
  return { ...step, output: step.state === 'failed' ? null : JSON.stringify(value) }
}

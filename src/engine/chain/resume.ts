import type { ChainDefinition } from '../../shared/chain.ts'
import { SkilletError } from '../../shared/errors.ts'
import { underWay, type Checkpoint, type Trace, type Traces } from './traces.ts'

/** The steps of an earlier run that needn't run again, by their place in the chain. */
export type KeptSteps = ReadonlyMap<number, Checkpoint>

/**
 * The run that `runId`, or `latest`, names.
 * @throws SkilletError NOT_FOUND; BUSY while it is under way; INPUT_INVALID where nothing of it is left to do, or another
 *   run went on from it
 */
export async function findEarlier(traces: Traces, chain: string, runId: string): Promise<Trace> {
  const trace = runId === 'latest' ? await latest(traces, chain) : await traces.read(runId)
  if (trace === null || trace.chain !== chain)
    throw new SkilletError('NOT_FOUND', 'There is no such earlier run of this chain.', {
      remedy: 'Start the chain from its beginning.',
    })
  if (await traces.isRunning(trace.runId)) throw underWay()
  if (trace.state === 'done') throw startAnew('That run came to its end; there is nothing left to do.')
  await assertNotContinued(traces, trace.runId)
  return trace
}

/**
 * The run that went on from this one; null where none did. One that was killed before it began has done nothing; one that
 * can't be read may have.
 */
export async function continuedBy(traces: Traces, { continuedBy: by }: Trace): Promise<string | null> {
  if (by === undefined) return null
  const hasBegun = await traces.read(by).then(
    (trace) => trace !== null,
    () => true,
  )
  return hasBegun ? by : null
}

/**
 * What comes after a run's done steps is done once, not by each run that goes on from it.
 * @throws SkilletError INPUT_INVALID that names the other run
 */
export async function assertNotContinued(traces: Traces, runId: string): Promise<void> {
  const trace = await traces.read(runId)
  const by = trace === null ? null : await continuedBy(traces, trace)
  if (by !== null)
    throw new SkilletError('INPUT_INVALID', `That run was gone on with as ${by}.`, {
      remedy: 'Go on from that one, or start the chain from its beginning.',
    })
}

/** One that was killed before it began left nothing to go on from. */
async function latest(traces: Traces, chain: string): Promise<Trace | null> {
  for (const runId of await traces.runsOf(chain)) {
    const trace = await traces.read(runId)
    if (trace !== null) return trace
  }
  return null
}

/** @throws SkilletError INPUT_INVALID that says what differs from then */
export function assertSame(trace: Trace, now: Pick<Trace, 'chainSha256' | 'inputsSha256'>): void {
  if (trace.chainSha256 !== now.chainSha256)
    throw startAnew("The chain's file was changed since that run, so it can't go on.")
  if (trace.inputsSha256 !== now.inputsSha256)
    throw startAnew("What the chain is given differs from that run, so it can't go on.")
}

/**
 * Which steps stay done: those with a good checkpoint, unless somebody still needs what a key was redacted from, or they
 * were made of something that is made again.
 */
export async function stepsToKeep(traces: Traces, trace: Trace, chain: ChainDefinition): Promise<KeptSteps> {
  const kept = new Map<number, Checkpoint>()
  for (const [index, { id }] of chain.steps.entries()) {
    const checkpoint = await traces.readStep(trace.runId, index, id)
    if (checkpoint !== null && (checkpoint.step.state === 'done' || checkpoint.step.state === 'kept'))
      kept.set(index, checkpoint)
  }
  const takesFrom = chain.steps.map(({ inputs }) =>
    Object.values(inputs).flatMap((source) =>
      source.kind === 'step' ? [chain.steps.findIndex(({ id }) => id === source.step)] : [],
    ),
  )
  for (let before = -1; before !== kept.size;) {
    before = kept.size
    for (const [index, sources] of takesFrom.entries())
      for (const source of sources) {
        if (!kept.has(index) && kept.get(source)?.redacted === true) kept.delete(source)
        if (!kept.has(source)) kept.delete(index)
      }
  }
  return kept
}

/** @throws SkilletError INPUT_INVALID where a kept step's skill is another version now */
export function assertVersion(title: string, was: string, is: string): void {
  if (was !== is)
    throw startAnew(`${title} was ${was} in that run and is ${is} now, so what it made then doesn't count.`)
}

function startAnew(message: string): SkilletError {
  return new SkilletError('INPUT_INVALID', message, { remedy: 'Start the chain from its beginning.' })
}

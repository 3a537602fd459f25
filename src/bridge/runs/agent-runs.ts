import { randomUUID } from 'node:crypto'
import type { Engine, RunRequest } from '../../engine/api.ts'
import { SkilletError, toSkilletError } from '../../shared/errors.ts'
import type { RunResult } from '../../shared/receipt.ts'
import { isWithin } from '../access/given-paths.ts'
import type { Agent, OperationEvent } from '../operations/operation.ts'
import type { AgentRun } from './agent-run.ts'
import { createRunEvents, type RunEvents } from './run-events.ts'

const mostRunning = { ofAgent: 4, together: 16 }
/** Ended ones that can still be asked about: so many of an agent's, and so much text of all together. */
const mostEnded = 20
const mostEndedBytes = 32 * 1024 * 1024

/** Runs that agents have started, each agent's own to see and to stop. */
export interface AgentRuns {
  /**
   * Starts a run that the person has nothing more to say about. `onEvent` hears of it as it goes on.
   * @throws SkilletError RATE_LIMITED while too many of the agent's go on
   */
  start(
    agent: Agent,
    request: RunRequest,
    wasChosen: (path: string) => boolean,
    onEvent: (event: OperationEvent) => void,
  ): Promise<AgentRun>
  /** Waits for its end, for up to `waitMs`. @throws SkilletError NOT_FOUND, CANCELLED */
  get(agent: Agent, runId: string, waitMs: number, signal?: AbortSignal): Promise<AgentRun>
  /** Newest first. */
  list(agent: Agent): AgentRun[]
  /** Stops it and waits for its end; one that has ended stays as it is. @throws SkilletError NOT_FOUND */
  stop(agent: Agent, runId: string): Promise<AgentRun>
  /** @throws SkilletError NOT_FOUND */
  events(agent: Agent, runId: string): RunEvents
  /** Stops and forgets the runs of agents that aren't among these any more. */
  keepOnly(agentIds: ReadonlySet<string>): void
  /** Stops all and waits until each has ended. */
  stopAll(): Promise<void>
}

interface Held {
  readonly agentId: string
  readonly events: RunEvents
  readonly stop: AbortController
  readonly ended: Promise<void>
  /** Characters that it printed. */
  size: number
  run: AgentRun
}

export function createAgentRuns(ports: {
  engine: () => Promise<Engine>
  log: (line: string) => void
}): AgentRuns {
  /** In the order in which they were started. */
  const held = new Map<string, Held>()

  const own = (agent: Agent, runId: string): Held => {
    const one = held.get(runId)
    if (one?.agentId !== agent.id)
      throw new SkilletError('NOT_FOUND', 'You have no run with this id.', {
        remedy: 'Ended runs are kept for a while only: start it again.',
      })
    return one
  }

  function assertRoom(agent: Agent): void {
    const running = [...held.values()].filter(({ run }) => run.state === 'running')
    const ofAgent = running.filter(({ agentId }) => agentId === agent.id).length
    if (ofAgent < mostRunning.ofAgent && running.length < mostRunning.together) return
    throw new SkilletError('RATE_LIMITED', 'Too many runs go on at once.', {
      remedy: 'Wait for one to end, or stop it.',
    })
  }

  function forgetOld(agentId: string): void {
    const ended = [...held].filter(([, { run }]) => run.state !== 'running')
    const ofAgent = ended.filter(([, one]) => one.agentId === agentId)
    for (const [id] of ofAgent.slice(0, -mostEnded)) held.delete(id)
    let size = ended.reduce((sum, [, one]) => sum + one.size, 0)
    for (const [id, one] of ended) {
      if (size <= mostEndedBytes) break
      size -= one.size
      held.delete(id)
    }
  }

  return {
    async start(agent, request, wasChosen, onEvent) {
      assertRoom(agent)
      const runId = randomUUID()
      const stop = new AbortController()
      const events = createRunEvents()
      const given = Object.values(request.inputs).filter(
        (value) => typeof value === 'string' && wasChosen(value),
      ) as string[]
      const work = async () => {
        const outcome = await ports
          .engine()
          .then((engine) =>
            engine.run(request, {
              signal: stop.signal,
              wasChosen,
              agent: { id: agent.id, name: agent.name },
              onOutput(stream, text) {
                events.push('output', { stream, text })
                onEvent({ type: 'output', stream, text })
              },
            }),
          )
          .then(
            (result) => ({ state: 'ended' as const, result: shownResult(result, given), error: null }),
            (error: unknown) => ({ state: 'refused' as const, result: null, error: told(error) }),
          )
        one.run = { ...one.run, ...outcome, endedAt: new Date().toISOString() }
        one.size = (outcome.result?.stdout.length ?? 0) + (outcome.result?.stderr.length ?? 0)
        events.push('end', one.run)
        forgetOld(agent.id)
      }
      // After `one` is there.
      const ended = Promise.resolve().then(work)
      const one: Held = {
        agentId: agent.id,
        events,
        stop,
        ended,
        size: 0,
        run: {
          runId,
          slug: request.slug,
          state: 'running',
          startedAt: new Date().toISOString(),
          endedAt: null,
          result: null,
          error: null,
        },
      }
      held.set(runId, one)
      return one.run
    },
    async get(agent, runId, waitMs, signal) {
      const one = own(agent, runId)
      if (waitMs > 0 && one.run.state === 'running') await within(one.ended, waitMs, signal)
      // The agent may have been removed meanwhile.
      return own(agent, runId).run
    },
    list: (agent) =>
      [...held.values()]
        .filter(({ agentId }) => agentId === agent.id)
        .map(({ run }) => run)
        .reverse(),
    async stop(agent, runId) {
      const one = own(agent, runId)
      one.stop.abort()
      await one.ended
      return one.run
    },
    events: (agent, runId) => own(agent, runId).events,
    keepOnly(agentIds) {
      for (const [id, { agentId, stop }] of held)
        if (!agentIds.has(agentId)) {
          // Before it ends: nobody is told of its end any more.
          held.delete(id)
          stop.abort()
        }
    },
    async stopAll() {
      const all = [...held.values()]
      for (const { stop } of all) stop.abort()
      await Promise.all(all.map(({ ended }) => ended))
    },
  }

  function told(error: unknown) {
    const failure = toSkilletError(error)
    if (failure.code === 'INTERNAL') ports.log(`an agent's run failed: ${String(failure.cause)}`)
    return failure.toPlain()
  }
}

/** What lies elsewhere than in what the agent gave is Skillet's own business, such as where it keeps a skill's state. */
function shownResult({ receipt, ...result }: RunResult, given: readonly string[]) {
  const isGiven = (path: string) => given.some((place) => isWithin(path, place))
  return {
    ...result,
    receipt: { ...receipt, read: receipt.read.filter(isGiven), written: receipt.written.filter(isGiven) },
  }
}

async function within(work: Promise<void>, ms: number, signal: AbortSignal | undefined): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  let cancel = () => {}
  try {
    await Promise.race([
      work,
      new Promise<void>((resolve) => (timer = setTimeout(resolve, ms))),
      new Promise<void>((_, reject) => {
        cancel = () => reject(new SkilletError('CANCELLED', 'Nobody waits for it any more.'))
        if (signal?.aborted === true) cancel()
        signal?.addEventListener('abort', cancel, { once: true })
      }),
    ])
  } finally {
    clearTimeout(timer)
    signal?.removeEventListener('abort', cancel)
  }
}

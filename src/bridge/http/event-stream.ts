import { SkilletError } from '../../shared/errors.ts'
import { assertScope } from '../access/tokens.ts'
import type { Agent } from '../operations/operation.ts'
import type { AgentRuns } from '../runs/agent-runs.ts'
import type { RunEvent, RunEvents } from '../runs/run-events.ts'
import type { BridgeApp } from './app.ts'
import type { BridgeBindings } from './authenticate.ts'

/** The streams that are open. */
export interface EventStreams {
  /** Ends those of agents that aren't among these any more, without another word. */
  keepOnly(agentIds: ReadonlySet<string>): void
}

/** A reader that takes nothing for so long is sent away. */
const usualStalledMs = 30_000
const mostStreams = { ofAgent: 16, together: 128 }

interface StreamPorts {
  readonly authenticate: (bindings: BridgeBindings) => Promise<Agent>
  readonly runs: AgentRuns
  /** Milliseconds for which a reader may take nothing. */
  readonly stalledMs?: number
}

/**
 * What a run says, as server-sent events (HTML Standard §9.2), from the beginning or after `Last-Event-ID`; it ends with
 * the run. A part is made when the reader has room for it, so one that doesn't read holds no memory but the run's own.
 */
export function addEventStream(
  app: BridgeApp,
  { authenticate, runs, stalledMs = usualStalledMs }: StreamPorts,
): EventStreams {
  const open = new Set<{ agentId: string; cut: () => void }>()
  app.get('/v1/runs/:runId/events', async (context) => {
    const agent = await authenticate(context.env)
    assertScope(agent, 'runs:read')
    const events = runs.events(agent, context.req.param('runId'))
    const from = readLastId(context.req.header('last-event-id'))
    const ofAgent = [...open].filter(({ agentId }) => agentId === agent.id).length
    if (ofAgent >= mostStreams.ofAgent || open.size >= mostStreams.together)
      throw new SkilletError('RATE_LIMITED', 'Too many streams of events are open.', {
        remedy: 'Close one of them.',
      })
    const { outgoing } = context.env
    const cut = () => void outgoing.destroy()
    const mine = { agentId: agent.id, cut }
    open.add(mine)
    return new Response(
      streamOf(events, from, stalledMs, cut, () => open.delete(mine)),
      { headers: { 'content-type': 'text/event-stream; charset=utf-8' } },
    )
  })
  return {
    keepOnly(agentIds) {
      for (const { agentId, cut } of open) if (!agentIds.has(agentId)) cut()
    },
  }
}

function readLastId(text: string | undefined): number {
  if (text === undefined || text === '') return 0
  if (/^\d{1,12}$/.test(text)) return Number(text)
  throw new SkilletError('INPUT_INVALID', 'Last-Event-ID: not one that Skillet gave.', {
    remedy: 'Leave it out to begin at the beginning.',
  })
}

function streamOf(
  events: RunEvents,
  from: number,
  stalledMs: number,
  cutOff: () => void,
  ended: () => void,
): ReadableStream {
  const gone = new AbortController()
  let at = from
  let stalled: NodeJS.Timeout | undefined
  const finish = () => {
    clearTimeout(stalled)
    if (gone.signal.aborted) return
    gone.abort()
    ended()
  }
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      clearTimeout(stalled)
      await events.more(at, gone.signal)
      if (gone.signal.aborted) return
      const { events: next, missed } = events.after(at)
      at = next.at(-1)?.id ?? at
      controller.enqueue(Buffer.from(`${missed > 0 ? gapText(missed) : ''}${next.map(eventText).join('')}`))
      if (next.at(-1)?.event === 'end') {
        finish()
        controller.close()
      } else
        stalled = setTimeout(() => {
          finish()
          cutOff()
        }, stalledMs)
    },
    cancel: finish,
  })
}

function eventText({ id, event, data }: RunEvent): string {
  return `id: ${id}\nevent: ${event}\ndata: ${data}\n\n`
}

/** Without an id: what is asked for again afterwards starts at what was really sent. */
function gapText(missed: number): string {
  return `event: gap\ndata: ${JSON.stringify({ missed })}\n\n`
}

import { randomUUID } from 'node:crypto'
import type { InputValues } from '../shared/contract/library.ts'
import type { Receipt } from '../shared/receipt.ts'
import type { EngineSource } from './engine-source.ts'
import type { Send } from './ipc/send.ts'
import { toToldError, type Log } from './log.ts'

const flushEveryMs = 40

export interface Stoppable {
  /** Stops a run; one that has ended already is left alone. */
  stop(runId: string): void
  /** Stops all runs and waits until each has ended. */
  stopAll(): Promise<void>
  /** How many run at the moment. */
  running(): number
}

export interface Runs extends Stoppable {
  /** Starts a run and resolves to its id; output, the end and any refusal follow as events. */
  start(slug: string, inputs: InputValues): Promise<string>
}

/** What runs of skills and of chains need alike. */
export interface RunsPorts {
  engine: EngineSource
  send: Send
  /** True for a path that the person picked in the system's chooser. */
  wasChosen: (path: string) => boolean
  onReceipt: (receipt: Receipt) => void
  /** Called when one more or one less runs. */
  onRunning: () => void
  log: Log
}

export function createRuns(ports: RunsPorts): Runs {
  const running = new Map<string, Running>()
  return {
    async start(slug, inputs) {
      const engine = await ports.engine.get()
      const runId = randomUUID()
      const stop = new AbortController()
      const output = createOutputBuffer((stream, text) => ports.send('run.output', { runId, stream, text }))
      const ended = (async () => {
        // After this call has been answered: the window must know the id before it hears of the run.
        await new Promise((resolve) => setImmediate(resolve))
        try {
          const result = await engine.run(
            { slug, inputs },
            // A page that was taken over must not hand a skill a file that the person never picked.
            { signal: stop.signal, onOutput: output.push, wasChosen: ports.wasChosen },
          )
          output.end()
          ports.onReceipt(result.receipt)
          ports.send('run.finished', { runId, result, error: null })
        } catch (error) {
          output.end()
          const failure = toToldError(error, `run of ${slug}`, ports.log)
          ports.send('run.finished', { runId, result: null, error: failure.toPlain() })
        } finally {
          running.delete(runId)
          ports.onRunning()
        }
      })()
      running.set(runId, { stop, ended })
      ports.onRunning()
      return runId
    },
    stop(runId) {
      running.get(runId)?.stop.abort()
    },
    stopAll: () => stopEach(running.values()),
    running: () => running.size,
  }
}

export interface Running {
  readonly stop: AbortController
  ended: Promise<unknown>
}

/** Stops all of these and waits until each has ended. */
export async function stopEach(running: Iterable<Running>): Promise<void> {
  const all = [...running]
  for (const { stop } of all) stop.abort()
  await Promise.all(all.map(({ ended }) => ended))
}

type Stream = 'stdout' | 'stderr'

/** Joins what a chatty skill prints into a few events a second, in order. */
function createOutputBuffer(send: (stream: Stream, text: string) => void): {
  push: (stream: Stream, text: string) => void
  end: () => void
} {
  let pending: { stream: Stream; text: string }[] = []
  let timer: NodeJS.Timeout | null = null
  const flush = () => {
    timer = null
    const parts = pending
    pending = []
    for (const { stream, text } of parts) send(stream, text)
  }
  return {
    push(stream, text) {
      const last = pending.at(-1)
      if (last?.stream === stream) last.text += text
      else pending.push({ stream, text })
      timer ??= setTimeout(flush, flushEveryMs)
    },
    end() {
      if (timer !== null) clearTimeout(timer)
      flush()
    },
  }
}

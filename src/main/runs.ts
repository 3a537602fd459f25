import { randomUUID } from 'node:crypto'
import type { InputValues } from '../shared/contract/library.ts'
import { toSkilletError } from '../shared/errors.ts'
import type { Receipt } from '../shared/receipt.ts'
import type { EngineSource } from './engine-source.ts'
import type { Send } from './ipc/send.ts'
import { describeError, type Log } from './log.ts'

const flushEveryMs = 40

export interface Runs {
  /** Starts a run and resolves to its id; output, the end and any refusal follow as events. */
  start(slug: string, inputs: InputValues): Promise<string>
  /** Stops a run; one that has ended already is left alone. */
  stop(runId: string): void
  /** Stops all runs and waits until each has ended. */
  stopAll(): Promise<void>
}

interface RunsPorts {
  engine: EngineSource
  send: Send
  /** True for a path that the person picked in the system's chooser. */
  wasChosen: (path: string) => boolean
  onReceipt: (receipt: Receipt) => void
  log: Log
}

export function createRuns(ports: RunsPorts): Runs {
  const running = new Map<string, { stop: AbortController; ended: Promise<void> }>()
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
          const failure = toSkilletError(error)
          if (failure.code === 'INTERNAL') ports.log(`run of ${slug} failed: ${describeError(failure)}`)
          ports.send('run.finished', { runId, result: null, error: failure.toPlain() })
        } finally {
          running.delete(runId)
        }
      })()
      running.set(runId, { stop, ended })
      return runId
    },
    stop(runId) {
      running.get(runId)?.stop.abort()
    },
    async stopAll() {
      const all = [...running.values()]
      for (const { stop } of all) stop.abort()
      await Promise.all(all.map(({ ended }) => ended))
    },
  }
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

import { shownRun } from '../engine/chain/shown.ts'
import type { ChainRun } from '../shared/contract/chains.ts'
import type { InputValues } from '../shared/contract/library.ts'
import { toSkilletError } from '../shared/errors.ts'
import type { Receipt } from '../shared/receipt.ts'
import type { EngineSource } from './engine-source.ts'
import type { Send } from './ipc/send.ts'
import { describeError, type Log } from './log.ts'

export interface ChainRuns {
  /** Resolves to the run's id once every step has passed its checks; what follows arrives as events. */
  start(chain: string, inputs: InputValues, resume: string | null): Promise<string>
  /** Stops a run; one that has ended already is left alone. */
  stop(runId: string): void
  /** Stops all runs and waits until each has ended. */
  stopAll(): Promise<void>
}

interface ChainRunsPorts {
  engine: EngineSource
  send: Send
  /** True for a path that the person picked in the system's chooser. */
  wasChosen: (path: string) => boolean
  onReceipt: (receipt: Receipt) => void
  log: Log
}

interface Running {
  /** As it was told last; null while its steps are being checked. */
  last: ChainRun | null
  stop: AbortController
  ended: Promise<unknown>
}

export function createChainRuns(ports: ChainRunsPorts): ChainRuns {
  const running = new Set<Running>()
  return {
    async start(chain, inputs, resume) {
      const engine = await ports.engine.get()
      const stop = new AbortController()
      const seen = new Set<string>()
      return new Promise<string>((resolve, reject) => {
        const one: Running = { last: null, stop, ended: Promise.resolve() }
        const tell = (run: ChainRun) => {
          one.last = run
          for (const { id, receipt } of run.steps)
            if (receipt !== null && !seen.has(id)) {
              seen.add(id)
              ports.onReceipt(receipt)
            }
          resolve(run.runId)
        }
        one.ended = engine
          .runChain(
            { chain: { id: chain }, inputs, ...(resume === null ? {} : { resume }) },
            {
              signal: stop.signal,
              wasChosen: ports.wasChosen,
              onChange(run) {
                tell(run)
                ports.send('chain.changed', { ...run, error: null })
              },
            },
          )
          .then((run) => {
            tell(run)
            ports.send('chain.changed', shownRun(run))
          })
          .catch((error: unknown) => {
            const failure = toSkilletError(error)
            if (failure.code === 'INTERNAL') ports.log(`the chain ${chain} failed: ${describeError(failure)}`)
            // Whoever started it has been answered by then.
            if (one.last !== null)
              ports.send('chain.changed', { ...one.last, state: 'failed', error: failure.toPlain() })
            reject(failure)
          })
          .finally(() => running.delete(one))
        running.add(one)
      })
    },
    stop(runId) {
      for (const one of running) if (one.last?.runId === runId) one.stop.abort()
    },
    async stopAll() {
      const all = [...running]
      for (const { stop } of all) stop.abort()
      await Promise.all(all.map(({ ended }) => ended))
    },
  }
}

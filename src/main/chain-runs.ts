import { shownRun } from '../engine/chain/shown.ts'
import type { ChainRun } from '../shared/contract/chains.ts'
import type { InputValues } from '../shared/contract/library.ts'
import { toToldError } from './log.ts'
import { stopEach, type Running, type RunsPorts, type Stoppable } from './runs.ts'

export interface ChainRuns extends Stoppable {
  /** Resolves to the run's id once every step has passed its checks; what follows arrives as events. */
  start(chain: string, inputs: InputValues, resume: string | null): Promise<string>
}

interface RunningChain extends Running {
  /** As it was told last; null while its steps are being checked. */
  last: ChainRun | null
}

export function createChainRuns(ports: RunsPorts): ChainRuns {
  const running = new Set<RunningChain>()
  return {
    async start(chain, inputs, resume) {
      const engine = await ports.engine.get()
      const stop = new AbortController()
      const seen = new Set<string>()
      return new Promise<string>((resolve, reject) => {
        const one: RunningChain = { last: null, stop, ended: Promise.resolve() }
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
            const failure = toToldError(error, `the chain ${chain}`, ports.log)
            // Whoever started it has been answered by then.
            if (one.last !== null)
              ports.send('chain.changed', { ...one.last, state: 'failed', error: failure.toPlain() })
            reject(failure)
          })
          .finally(() => {
            running.delete(one)
            ports.onRunning()
          })
        running.add(one)
        ports.onRunning()
      })
    },
    stop(runId) {
      for (const one of running) if (one.last?.runId === runId) one.stop.abort()
    },
    stopAll: () => stopEach(running),
    running: () => running.size,
  }
}

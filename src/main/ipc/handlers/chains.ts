import { extname } from 'node:path'
import type { WindowHandlers } from '../../../shared/contract/index.ts'
import { SkilletError } from '../../../shared/errors.ts'
import type { ChainRuns } from '../../chain-runs.ts'
import type { EngineSource } from '../../engine-source.ts'

type ChainHandlers = Pick<
  WindowHandlers,
  'chain.list' | 'chain.add' | 'chain.remove' | 'chain.restore' | 'chain.start' | 'chain.stop' | 'chain.runs'
>

interface ChainPorts {
  engine: EngineSource
  runs: ChainRuns
  /** True for a file that the person dropped or chose. */
  mayOpen: (path: string) => boolean
}

export function chainHandlers({ engine, runs, mayOpen }: ChainPorts): ChainHandlers {
  return {
    'chain.list': async () => (await engine.get()).chains(),
    'chain.add': async ({ path }) => {
      // A page that was taken over must not have files read that the person never picked.
      if (!mayOpen(path) || extname(path).toLowerCase() !== '.toml')
        throw new SkilletError('INPUT_INVALID', 'A chain is a file whose name ends in .toml.', {
          remedy: 'Choose such a file, or drop it onto the window.',
        })
      return (await engine.get()).addChain(path)
    },
    'chain.remove': async ({ id }) => (await engine.get()).removeChain(id),
    'chain.restore': async ({ undoId }) => (await engine.get()).restoreChain(undoId),
    'chain.start': async ({ id, inputs, resume }) => ({ runId: await runs.start(id, inputs, resume) }),
    'chain.stop': async ({ runId }) => {
      runs.stop(runId)
      return null
    },
    'chain.runs': async ({ id }) => (await engine.get()).chainRuns(id),
  }
}

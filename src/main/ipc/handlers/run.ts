import type { WindowHandlers } from '../../../shared/contract/index.ts'
import type { Runs } from '../../runs.ts'

type RunHandlers = Pick<WindowHandlers, 'run.start' | 'run.stop'>

export function runHandlers(runs: Runs): RunHandlers {
  return {
    'run.start': async ({ slug, inputs }) => ({ runId: await runs.start(slug, inputs) }),
    'run.stop': async ({ runId }) => {
      runs.stop(runId)
      return null
    },
  }
}

import type { ChainRun } from '../../shared/contract/chains.ts'

/** Characters of an output that are worth sending to somebody who looks at it. */
const shownLength = 64 * 1024

/** A run to be looked at: of a long output its beginning. All of it is in the step's checkpoint. */
export function shownRun<Run extends Pick<ChainRun, 'steps'>>(run: Run): Run {
  return { ...run, steps: run.steps.map((step) => ({ ...step, output: shownOutput(step.output) })) }
}

function shownOutput(output: string | null): string | null {
  if (output === null || output.length <= shownLength) return output
  return `${output.slice(0, shownLength)}… (${Math.ceil(output.length / 1024)} KB in all)`
}

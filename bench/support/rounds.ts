import { spawnSync } from 'node:child_process'

/** One way of doing the same thing. */
export interface Contestant {
  readonly name: string
  /** Not measured. */
  readonly before?: (round: number) => unknown
  readonly work: (round: number) => unknown
}

/**
 * Lets all of them work in turn, in another order each round, the disk at rest before each, and returns what each took
 * in every round, in milliseconds. The first round isn't counted.
 */
export async function interleave(
  contestants: readonly Contestant[],
  rounds: number,
): Promise<Map<string, number[]>> {
  const times = new Map<string, number[]>(contestants.map(({ name }) => [name, []]))
  for (let round = 0; round <= rounds; round++) {
    for (let turn = 0; turn < contestants.length; turn++) {
      const { name, before, work } = contestants[(turn + round) % contestants.length]!
      await before?.(round)
      spawnSync('sync')
      const started = performance.now()
      await work(round)
      if (round > 0) times.get(name)!.push(performance.now() - started)
    }
  }
  return times
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[sorted.length >> 1]!
}

/** The median of the ratios, round by round: what slows a whole round down slows both. */
export function ratio(values: readonly number[], floor: readonly number[]): number {
  return median(values.map((value, round) => value / floor[round]!))
}

/** The value that `percent` of all don't exceed. */
export function percentile(values: readonly number[], percent: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.ceil((sorted.length * percent) / 100) - 1)]!
}

/** Thrown where a file is built so that looking at all of it would take too long. */
export class TooComplex extends Error {}

/** What one skill may cost: nodes of syntax in all, and how deeply they may be nested. */
export const complexityLimits = { nodes: 400_000, depth: 300 } as const

export interface Budget {
  /** Runs `work` one level deeper. @throws TooComplex */
  within<T>(work: () => T): T
  /** Counts what is read without going deeper. @throws TooComplex */
  spend(count: number): void
}

/** One budget for everything that is read of a skill. */
export function createBudget(limits: { nodes: number; depth: number } = complexityLimits): Budget {
  let nodes = limits.nodes
  let depth = 0
  return {
    within(work) {
      if (--nodes < 0 || depth >= limits.depth) throw new TooComplex()
      depth++
      try {
        return work()
      } finally {
        depth--
      }
    },
    spend(count) {
      nodes -= count
      if (nodes < 0) throw new TooComplex()
    },
  }
}

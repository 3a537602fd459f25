import { Refusal } from './refusal.ts'

export interface PaceLimits {
  readonly perSecond: number
  /** What may come at once. */
  readonly burst: number
}

export const usualPace: PaceLimits = { perSecond: 200, burst: 2000 }

/** More agents than a person has. */
const mostKept = 1000

/** How fast one agent may ask, counted in memory without a timer (token bucket). @throws Refusal RATE_LIMITED */
export function createPace(
  { perSecond, burst }: PaceLimits,
  now: () => number = () => performance.now(),
): (agentId: string) => void {
  const kept = new Map<string, { left: number; at: number }>()
  return (agentId) => {
    const at = now()
    let one = kept.get(agentId)
    if (one === undefined) {
      if (kept.size >= mostKept) kept.delete(kept.keys().next().value!)
      kept.set(agentId, (one = { left: burst, at }))
    }
    one.left = Math.min(burst, one.left + ((at - one.at) / 1000) * perSecond)
    one.at = at
    if (one.left < 1)
      throw new Refusal(429, 'RATE_LIMITED', 'You ask too often.', {
        remedy: 'Try again in a second.',
        headers: { 'retry-after': '1' },
      })
    one.left -= 1
  }
}

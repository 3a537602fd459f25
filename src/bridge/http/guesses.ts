import { setTimeout as delay } from 'node:timers/promises'
import type { Peer } from '../peer/peers.ts'
import { Refusal } from './refusal.ts'

export interface Guesses {
  /** Counts a token that wasn't good and makes its sender wait. @throws Refusal RATE_LIMITED */
  wrong(peer: Peer): Promise<void>
}

/** So many wrong tokens are answered within the window; then there is no answer but to come back later. */
const most = 10
const windowMs = 60_000
/** The first mistake costs nothing that anybody notices. */
const firstWaitMs = 50
const longestWaitMs = 2_000
/** Answers that are held back at once; whoever asks more gets theirs at once, and it is no. */
const mostWaiting = 32

/** Nobody guesses 256 bits, but nobody needs to try, either. In memory, bounded, and without a timer while nobody guesses. */
export function createGuesses(now: () => number = () => performance.now()): Guesses {
  const counted = new Map<string, { wrong: number; until: number }>()
  let waiting = 0
  return {
    async wrong(peer) {
      const who = `${peer.transport} ${peer.uid ?? ''}`
      const known = counted.get(who)
      const entry = known !== undefined && known.until > now() ? known : { wrong: 0, until: now() + windowMs }
      // The newest last, so that the oldest is dropped.
      counted.delete(who)
      counted.set(who, entry)
      if (counted.size > 64) counted.delete(counted.keys().next().value!)
      entry.wrong += 1
      if (entry.wrong > most || waiting >= mostWaiting) {
        const seconds = Math.max(1, Math.ceil((entry.until - now()) / 1000))
        throw new Refusal(429, 'RATE_LIMITED', 'Too many tokens were wrong.', {
          remedy: `Try again in ${seconds} seconds, with a token that Skillet gave you.`,
          headers: { 'retry-after': String(seconds) },
        })
      }
      waiting += 1
      try {
        await delay(Math.min(longestWaitMs, firstWaitMs * 2 ** (entry.wrong - 1)))
      } finally {
        waiting -= 1
      }
    },
  }
}

import { SkilletError } from '../../../shared/errors.ts'

/** So many mistakes cost nothing but what the passphrase's own check takes. */
const free = 3
const longestWaitMs = 60_000

/** Slows down whoever guesses at this window: after three wrong passphrases a wait, doubled with each one more. */
export function createTries(now: () => number = () => performance.now()) {
  let wrong = 0
  let notBefore = 0
  return {
    /** @throws SkilletError RATE_LIMITED */
    assertMayTry(): void {
      const seconds = Math.ceil((notBefore - now()) / 1000)
      if (seconds > 0)
        throw new SkilletError('RATE_LIMITED', 'Too many wrong passphrases one after another.', {
          remedy:
            seconds === 1 ? 'Wait 1 second, then try again.' : `Wait ${seconds} seconds, then try again.`,
        })
    },
    wrong(): void {
      wrong++
      if (wrong >= free) notBefore = now() + Math.min(longestWaitMs, 1000 * 2 ** (wrong - free))
    },
    right(): void {
      wrong = 0
    },
  }
}

import type pg from 'pg'
import {
  RateLimiterMemory,
  RateLimiterPostgres,
  RateLimiterRes,
  type RateLimiterAbstract,
} from 'rate-limiter-flexible'
import { SkilletError } from '../../shared/errors.ts'

/**
 * What is counted, and how often in how many seconds. `shared`: by all servers together, in the database. What is read
 * often is counted by each server alone, so that nobody waits for it.
 */
const limits = {
  /** Keys, sign-ins and links that were not valid, by address: nobody guesses 256 bits, but nobody needs to try either. */
  guess: { points: 30, seconds: 300, shared: true },
  signIn: { points: 30, seconds: 300, shared: true },
  /** Skills, of up to 32 MB each. */
  upload: { points: 300, seconds: 3600, shared: true },
  /** What is made, asked for or objected to by hand. */
  submit: { points: 60, seconds: 3600, shared: true },
  report: { points: 10, seconds: 3600, shared: true },
  telemetry: { points: 120, seconds: 60, shared: false },
  /** Calls of the interface, by key or address. */
  call: { points: 1200, seconds: 60, shared: false },
} as const
export type Limit = keyof typeof limits

export interface RateLimits {
  /** Counts one. @throws TooOften */
  take(limit: Limit, who: string): Promise<void>
  /** What a limit that all servers share has counted of somebody is in `registry.rate_limits` under this key. */
  keyOf(limit: Limit, who: string): string
  /** Throws where that many, until `expire` (Unix milliseconds), are all that may be, and counts nothing. @throws TooOften */
  check(limit: Limit, points: number, expire: number): void
}

/** A refusal that says when to come back. */
export class TooOften extends SkilletError {
  /** Whole seconds. */
  readonly retryAfter: number
  constructor(retryAfter: number) {
    const minutes = Math.ceil(retryAfter / 60)
    super('RATE_LIMITED', 'That was asked for too often.', {
      remedy: retryAfter < 120 ? `Try again in ${retryAfter} seconds.` : `Try again in ${minutes} minutes.`,
    })
    this.retryAfter = retryAfter
  }
}

/** `factor` multiplies every limit, for a registry whose clients share an address. */
export function createRateLimits(pool: pg.Pool, factor = 1): RateLimits {
  const limiters = Object.fromEntries(
    Object.entries(limits).map(([name, { points, seconds, shared }]) => {
      const options = { keyPrefix: name, points: Math.ceil(points * factor), duration: seconds }
      const limiter: RateLimiterAbstract = shared
        ? new RateLimiterPostgres({
            ...options,
            storeClient: pool,
            // Told by the class's name otherwise, which a bundle shortens.
            storeType: 'pool',
            schemaName: 'registry',
            tableName: 'rate_limits',
            tableCreated: true,
            clearExpiredByTimeout: false,
            // Whoever is past the limit costs the database nothing more.
            inMemoryBlockOnConsumed: options.points + 1,
          })
        : new RateLimiterMemory(options)
      return [name, limiter]
    }),
  ) as Record<Limit, RateLimiterAbstract>
  return {
    async take(limit, who) {
      await limiters[limit].consume(who).catch(refuse)
    },
    keyOf: (limit, who) => limiters[limit].getKey(who),
    check(limit, points, expire) {
      const left = expire - Date.now()
      if (left > 0 && points >= limiters[limit].points) throw new TooOften(secondsOf(left))
    },
  }
}

function refuse(reason: unknown): never {
  if (reason instanceof RateLimiterRes) throw new TooOften(secondsOf(reason.msBeforeNext))
  throw reason
}

function secondsOf(ms: number): number {
  return Math.max(1, Math.ceil(ms / 1000))
}

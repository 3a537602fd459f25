import type { Log } from '../log.ts'
import type { Metrics } from './metrics.ts'

/** A request that was answered. */
export interface Answered {
  readonly id: string
  readonly method: string
  /** Without the query, which may hold what nobody may read. */
  readonly path: string
  /** As it was declared. */
  readonly route: string
  readonly status: number
  /** `performance.now()` when it came. */
  readonly started: number
  readonly key: string | null
}

/** Counts and logs each request. */
export type AccessLog = (answered: Answered) => void

export function createAccessLog(metrics: Pick<Metrics, 'observe'>, log: Log): AccessLog {
  return ({ id, method, path, route, status, started, key }) => {
    const ms = performance.now() - started
    metrics.observe({ method, route, status, seconds: ms / 1000 })
    log('info', 'request', { id, method, path, status, ms: Math.round(ms), key })
  }
}

import { timingSafeEqual } from 'node:crypto'
import type { Context } from 'hono'
import type pg from 'pg'
import { collectDefaultMetrics, Gauge, Registry } from 'prom-client'
import { SkilletError } from '../../shared/errors.ts'
import { digestOf } from '../auth/key-format.ts'
import { createRequestTimes, type AnsweredIn } from './request-times.ts'

export interface Metrics {
  observe(request: AnsweredIn): void
  /** In the text format that Prometheus scrapes. */
  text(): Promise<string>
  readonly contentType: string
}

/** What the server counts about itself: requests, its database connections, and what Node tells of the process. */
export function createMetrics(pool: pg.Pool): Metrics {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  const requests = createRequestTimes()
  new Gauge({
    name: 'skillet_database_connections',
    help: 'Connections to the database: all, idle, and requests that wait for one',
    labelNames: ['state'],
    registers: [registry],
    collect() {
      this.set({ state: 'all' }, pool.totalCount)
      this.set({ state: 'idle' }, pool.idleCount)
      this.set({ state: 'waiting' }, pool.waitingCount)
    },
  })
  return {
    observe: requests.observe,
    text: async () => `${await registry.metrics()}\n${requests.text()}`,
    contentType: registry.contentType,
  }
}

/**
 * Metrics tell much about who uses a registry: they are for the holder of the token, or, where there is none, for this
 * computer alone. @throws SkilletError NOT_FOUND, as if there were none
 */
export function assertMayScrape(context: Context, token: string | null, address: string): void {
  const nothing = () => new SkilletError('NOT_FOUND', 'The registry has nothing at this address.')
  if (token === null) {
    const isLocal = /^(?:127\.|::1$|::ffff:127\.)/.test(address)
    // A proxy on this computer speaks for others.
    if (!isLocal || context.req.header('x-forwarded-for') !== undefined) throw nothing()
    return
  }
  const given = /^Bearer (.{1,500})$/.exec(context.req.header('authorization') ?? '')?.[1] ?? ''
  if (!timingSafeEqual(Buffer.from(digestOf(given)), Buffer.from(digestOf(token)))) throw nothing()
}

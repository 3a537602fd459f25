import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createAdaptorServer } from '@hono/node-server'
import { serveStatic } from '@hono/node-server/serve-static'
import { Hono } from 'hono'
import { packFolder } from '../../src/engine/package/pack.ts'
import { startRegistry } from '../../src/registry/start.ts'

/** What a server's process has used: bytes, of the heap after a collection, and milliseconds of a processor. */
export interface Usage {
  readonly rss: number
  readonly heapUsed: number
  readonly external: number
  readonly cpuMs: number
}

// One server alone in a process: the registry with its log on stderr, or what it is compared with.

const servers: Record<string, (argument: string, more: string) => Promise<string>> = {
  registry: async (dataDir, databaseUrl) =>
    (await startRegistry({ dataDir, databaseUrl, demo: false, pack: packFolder, rateLimitFactor: 1e6 })).url,
  /** The least that Hono can do. */
  hello: async () => {
    const app = new Hono()
    app.get('/', (context) => context.text('hello'))
    return listening(createAdaptorServer({ fetch: app.fetch }) as Server)
  },
  /** What Hono serves the files of a folder with. */
  files: async (root) => {
    const app = new Hono()
    app.use('/*', serveStatic({ root }))
    return listening(createAdaptorServer({ fetch: app.fetch }) as Server)
  },
}

async function listening(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

async function serve(): Promise<void> {
  const [kind = '', argument = '', more = ''] = process.argv.slice(2)
  process.on('disconnect', () => process.exit())
  process.on('message', () => {
    globalThis.gc?.()
    const { rss, heapUsed, external } = process.memoryUsage()
    const { user, system } = process.cpuUsage()
    process.send?.({ rss, heapUsed, external, cpuMs: (user + system) / 1000 } satisfies Usage)
  })
  process.send?.(await servers[kind]!(argument, more))
}

void serve()

import { createServer } from 'node:http'
import { mkdtempSync, rmSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { getRequestListener } from '@hono/node-server'
import { Hono } from 'hono'
import { createAccess } from '../../src/bridge/access/access.ts'
import { createBridge } from '../../src/bridge/bridge.ts'
import { createEngine } from '../../src/engine/engine.ts'
import { agentScopes } from '../../src/shared/agent-scope.ts'

/** Where a server answers, and with which token. `socket`: its own, on the disk. */
export interface Served {
  readonly port: number
  readonly socket: string
  readonly token: string
  /** Of as many agents as 500 clients at once need: each may have only so much under way. */
  readonly tokens: readonly string[]
}

/** Of one process: bytes, milliseconds of a processor, and how often it was woken up so far. */
export interface Usage {
  readonly rss: number
  readonly heapUsed: number
  readonly cpuMs: number
}

// One server alone in a process: the bridge over an engine, the engine without it, or the least that Hono can do.

const folder = mkdtempSync(join(tmpdir(), 'bridge-bench-'))
process.once('exit', () => rmSync(folder, { recursive: true, force: true }))

async function openEngine(registryUrl: string, trustRootFile: string, home: string) {
  const engine = await createEngine({
    home,
    registryUrl,
    trustRootFile,
    apiKey: null,
    launcher: resolve('out/sandbox/skillet-launcher'),
  })
  // As the app has it: something listens for withdrawals.
  engine.onChange(() => undefined)
  return engine
}

const servers: Record<string, (url: string, root: string) => Promise<Served>> = {
  async engine(url, root) {
    const engine = await openEngine(url, root, folder)
    await engine.search({ text: '', category: null, fitsOnly: false })
    return { port: 0, socket: '', token: '', tokens: [] }
  },
  async bridge(url, root) {
    const opened = openEngine(url, root, folder)
    const engine = () => opened
    const log = () => undefined
    await (await opened).search({ text: '', category: null, fitsOnly: false })
    const access = createAccess({ home: folder, engine, managed: async () => null, log })
    const tokens: string[] = []
    for (let at = 0; at < 20; at++)
      tokens.push((await access.tokens.issue({ name: `Bench ${at}`, scopes: agentScopes, days: 1 })).token)
    const bridge = createBridge({
      home: folder,
      program: 'serve',
      version: '1.0.0',
      engine,
      access,
      log,
      // A bench asks faster than an agent may.
      pace: { perSecond: 1e9, burst: 1e9 },
    })
    const { url: at, socket } = await bridge.start()
    return { port: Number(new URL(at).port), socket, token: tokens[0]!, tokens }
  },
  async hello() {
    const app = new Hono()
    app.get('/*', (context) => context.text('hello'))
    const listener = getRequestListener(app.fetch)
    const [overPort, overSocket] = [createServer(listener), createServer(listener)]
    const socket = join(folder, 'hello.sock')
    await Promise.all([
      new Promise<void>((done) => overPort.listen(0, '127.0.0.1', done)),
      new Promise<void>((done) => overSocket.listen(socket, done)),
    ])
    return { port: (overPort.address() as AddressInfo).port, socket, token: '', tokens: [] }
  },
}

async function serve(): Promise<void> {
  const [kind = '', url = '', root = ''] = process.argv.slice(2)
  process.on('disconnect', () => process.exit())
  process.on('message', (what) => {
    if (what === 'collected') globalThis.gc?.()
    const { rss, heapUsed } = process.memoryUsage()
    const { user, system } = process.cpuUsage()
    process.send?.({ rss, heapUsed, cpuMs: (user + system) / 1000 } satisfies Usage)
  })
  process.send?.(await servers[kind]!(url, root))
}

void serve()

import { execFileSync } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { request, type IncomingHttpHeaders, type IncomingMessage } from 'node:http'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createBridge, type BridgePorts } from '../../src/bridge/bridge.ts'
import { readDiscovery } from '../../src/bridge/discovery.ts'
import { createAccess } from '../../src/bridge/access/access.ts'
import { createEngine } from '../../src/engine/engine.ts'
import { agentScopes, type AgentScope } from '../../src/shared/agent-scope.ts'
import { generateSigningKey } from '../../src/trust/sign.ts'
import { launcher } from './sandbox.ts'
import { startTinyRegistry } from './tiny-registry.ts'

/** The real bridge over the real engine and a registry of three skills, and an agent that may do everything. */
export async function openBridge(change: Partial<BridgePorts> = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'skillet-bridge-'))
  const home = join(folder, 'home')
  const registry = await startTinyRegistry(generateSigningKey())
  await registry.publish({ slug: 'count-words', manifest: { title: 'Count words' } })
  await registry.publish({ slug: 'sort-words', manifest: { title: 'Sort words', category: 'files' } })
  await registry.publish({ slug: 'find-words', manifest: { title: 'Find words' } })
  const engine = await createEngine({
    home,
    registryUrl: registry.url,
    trustRootFile: registry.trustRoot,
    apiKey: null,
    launcher,
  })
  const logged: string[] = []
  const log = (line: string) => void logged.push(line)
  const access = createAccess({ home, engine: async () => engine, managed: async () => null, log })
  const issue = async (name: string, scopes: readonly AgentScope[] = agentScopes) => {
    const { token, agent } = await access.tokens.issue({ name, scopes, days: 1 })
    return { id: agent.id, token, headers: { authorization: `Bearer ${token}` } }
  }
  const bridge = createBridge({
    home,
    program: 'serve',
    version: '0.0.0',
    engine: async () => engine,
    access,
    log,
    ...change,
  })
  const { url, socket } = await bridge.start()
  return {
    folder,
    access,
    issue,
    agent: await issue('Reader'),
    home,
    engine,
    registry,
    bridge,
    logged,
    url,
    port: Number(new URL(url).port),
    socket,
    /** Publishes a skill and installs it, with everything allowed. */
    async install(slug: string, manifest: Record<string, unknown>) {
      await registry.publish({ slug, manifest: { title: slug, capabilities: {}, ...manifest } })
      const plan = await engine.planInstall({ slug })
      const allow = Object.fromEntries(
        plan.asks.map(({ capability }) => [capability, { decision: 'allow' as const }]),
      )
      await engine.applyInstall(plan.planId, allow, 'cli')
    },
    discovery: async () => (await readDiscovery(home))!,
    async close() {
      await bridge.stop()
      await access.close()
      await engine.close()
      await registry.stop()
      // Installed skills are read-only.
      execFileSync('chmod', ['-R', 'u+rwX', folder])
      await rm(folder, { recursive: true, force: true })
    },
  }
}

export interface Answer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly text: string
  readonly json: () => Record<string, unknown>
}

/** One request as given; `host` and the rest of the headers are the caller's. */
export function ask(
  where: { port: number } | { socket: string },
  path: string,
  {
    method = 'GET',
    headers = {},
    body,
  }: { method?: string; headers?: Record<string, string>; body?: string } = {},
): Promise<Answer> {
  const at = 'socket' in where ? { socketPath: where.socket } : { host: '127.0.0.1', port: where.port }
  const host = 'socket' in where ? 'localhost' : `127.0.0.1:${where.port}`
  return new Promise((resolve, reject) => {
    const asked = request(
      { ...at, path, method, agent: false, headers: { host, ...headers } },
      (response) => {
        let text = ''
        response.setEncoding('utf8').on('data', (part: string) => (text += part))
        response.on('error', reject)
        response.on('end', () =>
          resolve({
            status: response.statusCode!,
            headers: response.headers,
            text,
            json: () => JSON.parse(text) as Record<string, unknown>,
          }),
        )
      },
    )
    asked.on('error', reject)
    asked.end(body)
  })
}

/** Opens a stream of server-sent events and reads it part by part. */
export function openStream(
  where: { port: number },
  path: string,
  headers: Record<string, string>,
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const host = `127.0.0.1:${where.port}`
    request(
      { host: '127.0.0.1', port: where.port, path, agent: false, headers: { host, ...headers } },
      resolve,
    )
      .on('error', reject)
      .end()
  })
}

/** The events of a piece of a stream. */
export function eventsIn(text: string): { id: number; event: string; data: Record<string, unknown> }[] {
  return text
    .split('\n\n')
    .filter((part) => part !== '')
    .map((part) => {
      const field = (name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(part)?.[1] ?? ''
      return {
        id: Number(field('id')),
        event: field('event'),
        data: JSON.parse(field('data')) as Record<string, unknown>,
      }
    })
}

/** Sends bytes as they are and gives all that comes back until the other end closes. */
export function sendRaw(port: number, bytes: string, { keepOpen = false } = {}): Promise<string> {
  return new Promise((resolve, reject) => {
    let answer = ''
    const socket = connect(port, '127.0.0.1', () => (keepOpen ? socket.write(bytes) : socket.end(bytes)))
    socket.setEncoding('latin1').on('data', (part: string) => (answer += part))
    socket.on('close', () => resolve(answer))
    socket.on('error', (error: NodeJS.ErrnoException) =>
      error.code === 'ECONNRESET' || error.code === 'EPIPE' ? resolve(answer) : reject(error),
    )
  })
}

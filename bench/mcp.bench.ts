import { fork, spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { Agent, request } from 'node:http'
import { loadavg, tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import serverProcess from 'thread:./support/mcp-server-process.ts'
import { generateSigningKey } from '../src/trust/sign.ts'
import { startTinyRegistry, type TinyRegistry } from '../test/support/tiny-registry.ts'
import { interleave, median, ratio } from './support/rounds.ts'

// What a warm search costs an agent over MCP beside a bare tool of the SDK's over the same transport, asked in turn; and how
// long `skillet mcp` takes to introduce itself, beside the SDK's smallest server. Needs `npm run build`. A minute:
// npx vitest run --project bench bench/mcp.bench.ts

const rounds = Number(process.env['SKILLET_BENCH_ROUNDS'] ?? 15)
const perRound = 100
const skills = 20
const folder = mkdtempSync(join(tmpdir(), 'mcp-bench-start-'))
const children: ChildProcess[] = []
let registry: TinyRegistry

beforeAll(async () => {
  registry = await startTinyRegistry(generateSigningKey())
  for (let at = 0; at < skills; at++)
    await registry.publish({ slug: `sample-${at}`, manifest: { title: `Sample ${at}` } })
}, 60_000)
afterAll(async () => {
  for (const child of children) child.kill()
  await registry.stop()
  rmSync(folder, { recursive: true, force: true })
})

async function serve(kind: string) {
  const child = fork(serverProcess, [kind, registry.url, registry.trustRoot])
  children.push(child)
  const [url] = (await once(child, 'message')) as [string]
  return {
    url: new URL(url),
    async cpuMs() {
      child.send('usage')
      return ((await once(child, 'message')) as [{ cpuMs: number }])[0].cpuMs
    },
  }
}

const agent = new Agent({ keepAlive: true })
function post(url: URL, body: object, headers: Record<string, string>) {
  return new Promise<{ text: string; session: string | undefined }>((done, reject) => {
    const text = JSON.stringify(body)
    const asked = request(
      url,
      {
        method: 'POST',
        agent,
        headers: {
          authorization: 'Bearer token',
          'content-type': 'application/json',
          accept: 'application/json, text/event-stream',
          'content-length': Buffer.byteLength(text),
          ...headers,
        },
      },
      (response) => {
        let answer = ''
        response.setEncoding('utf8').on('data', (part: string) => (answer += part))
        response.on('end', () =>
          done({ text: answer, session: response.headers['mcp-session-id'] as string | undefined }),
        )
      },
    )
    asked.on('error', reject)
    asked.end(text)
  })
}

const clientInfo = { name: 'bench', version: '1.0.0' }
const initialize = {
  jsonrpc: '2.0',
  id: 0,
  method: 'initialize',
  params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo },
}
const meta = {
  'io.modelcontextprotocol/protocolVersion': '2026-07-28',
  'io.modelcontextprotocol/clientInfo': clientInfo,
  'io.modelcontextprotocol/clientCapabilities': {},
}

test.each([
  ['2025-11-25', 20],
  ['2025-11-25', 3],
  ['2026-07-28', 20],
  ['2026-07-28', 3],
])('a warm search over MCP %s with %i results', async (version, limit) => {
  let id = 1
  const contestant = async (kind: string, name: string, args: object) => {
    const server = await serve(kind)
    const { session } = version === '2025-11-25' ? await post(server.url, initialize, {}) : {}
    const headers = {
      'mcp-protocol-version': version,
      ...(session === undefined
        ? { 'mcp-method': 'tools/call', 'mcp-name': name }
        : { 'mcp-session-id': session }),
    }
    const call = async () => {
      const params = { name, arguments: args, ...(session === undefined ? { _meta: meta } : {}) }
      const { text } = await post(
        server.url,
        { jsonrpc: '2.0', id: ++id, method: 'tools/call', params },
        headers,
      )
      if (!text.includes('"content"')) throw new Error(text)
    }
    return { server, call }
  }
  const ours = await contestant('skillet', 'search_skills', { text: 'sample', limit })
  const hello = await contestant('hello', 'hello', {})
  const times: Record<string, number[]> = { ours: [], hello: [] }
  const cpu: Record<string, number[]> = { ours: [], hello: [] }
  for (let round = 0; round <= rounds; round++)
    for (const [name, { server, call }] of round % 2 === 0
      ? ([
          ['ours', ours],
          ['hello', hello],
        ] as const)
      : ([
          ['hello', hello],
          ['ours', ours],
        ] as const)) {
      const before = await server.cpuMs()
      const each: number[] = []
      for (let at = 0; at < perRound; at++) {
        const started = performance.now()
        await call()
        each.push(performance.now() - started)
      }
      // The first round warms up.
      if (round === 0) continue
      times[name]!.push(median(each))
      cpu[name]!.push(((await server.cpuMs()) - before) / perRound)
    }
  const [a, b] = [times['ours']!, times['hello']!]
  console.log(
    `${version}, ${limit} results: search p50 ${median(a).toFixed(2)} ms, hello ${median(b).toFixed(2)} ms: ${ratio(a, b).toFixed(2)} x; processor ${median(cpu['ours']!).toFixed(2)} and ${median(cpu['hello']!).toFixed(2)} ms: ${ratio(cpu['ours']!, cpu['hello']!).toFixed(2)} x; load ${loadavg()[0]!.toFixed(1)}`,
  )
  expect(a).toHaveLength(rounds)
  for (const child of children.splice(0)) child.kill()
})

test('skillet mcp introduces itself', async () => {
  const smallest = join(resolve('.cache'), 'mcp-smallest.mjs')
  writeFileSync(
    smallest,
    `import { McpServer } from '@modelcontextprotocol/server'
import { serveStdio } from '@modelcontextprotocol/server/stdio'
serveStdio(() => new McpServer({ name: 'smallest', version: '1.0.0' }))
`,
  )
  const introduce = async (...args: string[]) => {
    const child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'] })
    child.stdin.write(`${JSON.stringify(initialize)}\n`)
    const [answer] = (await once(child.stdout, 'data')) as [Buffer]
    expect(answer.toString()).toContain('"serverInfo"')
    child.kill('SIGKILL')
  }
  const home = join(folder, 'home')
  const times = await interleave(
    [
      { name: 'skillet', work: () => introduce('out/cli/index.cjs', 'mcp', '--home', home) },
      { name: 'smallest', work: () => introduce(smallest) },
    ],
    rounds,
  )
  rmSync(smallest)
  const [ours, floor] = [times.get('skillet')!, times.get('smallest')!]
  console.log(
    `initialize: skillet mcp ${median(ours).toFixed(0)} ms, the SDK's smallest server ${median(floor).toFixed(0)} ms: ${ratio(ours, floor).toFixed(2)} x; load ${loadavg()[0]!.toFixed(1)}`,
  )
  expect(ours).toHaveLength(rounds)
})

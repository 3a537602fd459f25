import { Client, type ClientOptions } from '@modelcontextprotocol/client'
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createLocalUpstream } from '../../src/bridge/mcp/stdio/local.ts'
import { createPairing } from '../../src/bridge/mcp/stdio/pair.ts'
import { createTokenFile } from '../../src/bridge/mcp/stdio/token-file.ts'
import { agentScopes } from '../../src/shared/agent-scope.ts'
import { openBridge } from '../support/bridge.ts'
import { cliBundle } from '../support/e2e-registry.ts'

// The built `skillet mcp`, as agents start it, and the SDK's own client at the other end of its standard input and output.

let parts: Awaited<ReturnType<typeof openBridge>>
beforeAll(async () => {
  parts = await openBridge()
})
afterAll(async () => {
  await parts.close()
})

const argsFor = (home: string) => [
  cliBundle,
  'mcp',
  ...['--home', home, '--registry', parts.registry.url, '--trust-root', parts.registry.trustRoot],
]

async function start(
  home: string,
  { modern = false, name = 'a-test', ...options }: ClientOptions & { modern?: boolean; name?: string } = {},
) {
  const transport = new StdioClientTransport({
    command: process.execPath,
    args: argsFor(home),
    stderr: 'pipe',
  })
  let said = ''
  transport.stderr?.on('data', (part: Buffer) => (said += part.toString()))
  const client = new Client(
    { name, version: '1.0.0' },
    { ...options, ...(modern ? { versionNegotiation: { mode: { pin: '2026-07-28' } } } : {}) },
  )
  await client.connect(transport)
  return { client, said: () => said }
}
const namesOf = ({ structuredContent }: { structuredContent?: unknown }) =>
  (structuredContent as { skills: { slug: string }[] }).skills.map(({ slug }) => slug)
const textOf = ({ content }: { content: unknown[] }) => (content[0] as { text: string }).text

for (const modern of [false, true])
  test(`${modern ? '2026-07-28' : '2025-11-25'}: where no Skillet runs, its own engine answers`, async () => {
    const { client, said } = await start(join(parts.folder, `alone-${modern}`), {
      modern,
      capabilities: { elicitation: { form: {} } },
    })
    const shown: string[] = []
    client.setRequestHandler('elicitation/create', ({ params }) => {
      shown.push(params.message)
      return { action: 'decline' }
    })
    const { tools } = await client.listTools()
    expect(tools.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['search_skills', 'request_install']),
    )
    const found = await client.callTool({ name: 'search_skills', arguments: { text: 'count' } })
    expect(namesOf(found)).toContain('count-words')
    expect(
      await client.callTool({ name: 'request_install', arguments: { slug: 'count-words', waitS: 1 } }),
    ).toMatchObject({
      structuredContent: { request: { state: 'pending' } },
    })
    expect(shown).toEqual([expect.stringContaining('Open Skillet')])
    expect((await client.listResources()).resources).toEqual([])
    await expect(client.readResource({ uri: 'skill://count-words/SKILL.md' })).rejects.toMatchObject({
      code: -32602,
    })
    await client.close()
    expect(said()).toBe('')
  })

test('standard output holds nothing but the protocol, and the process ends when its input does', async () => {
  const child = spawn(process.execPath, argsFor(join(parts.folder, 'raw')), { stdio: 'pipe' })
  let out = ''
  child.stdout.on('data', (part: Buffer) => (out += part.toString()))
  const send = (message: object) => child.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`)
  const params = {
    protocolVersion: '2025-11-25',
    capabilities: {},
    clientInfo: { name: 'raw', version: '1' },
  }
  send({ id: 1, method: 'initialize', params })
  child.stdin.write('not JSON at all\n')
  send({ id: 2, method: 'tools/list' })
  send({ id: 3, method: 'no/such/method' })
  await expect.poll(() => out.includes('"id":3') && out.includes('"id":2'), { timeout: 20_000 }).toBe(true)
  child.stdin.end()
  const [code] = (await once(child, 'exit')) as [number]
  expect(code).toBe(0)
  for (const line of out.trim().split('\n')) expect(JSON.parse(line)).toMatchObject({ jsonrpc: '2.0' })
})

test('joins the Skillet that runs, once the person has let it, and keeps its token for the next time', async () => {
  const { client } = await start(parts.home)
  let changed = 0
  client.setNotificationHandler('notifications/tools/list_changed', () => void changed++)
  // An agent that only looks around disturbs nobody.
  expect((await client.listTools()).tools.length).toBeGreaterThan(3)
  expect((await client.listResources()).resources).toEqual([])
  expect((await client.listPrompts()).prompts).toEqual([])
  expect(await parts.access.pairings.waiting()).toEqual([])

  const called = client.callTool({ name: 'search_skills', arguments: { text: 'sort' } })
  await expect.poll(async () => (await parts.access.pairings.waiting()).length, { timeout: 10_000 }).toBe(1)
  const [asked] = await parts.access.pairings.waiting()
  expect(asked).toMatchObject({ name: 'a-test', scopes: [...agentScopes] })
  await parts.access.pairings.approve(asked!.id, { scopes: ['catalog:read'], days: 1 })
  expect(namesOf(await called)).toContain('sort-words')
  await expect.poll(() => changed).toBeGreaterThan(0)
  // It may what the person allowed, not what it asked for.
  await expect(
    client.callTool({ name: 'run_skill', arguments: { slug: 'sort-words' } }),
  ).rejects.toMatchObject({
    code: -32602,
  })
  const folder = join(parts.home, 'agents-stdio')
  const [file] = await readdir(folder)
  expect((await stat(join(folder, file!))).mode & 0o777).toBe(0o600)

  const before = changed
  const plan = await parts.engine.planInstall({ slug: 'sort-words' })
  await parts.engine.applyInstall(plan.planId, { 'fs:read': { decision: 'allow' } }, 'window')
  await expect.poll(() => changed, { timeout: 10_000 }).toBeGreaterThan(before)
  await client.close()

  const { client: second } = await start(parts.home, { modern: true })
  expect((await second.listResources()).resources.map(({ name }) => name)).toEqual(['sort-words'])
  expect(await parts.access.pairings.waiting()).toEqual([])

  // Removed by the person, it has to ask anew.
  const [agent] = (await parts.access.tokens.list()).filter(({ name }) => name === 'a-test')
  await parts.access.disconnect(agent!.id)
  const again = second.callTool({ name: 'search_skills', arguments: {} })
  await expect.poll(async () => (await parts.access.pairings.waiting()).length, { timeout: 10_000 }).toBe(1)
  await parts.access.pairings.deny((await parts.access.pairings.waiting())[0]!.id)
  expect(textOf(await again)).toContain('PERMISSION_DENIED')
  await second.close()
})

test('who waits for the person is told the code, and goes on with the token that comes later', async () => {
  let answer: (collected: object) => void = () => {}
  const file = createTokenFile(join(parts.folder, 'waiting'), 'A test')
  const pairing = createPairing(
    {
      post: async (path) =>
        path === '/v1/pairings'
          ? { id: 'one', secret: 'hidden', code: '123456' }
          : new Promise((resolve) => (answer = resolve)),
      exchangeAs: () => {
        throw new Error('There is no token.')
      },
    },
    { name: 'A test', file, onToken: () => undefined, patienceMs: 300 },
  )
  const { signal } = new AbortController()
  await expect(pairing.token(signal)).rejects.toMatchObject({
    code: 'UNAUTHORIZED',
    message: expect.stringContaining('123 456') as string,
  })
  const later = pairing.token(signal)
  answer({ state: 'approved', token: 'sba_later' })
  expect(await later).toBe('sba_later')
  expect(await file.read()).toBe('sba_later')
})

test('administrators who let no agents connect are obeyed by an engine in the same process, too', async () => {
  const engine = { ...parts.engine, managedPolicy: async () => ({ bridge: { enabled: false } }) as never }
  const local = createLocalUpstream({
    home: join(parts.folder, 'closed'),
    name: 'A test',
    version: '1.0.0',
    engine: async () => engine,
    log: () => undefined,
    logLine: () => undefined,
  })
  const caller = { info: { name: 'a-test', version: '1.0.0' }, capabilities: {} }
  const params = { name: 'search_skills', arguments: {} }
  const { signal } = new AbortController()
  await expect(local.ask(caller, { method: 'tools/call', params }, { signal })).rejects.toMatchObject({
    code: 'POLICY_DENIED',
  })
  await local.close()
})

test("a program that took Skillet's place gets no token", async () => {
  const home = join(parts.folder, 'squatted')
  await mkdir(home, { mode: 0o700 })
  const socket = join(home, 'other.sock')
  const heard: (string | undefined)[] = []
  const impostor = createServer((request, response) => {
    heard.push(request.headers.authorization)
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify({ name: 'skillet', version: '1.0.0', proof: 'A'.repeat(43) }))
  }).listen(socket)
  await once(impostor, 'listening')
  const discovery = JSON.parse(await readFile(join(parts.home, 'bridge.json'), 'utf8')) as object
  await writeFile(join(home, 'bridge.json'), JSON.stringify({ ...discovery, socket }), { mode: 0o600 })
  await createTokenFile(home, 'a-test').write('sba_precious')
  const { client } = await start(home)
  expect(textOf(await client.callTool({ name: 'list_skills', arguments: {} }))).toContain('FORBIDDEN')
  expect(heard.length).toBeGreaterThan(0)
  expect(heard.every((token) => token === undefined)).toBe(true)
  await client.close()
  impostor.close()
})

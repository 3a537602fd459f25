import { createHash } from 'node:crypto'
import { chmod, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { operation, type Agent, type OperationContext } from '../../src/bridge/operations/operation.ts'
import { operations } from '../../src/bridge/operations/operations.ts'
import { SkilletError } from '../../src/shared/errors.ts'
import { openMcpEngine, orders, type McpEngine } from '../support/mcp-engine.ts'
import { withdrawalOf } from '../support/trust-registry.ts'
import { allScopes, connectClient, startMcpHost, type McpHost } from '../support/mcp-host.ts'

// The SDK's own client, over real HTTP, on the real engine. Who asks is established by the bridge, which has its own tests.

let parts: McpEngine
let host: McpHost
/** Calls of `wait_here` that are under way. */
const waiting: OperationContext[] = []

/** Says something and waits until it is cancelled, like a skill that runs. */
const waitHere = operation({
  name: 'wait_here',
  title: 'Wait',
  description: 'Waits.',
  input: z.strictObject({}),
  output: z.object({ done: z.boolean() }),
  scope: 'skills:run',
  readOnly: false,
  destructive: true,
  idempotent: false,
  route: { method: 'post', path: '/wait' },
  async run(_, context) {
    waiting.push(context)
    context.onEvent({ type: 'progress', message: 'Half way', fraction: 0.5 })
    context.onEvent({ type: 'output', stream: 'stdout', text: 'It says hello.' })
    await new Promise<void>((resolve) => context.signal.addEventListener('abort', () => resolve()))
    waiting.splice(waiting.indexOf(context), 1)
    throw new SkilletError('CANCELLED', 'It was stopped.')
  },
})
const fail = operation({
  ...waitHere,
  name: 'fail_here',
  async run() {
    throw new SkilletError('POLICY_DENIED', 'Your administrator does not allow it.')
  },
})
const failUnforeseen = operation({
  ...waitHere,
  name: 'break_here',
  async run() {
    throw new Error('/home/somebody/secret-place')
  },
})

const large = operation({
  ...waitHere,
  name: 'large_here',
  output: z.object({ text: z.string() }),
  run: async () => ({ text: 'x'.repeat(3_000_000) }),
})

const reader: Agent = { id: 'agent-reader', name: 'Reader', scopes: ['catalog:read'] }
const requester: Agent = { id: 'agent-requester', name: 'Requester', scopes: ['skills:request'] }
const agents = new Map([
  ['one', allScopes],
  ['leaving', { ...allScopes, id: 'agent-leaving' }],
  ['other', { ...allScopes, id: 'agent-other' }],
  ['reader', reader],
  ['requester', requester],
])

beforeAll(async () => {
  parts = await openMcpEngine()
  await parts.install('count-words')
  await parts.install('run-skill')
  host = await startMcpHost(parts.engine, [...operations, waitHere, fail, failUnforeseen, large], agents)
})
afterAll(async () => {
  await host.bridge.stop()
  await parts.stop()
})

const until = (condition: () => boolean) =>
  expect.poll(condition, { interval: 10, timeout: 10_000 }).toBe(true)

/** One message as it is, over HTTP. */
async function post(body: unknown, headers: Record<string, string> = {}, token = 'one') {
  const response = await fetch(host.url, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      ...headers,
    },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  })
  return { status: response.status, headers: response.headers, text: await response.text() }
}
const initialize = {
  jsonrpc: '2.0',
  id: 1,
  method: 'initialize',
  params: {
    protocolVersion: '2025-11-25',
    capabilities: {},
    clientInfo: { name: 'raw', version: '1' },
  },
}
const listTools = (id: number) => ({ jsonrpc: '2.0', id, method: 'tools/list' })
const openSession = async (token = 'one') =>
  (await post(initialize, {}, token)).headers.get('mcp-session-id')!

for (const modern of [false, true]) {
  const version = modern ? '2026-07-28' : '2025-11-25'

  test(`${version}: searches, with data and the same as text`, async () => {
    const { client } = await connectClient(host.url, 'one', { modern })
    expect(client.getNegotiatedProtocolVersion()).toBe(version)
    const { tools } = await client.listTools()
    const search = tools.find(({ name }) => name === 'search_skills')!
    expect(search).toMatchObject({ annotations: { readOnlyHint: true, destructiveHint: false } })
    expect(search.outputSchema).toMatchObject({ properties: { skills: { type: 'array' } } })
    expect(search.inputSchema).toMatchObject({ properties: { text: { maxLength: 200 } } })
    const found = await client.callTool({ name: 'search_skills', arguments: { text: 'count' } })
    expect(found.structuredContent).toMatchObject({
      skills: expect.arrayContaining([
        expect.objectContaining({ slug: 'count-words', installedVersion: '1.0.0' }),
      ]) as unknown,
    })
    expect(JSON.parse((found.content[0] as { text: string }).text)).toEqual(found.structuredContent)
    await client.close()
  })

  test(`${version}: says what happens, and a cancelled call ends what it started`, async () => {
    const { client } = await connectClient(host.url, 'one', { modern })
    const stop = new AbortController()
    const heard: { progress: number; message?: string | undefined }[] = []
    const called = client.callTool(
      { name: 'wait_here', arguments: {} },
      { signal: stop.signal, onprogress: (progress) => heard.push(progress) },
    )
    const ended = expect(called).rejects.toThrow()
    await until(() => heard.some(({ message }) => message?.includes('hello')))
    expect(heard.map(({ progress }) => progress)).toEqual(
      [...heard.map(({ progress }) => progress)].sort((a, b) => a - b),
    )
    expect(waiting).toHaveLength(1)
    stop.abort()
    await until(() => waiting.length === 0)
    await ended
    await client.close()
  })

  test(`${version}: a refusal says our code, the sentence and what to do`, async () => {
    const { client } = await connectClient(host.url, 'one', { modern })
    expect(await client.callTool({ name: 'fail_here', arguments: {} })).toMatchObject({
      isError: true,
      content: [{ text: 'POLICY_DENIED: Your administrator does not allow it.\nAsk your administrator.' }],
      _meta: { 'skillet/error': { code: 'POLICY_DENIED' } },
    })
    const unforeseen = await client.callTool({ name: 'break_here', arguments: {} })
    expect(unforeseen).toMatchObject({ _meta: { 'skillet/error': { code: 'INTERNAL' } } })
    expect(JSON.stringify(unforeseen)).not.toContain('secret-place')
    expect(host.logged.some((line) => line.includes('secret-place'))).toBe(true)
    expect(await client.callTool({ name: 'large_here', arguments: {} })).toMatchObject({
      _meta: { 'skillet/error': { code: 'TOO_LARGE' } },
    })
    expect(await client.callTool({ name: 'search_skills', arguments: { limit: 1000 } })).toMatchObject({
      isError: true,
    })
    await client.close()
  })

  test(`${version}: installed skills are resources, with the digests that were signed`, async () => {
    const { client } = await connectClient(host.url, 'reader', { modern })
    const { resources } = await client.listResources()
    expect(resources.map(({ uri }) => uri).sort()).toEqual([
      'skill://count-words/SKILL.md',
      'skill://run-skill/SKILL.md',
    ])
    const listed = await client.request(
      { method: 'skills/list' },
      z.object({ skills: z.array(z.object({ uri: z.string(), resources: z.array(z.any()) })) }),
    )
    const skill = listed.skills.find(({ uri }) => uri === 'skill://count-words/SKILL.md')!
    for (const { uri, digest, size } of skill.resources as { uri: string; digest: string; size: number }[]) {
      const [content] = (await client.readResource({ uri })).contents
      const bytes = 'text' in content! ? Buffer.from(content.text) : Buffer.from(content!.blob, 'base64')
      expect(bytes).toHaveLength(size)
      expect(digest).toBe(`sha256:${createHash('sha256').update(bytes).digest('hex')}`)
    }
    for (const uri of [
      'skill://sort-words/SKILL.md',
      'skill://count-words/../run-skill/SKILL.md',
      'skill://count-words/%2e%2e/%2e%2e/grants.json',
      'skill://count-words/..%2fSKILL.md',
      'file:///etc/passwd',
    ])
      await expect(client.readResource({ uri }), uri).rejects.toMatchObject({ code: -32602 })
    await client.close()
  })

  test(`${version}: installed skills are prompts, whose words stay their publisher's`, async () => {
    const { client } = await connectClient(host.url, 'reader', { modern })
    const { prompts } = await client.listPrompts()
    expect(prompts.map(({ name }) => name).sort()).toEqual(['count-words', 'run-skill'])
    const { messages } = await client.getPrompt({
      name: 'run-skill',
      arguments: { other: 'not one of its inputs' },
    })
    const [ours, theirs] = messages.map(({ content }) => content)
    expect(JSON.stringify(ours)).not.toContain('not one of its inputs')
    expect(JSON.stringify(ours)).not.toContain(orders)
    expect(theirs).toMatchObject({ type: 'resource', resource: { uri: 'skill://run-skill/SKILL.md' } })
    await expect(client.getPrompt({ name: 'sort-words' })).rejects.toMatchObject({ code: -32602 })
    await client.close()
  })

  test(`${version}: no skill becomes a tool, and no word of a publisher's gets into what describes one`, async () => {
    const { client } = await connectClient(host.url, 'one', { modern })
    const { tools } = await client.listTools()
    expect(tools.map(({ name }) => name)).not.toContain('run-skill')
    expect(JSON.stringify(tools)).not.toContain(orders)
    expect(client.getInstructions()).not.toContain(orders)
    await expect(client.callTool({ name: 'run-skill', arguments: {} })).rejects.toMatchObject({
      code: -32602,
    })
    await client.close()
  })

  test(`${version}: a token has the tools of its scopes and no others`, async () => {
    const { client } = await connectClient(host.url, 'reader', { modern })
    const names = (await client.listTools()).tools.map(({ name }) => name)
    expect(names).toContain('search_skills')
    expect(names).not.toContain('wait_here')
    await expect(client.callTool({ name: 'wait_here', arguments: {} })).rejects.toMatchObject({
      code: -32602,
    })
    await client.close()

    const { client: other } = await connectClient(host.url, 'requester', { modern })
    expect(other.getServerCapabilities()).not.toHaveProperty('resources')
    await expect(
      other.request({ method: 'resources/read', params: { uri: 'skill://count-words/SKILL.md' } }, z.any()),
    ).rejects.toThrow(/not found/i)
    await other.close()
  })

  test(`${version}: hears when a skill is installed, and when one is removed`, async () => {
    const heard = { tools: 0, resources: 0, prompts: 0 }
    const { client } = await connectClient(host.url, 'one', {
      modern,
      listChanged: {
        tools: { autoRefresh: false, onChanged: () => void heard.tools++ },
        resources: { autoRefresh: false, onChanged: () => void heard.resources++ },
        prompts: { autoRefresh: false, onChanged: () => void heard.prompts++ },
      },
    })
    // The stream on which news arrive, and the engine's first look, take a moment each.
    await expect
      .poll(
        async () => {
          if (!(await parts.engine.installed()).some(({ slug }) => slug === 'sort-words'))
            await parts.install('sort-words')
          else await parts.engine.remove('sort-words')
          await new Promise((resolve) => setTimeout(resolve, 300))
          return Math.min(heard.tools, heard.resources, heard.prompts)
        },
        { timeout: 20_000 },
      )
      .toBeGreaterThan(1)
    if ((await parts.engine.installed()).some(({ slug }) => slug === 'sort-words'))
      await parts.engine.remove('sort-words')
    await client.close()
  })
}

for (const modern of [false, true])
  test(`${modern ? '2026-07-28' : '2025-11-25'}: an agent that can tells its person where to answer, and no answer there decides`, async () => {
    const slug = modern ? 'sort-words' : 'search-words'
    const { client } = await connectClient(host.url, 'one', {
      modern,
      capabilities: { elicitation: { form: {} } },
    })
    const shown: string[] = []
    client.setRequestHandler('elicitation/create', ({ params }) => {
      shown.push(params.message)
      return { action: 'accept', content: { state: 'approved', decision: 'allow' } }
    })
    const asked = await client.callTool({ name: 'request_install', arguments: { slug, waitS: 1 } })
    expect(shown).toEqual([expect.stringContaining('answer there')])
    expect(asked.structuredContent).toMatchObject({ request: { state: 'pending' } })
    expect((await parts.engine.installed()).map((one) => one.slug)).not.toContain(slug)
    // Who doesn't want to wait isn't shown anything.
    await client.callTool({ name: 'request_install', arguments: { slug } })
    expect(shown).toHaveLength(1)
    await client.close()
  })

test('a file that was changed after it was installed is not served', async () => {
  const { client } = await connectClient(host.url, 'reader')
  const file = join(parts.home, 'skills', 'count-words', '1.0.0', 'SKILL.md')
  await chmod(file, 0o600)
  // Of the same length: only its digest tells.
  await writeFile(file, (await readFile(file, 'utf8')).replace('It works', 'It steals'.slice(0, 8)))
  await expect(client.readResource({ uri: 'skill://count-words/SKILL.md' })).rejects.toThrow()
  await expect(client.getPrompt({ name: 'count-words' })).rejects.toThrow()
  await parts.engine.repair('count-words')
  const [content] = (await client.readResource({ uri: 'skill://count-words/SKILL.md' })).contents
  expect(JSON.stringify(content)).toContain('It works')
  await client.close()
})

test('what was withdrawn is neither listed nor served, and agents hear of it', async () => {
  await parts.install('sort-words')
  let heard = 0
  const { client } = await connectClient(host.url, 'one', {
    modern: true,
    listChanged: { tools: { autoRefresh: false, onChanged: () => void heard++ } },
  })
  const list = async () =>
    (await client.listResources({}, { cacheMode: 'bypass' })).resources.map(({ name }) => name)
  expect(await list()).toContain('sort-words')
  await parts.registry.revoke(withdrawalOf('sort-words', '*'))
  await parts.engine.refreshTrust()
  await until(() => heard > 0)
  expect(await list()).not.toContain('sort-words')
  const { prompts } = await client.listPrompts({}, { cacheMode: 'bypass' })
  expect(prompts.map(({ name }) => name)).not.toContain('sort-words')
  await expect(client.readResource({ uri: 'skill://sort-words/SKILL.md' })).rejects.toMatchObject({
    code: -32602,
  })
  await client.close()
})

test("another token can't use a session, not even with its id", async () => {
  const session = await openSession()
  expect((await post(listTools(2), { 'mcp-session-id': session })).status).toBe(200)
  expect((await post(listTools(3), { 'mcp-session-id': session }, 'other')).status).toBe(404)
  const stream = await fetch(host.url, {
    headers: { authorization: 'Bearer other', accept: 'text/event-stream', 'mcp-session-id': session },
  })
  expect(stream.status).toBe(404)
  const removal = await fetch(host.url, {
    method: 'DELETE',
    headers: { authorization: 'Bearer other', 'mcp-session-id': session },
  })
  expect(removal.status).toBe(404)
  expect((await post(listTools(4), { 'mcp-session-id': session })).status).toBe(200)
})

test("a call can't be cancelled from another session, of the same token or of another", async () => {
  const [own, second, foreign] = [await openSession(), await openSession(), await openSession('other')]
  const call = { jsonrpc: '2.0', id: 77, method: 'tools/call', params: { name: 'wait_here', arguments: {} } }
  const called = post(call, { 'mcp-session-id': own })
  await until(() => waiting.length === 1)
  const cancel = { jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 77 } }
  await post(cancel, { 'mcp-session-id': second })
  await post(cancel, { 'mcp-session-id': foreign }, 'other')
  await post(cancel, { 'mcp-session-id': own }, 'other')
  await post(listTools(78), { 'mcp-session-id': own })
  expect(waiting).toHaveLength(1)

  // Nor may a second request take the answer of the first.
  const again = await post({ ...listTools(77) }, { 'mcp-session-id': own })
  expect(again.status).toBe(400)
  expect(waiting).toHaveLength(1)

  await post(cancel, { 'mcp-session-id': own })
  await until(() => waiting.length === 0)
  const removal = await fetch(host.url, {
    method: 'DELETE',
    headers: { authorization: 'Bearer one', 'mcp-session-id': own },
  })
  expect(removal.status).toBe(200)
  await called
})

test('versions that are wrong, missing or at odds are refused', async () => {
  const session = await openSession()
  const headers = { 'mcp-session-id': session }
  for (const wrong of ['1999-01-01', '2025-11-25, 2024-11-05', 'x'])
    expect((await post(listTools(5), { ...headers, 'mcp-protocol-version': wrong })).status, wrong).toBe(400)
  // The newest stands for itself: its header alone, or with a session of an older version, says nothing.
  expect((await post(listTools(6), { ...headers, 'mcp-protocol-version': '2026-07-28' })).status).toBe(400)
  const envelope = {
    'io.modelcontextprotocol/protocolVersion': '2026-07-28',
    'io.modelcontextprotocol/clientInfo': { name: 'raw', version: '1' },
    'io.modelcontextprotocol/clientCapabilities': {},
  }
  const asked = { ...listTools(7), params: { _meta: envelope } }
  const modern = { 'mcp-method': 'tools/list', 'mcp-protocol-version': '2026-07-28' }
  expect((await post(asked, modern)).status).toBe(200)
  expect((await post(asked, { ...modern, 'mcp-protocol-version': '2025-11-25' })).status).toBe(400)
  expect((await post(asked, { ...modern, 'mcp-method': 'tools/call' })).status).toBe(400)
  const never = { ...envelope, 'io.modelcontextprotocol/protocolVersion': '2031-01-01' }
  const unknown = await post(
    { ...asked, params: { _meta: never } },
    { ...modern, 'mcp-protocol-version': '2031-01-01' },
  )
  expect([unknown.status, JSON.parse(unknown.text)]).toMatchObject([400, { error: { code: -32022 } }])
})

test('batches, what is too large, what is not JSON, and requests without a session are refused', async () => {
  const batch = Array.from({ length: 10_000 }, (_, id) => listTools(id))
  expect((await post(batch.slice(0, 2))).status).toBe(400)
  expect((await post(batch)).status).toBe(400)
  expect(
    (await post({ ...initialize, params: { ...initialize.params, x: 'x'.repeat(3_000_000) } })).status,
  ).toBe(413)
  const headers = { 'mcp-session-id': await openSession() }
  expect((await post(batch.slice(0, 2), headers)).status).toBe(400)
  expect((await post('{')).status).toBe(400)
  expect((await post(initialize, { 'content-type': 'text/plain' })).status).toBe(415)
  expect((await post(listTools(1))).status).toBe(400)
  expect((await post(listTools(1), { 'mcp-session-id': 'x'.repeat(43) })).status).toBe(404)
  const inputs = Object.fromEntries(Array.from({ length: 5000 }, (_, index) => [`k${index}`, 1]))
  const session = await openSession()
  const params = { name: 'run_skill', arguments: { slug: 'count-words', inputs } }
  const called = await post(
    { jsonrpc: '2.0', id: 9, method: 'tools/call', params },
    { 'mcp-session-id': session },
  )
  expect(called.text).toContain('more than the maximum')
})

test('an agent that opens session after session loses its oldest, and nobody else theirs', async () => {
  const foreign = await openSession('other')
  const first = await openSession()
  for (let count = 0; count < 16; count++) await openSession()
  expect((await post(listTools(1), { 'mcp-session-id': first })).status).toBe(404)
  expect((await post(listTools(1), { 'mcp-session-id': foreign }, 'other')).status).toBe(200)
})

test('a token that was taken back ends its sessions, its streams and what it has under way', async () => {
  const { client, transport } = await connectClient(host.url, 'leaving')
  const modern = await connectClient(host.url, 'leaving', { modern: true })
  const subscription = await modern.client.listen({ toolsListChanged: true })
  const calls = [client, modern.client].map((one) =>
    one.callTool({ name: 'wait_here', arguments: {} }).then(
      () => 'done',
      () => 'ended',
    ),
  )
  await until(() => waiting.length === 2)
  host.disconnect('leaving')
  await until(() => waiting.length === 0)
  await subscription.closed
  const answer = await post(listTools(1), { 'mcp-session-id': transport.sessionId! }, 'leaving')
  expect(answer.status).toBe(401)
  await Promise.all([client.close(), modern.client.close()])
  await Promise.all(calls)
})

import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ask, eventsIn, openBridge, openStream } from '../support/bridge.ts'

// Runs that agents ask for, in the real sandbox.

let bridge: Awaited<ReturnType<typeof openBridge>>
let port: number
beforeAll(async () => {
  bridge = await openBridge()
  port = bridge.port
  const python = (script: string) => ({ run: { command: ['python3', '-uc', script] } })
  await bridge.install(
    'speaks',
    python(
      'import os, time\nfor word in [b"one", b"two", b"three"]: os.write(1, word + b"\\n"); time.sleep(0.2)',
    ),
  )
  await bridge.install('lasts', python('import time; print("here"); time.sleep(25)'))
  await bridge.install('reads', {
    capabilities: { 'fs:read': 'Reads the file.', 'fs:write': 'Keeps it.' },
    sandbox: { write: ['notes'] },
    run: {
      command: [
        'python3',
        '-c',
        'import sys; t = open(sys.argv[1][7:]).read(); open("notes/copy", "w").write(t); print(t, end="")',
      ],
      inputs: { file: { type: 'file', title: 'File', required: true } },
    },
  })
})
afterAll(() => bridge.close())

interface Run {
  runId: string
  state: string
  result: { stdout: string; reason: string; receipt: { read: string[]; written: string[] } } | null
}
const post = (path: string, body: object, headers: Record<string, string> = {}) =>
  ask({ port }, path, {
    method: 'POST',
    headers: { ...bridge.agent.headers, 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  })
const run = async (body: object, headers: Record<string, string> = {}) => {
  const answer = await post('/v1/runs', body, headers)
  return { status: answer.status, ...(answer.json() as { run: Run | null; request: { id: string } | null }) }
}
const get = async (path: string) => (await ask({ port }, path, { headers: bridge.agent.headers })).json()

test('a file that an agent names is read after the person has allowed it, and its place alone is told', async () => {
  const file = join(bridge.folder, 'note.txt')
  writeFileSync(file, 'Buy bread.')
  const first = await run({ slug: 'reads', inputs: { file } })
  expect(first).toMatchObject({ run: null, request: { state: 'pending', slug: 'reads' } })
  await bridge.access.requests.allowRun(first.request!.id)
  const answered = await get(`/v1/requests/${first.request!.id}?waitS=5`)
  expect(answered).toMatchObject({ request: { state: 'approved' } })
  const second = await run({ slug: 'reads', inputs: { file } })
  expect(second.run).toMatchObject({
    state: 'ended',
    result: { stdout: 'Buy bread.', receipt: { read: [file] } },
  })
  // It kept a note in Skillet's own folder, which is none of the agent's business.
  expect(second.run!.result!.receipt.written).toEqual([])
  expect(JSON.stringify(second)).not.toContain(bridge.home)
  const entries = await bridge.engine.auditEntries({ limit: 20, before: null })
  const started = entries.find(({ event }) => event === 'run.started')
  expect(started!.detail).toMatchObject({ agent: { id: bridge.agent.id, name: 'Reader' } })
  // Once allowed is for one run.
  expect(await run({ slug: 'reads', inputs: { file } })).toMatchObject({ run: null })
})

test('tells what a run says as it says it; who was cut off goes on from there', async () => {
  const started = await run({ slug: 'speaks', waitS: 0 })
  expect(started.run!.state).toBe('running')
  const path = `/v1/runs/${started.run!.runId}/events`
  const stream = await openStream({ port }, path, bridge.agent.headers)
  expect(stream.headers['content-type']).toBe('text/event-stream; charset=utf-8')
  const [part] = (await once(stream.setEncoding('utf8'), 'data')) as [string]
  const [first] = eventsIn(part)
  expect(first).toEqual({ id: 1, event: 'output', data: { stream: 'stdout', text: 'one\n' } })
  stream.destroy()
  const rest = await ask({ port }, path, { headers: { ...bridge.agent.headers, 'last-event-id': '1' } })
  const events = eventsIn(rest.text)
  const said = events.filter(({ event }) => event === 'output').map(({ data }) => data['text'])
  expect([said.join(''), events.at(-1)]).toMatchObject([
    'two\nthree\n',
    { event: 'end', data: { state: 'ended', result: { stdout: 'one\ntwo\nthree\n' } } },
  ])
})

test('stops a run that is asked to stop, and one whose agent went away and had said so', async () => {
  const one = await run({ slug: 'lasts', waitS: 0 })
  await hasSpoken(one.run!.runId)
  const stopped = await ask({ port }, `/v1/runs/${one.run!.runId}`, {
    method: 'DELETE',
    headers: bridge.agent.headers,
  })
  expect(stopped.json()).toMatchObject({ run: { state: 'ended', result: { reason: 'stopped' } } })

  const known = new Set(((await get('/v1/runs'))['runs'] as Run[]).map(({ runId }) => runId))
  const waiting = await openWaiting({ 'skillet-when-gone': 'stop' })
  const left = await newRun(known)
  await hasSpoken(left)
  waiting.destroy()
  expect(await get(`/v1/runs/${left}?waitS=10`)).toMatchObject({ run: { result: { reason: 'stopped' } } })
})

test('an agent sees and stops its own runs only', async () => {
  const other = await bridge.issue('Other')
  const { run: own } = await run({ slug: 'speaks', waitS: 0 })
  for (const [method, path] of [
    ['GET', `/v1/runs/${own!.runId}`],
    ['GET', `/v1/runs/${own!.runId}/events`],
    ['DELETE', `/v1/runs/${own!.runId}`],
  ] as const) {
    const answer = await ask({ port }, path, { method, headers: other.headers })
    expect([answer.status, answer.json()['code']]).toEqual([404, 'NOT_FOUND'])
  }
  expect((await ask({ port }, '/v1/runs', { headers: other.headers })).json()).toEqual({ runs: [] })
})

test('the same request under the same key is one run; another one under it is refused', async () => {
  const key = { 'idempotency-key': 'a-key' }
  const first = await run({ slug: 'speaks' }, key)
  const again = await run({ slug: 'speaks' }, key)
  expect(again.run!.runId).toBe(first.run!.runId)
  const other = await post('/v1/runs', { slug: 'lasts' }, key)
  expect([other.status, other.json()['code']]).toEqual([400, 'INPUT_INVALID'])
})

test('an agent whose token is taken away has its runs stopped and is told nothing more', async () => {
  const other = await bridge.issue('Soon gone')
  const started = await run({ slug: 'lasts', waitS: 0 }, other.headers)
  const stream = await openStream({ port }, `/v1/runs/${started.run!.runId}/events`, other.headers)
  await once(stream, 'data')
  const ended = new Promise((resolve) => stream.on('error', resolve).resume())
  await bridge.access.disconnect(other.id)
  expect(await ended).toMatchObject({ code: 'ECONNRESET' })
  const after = await ask({ port }, '/v1/runs', { headers: other.headers })
  expect([after.status, after.json()['code']]).toEqual([401, 'UNAUTHORIZED'])
  const ending = async () =>
    (await bridge.engine.auditEntries({ limit: 50, before: null })).find(
      ({ event, detail }) =>
        event !== 'run.started' && (detail['agent'] as { id?: string } | undefined)?.id === other.id,
    )?.event
  await expect.poll(ending, { timeout: 10_000 }).toMatch(/^run\.(?:finished|denied)$/)
})

async function hasSpoken(runId: string): Promise<void> {
  const said = await openStream({ port }, `/v1/runs/${runId}/events`, bridge.agent.headers)
  await once(said, 'data')
  said.destroy()
}

/** A request that waits for a long run. */
async function openWaiting(headers: Record<string, string>) {
  const { request } = await import('node:http')
  const asked = request({
    host: '127.0.0.1',
    port,
    path: '/v1/runs',
    method: 'POST',
    agent: false,
    headers: {
      host: `127.0.0.1:${port}`,
      ...bridge.agent.headers,
      ...headers,
      'content-type': 'application/json',
    },
  })
  asked.on('error', () => {})
  asked.end(JSON.stringify({ slug: 'lasts', waitS: 30 }))
  return asked
}

async function newRun(known: ReadonlySet<string>): Promise<string> {
  for (;;) {
    const one = ((await get('/v1/runs'))['runs'] as Run[]).find(({ runId }) => !known.has(runId))
    if (one !== undefined) return one.runId
  }
}

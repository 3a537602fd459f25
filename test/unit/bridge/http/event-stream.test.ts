import { once } from 'node:events'
import { createServer, request, type IncomingMessage } from 'node:http'
import { getRequestListener } from '@hono/node-server'
import type { AddressInfo } from 'node:net'
import { Hono } from 'hono'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { BridgeApp } from '../../../../src/bridge/http/app.ts'
import type { BridgeBindings } from '../../../../src/bridge/http/authenticate.ts'
import { addEventStream } from '../../../../src/bridge/http/event-stream.ts'
import type { AgentRuns } from '../../../../src/bridge/runs/agent-runs.ts'
import { createRunEvents, type RunEvents } from '../../../../src/bridge/runs/run-events.ts'
import { SkilletError } from '../../../../src/shared/errors.ts'

// Event streams over real sockets, of a run whose events the test makes.

let events: RunEvents
/** Parts that were taken out of what the run keeps. */
let taken: number
let port: number
let close: () => void
beforeEach(async () => {
  events = createRunEvents()
  taken = 0
  const counted: RunEvents = {
    ...events,
    after(id) {
      taken++
      return events.after(id)
    },
  }
  const app: BridgeApp = new Hono()
  app.onError((error) => new Response(error instanceof SkilletError ? error.code : '', { status: 429 }))
  addEventStream(app, {
    authenticate: async ({ incoming }: BridgeBindings) => {
      const id = incoming.headers.authorization!
      return { id, name: id, scopes: ['runs:read'] }
    },
    runs: { events: () => counted } as unknown as AgentRuns,
    stalledMs: 300,
  })
  const server = createServer(getRequestListener(app.fetch, { overrideGlobalObjects: false }))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  port = (server.address() as AddressInfo).port
  close = () => {
    server.close()
    server.closeAllConnections()
  }
})
afterEach(() => close())

function open(agent: string): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const path = '/v1/runs/one/events'
    request({ host: '127.0.0.1', port, path, agent: false, headers: { authorization: agent } }, resolve)
      .on('error', reject)
      .end()
  })
}
const statusOf = async (agent: string) => {
  const answer = await open(agent)
  answer.on('error', () => undefined).resume()
  return answer.statusCode
}

test('a reader that doesn’t read is given no more than it has room for, and is sent away', async () => {
  const text = 'x'.repeat(32 * 1024)
  const say = () => events.push('output', { stream: 'stdout', text })
  const stalled = await open('stalled')
  const gone = once(stalled, 'error')
  // The run says more and more, more than all the buffers between the two hold.
  const saying = setInterval(() => {
    for (let count = 0; count < 32; count++) say()
  }, 2)
  await expect.poll(() => taken, { timeout: 2000 }).toBeGreaterThan(4)
  const settled = async () => {
    const before = taken
    await new Promise((resolve) => setTimeout(resolve, 100))
    return taken === before
  }
  await expect.poll(settled, { timeout: 3000 }).toBe(true)
  clearInterval(saying)
  expect(taken).toBeLessThan(400)
  // What was sent before is read first; a reader that was sent away in the meantime finds the end of it.
  await new Promise((resolve) => setTimeout(resolve, 400))
  stalled.resume()
  expect((await gone)[0]).toMatchObject({ code: 'ECONNRESET' })
})

test('an agent has sixteen streams, all together 128, and one that was closed makes room', async () => {
  const opened: IncomingMessage[] = []
  // An answer begins with the first event.
  events.push('output', { stream: 'stdout', text: 'here' })
  const hold = async (agent: string) => {
    const stream = await open(agent)
    expect(stream.statusCode).toBe(200)
    opened.push(stream.on('error', () => undefined).resume())
  }
  for (let count = 0; count < 16; count++) await hold('one')
  expect(await statusOf('one')).toBe(429)
  for (let count = 16; count < 128; count++) await hold(`agent-${count % 8}`)
  expect(await statusOf('another')).toBe(429)
  opened[0]!.destroy()
  await expect.poll(() => statusOf('another')).toBe(200)
})

import { serve } from '@hono/node-server'
import {
  createMcpHandler,
  isInitializeRequest,
  McpServer,
  WebStandardStreamableHTTPServerTransport,
} from '@modelcontextprotocol/server'
import { Hono } from 'hono'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { operations } from '../../src/bridge/operations/operations.ts'
import { createEngine } from '../../src/engine/engine.ts'
import { keychainOf } from '../../test/support/keychain-of.ts'
import { allScopes, startMcpHost } from '../../test/support/mcp-host.ts'
import { launcher } from '../../test/support/sandbox.ts'

// `skillet REGISTRY ROOT`: the real bridge. `hello`: the least that the SDK can do over the same transport, with a tool that
// says hello, for each protocol version the way that the SDK recommends. Sends its address.

const [kind, registryUrl = '', trustRootFile = ''] = process.argv.slice(2)

async function startSkillet(): Promise<string> {
  const engine = await createEngine({
    home: mkdtempSync(join(tmpdir(), 'mcp-bench-')),
    registryUrl,
    trustRootFile,
    apiKey: null,
    launcher,
    keychain: keychainOf(),
  })
  return (await startMcpHost(engine, operations, new Map([['token', allScopes]]))).url.href
}

function helloServer(): McpServer {
  const server = new McpServer({ name: 'hello', version: '1.0.0' })
  server.registerTool('hello', { description: 'Says hello.' }, () => ({
    content: [{ type: 'text', text: 'hello' }],
  }))
  return server
}

async function startHello(): Promise<string> {
  const modern = createMcpHandler(helloServer, { legacy: 'reject' })
  const sessions = new Map<string, WebStandardStreamableHTTPServerTransport>()
  const app = new Hono()
  app.post('/mcp', async (context) => {
    const body: unknown = await context.req.json()
    const session = sessions.get(context.req.header('mcp-session-id') ?? '')
    if (session !== undefined) return session.handleRequest(context.req.raw, { parsedBody: body })
    if (!isInitializeRequest(body)) return modern.fetch(context.req.raw, { parsedBody: body })
    const transport = new WebStandardStreamableHTTPServerTransport({
      sessionIdGenerator: randomUUID,
      onsessioninitialized: (id) => void sessions.set(id, transport),
    })
    await helloServer().connect(transport)
    return transport.handleRequest(context.req.raw, { parsedBody: body })
  })
  const server = serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' })
  await once(server, 'listening')
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`
}

process.on('message', () => {
  const { user, system } = process.cpuUsage()
  process.send!({ cpuMs: (user + system) / 1000 })
})
void (kind === 'skillet' ? startSkillet() : startHello()).then((url) => process.send!(url))

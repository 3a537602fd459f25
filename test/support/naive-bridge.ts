import { createServer, type Server, type ServerOptions } from 'node:http'
import { createHash } from 'node:crypto'
import type { AddressInfo } from 'node:net'
import { getRequestListener } from '@hono/node-server'
import { Hono } from 'hono'
import { cors } from 'hono/cors'

/**
 * A local server as it is usually written: on 127.0.0.1, so "only this computer" reaches it; any `Host`, CORS for whoever
 * asks, JSON whatever it is called, a GET that does something, WebSockets, and no limits.
 */
export async function startNaiveBridge({
  where = 0,
  options = {},
  token,
}: { where?: number | string; options?: ServerOptions; token?: () => string } = {}) {
  const done: string[] = []
  const app = new Hono()
  app.use(cors({ origin: '*' }))
  app.use(async (context, next) => {
    if (token !== undefined && context.req.header('authorization') !== `Bearer ${token()}`)
      return context.json({ error: 'no' }, 401)
    return next()
  })
  app.get('/v1/skills', (context) => context.json({ skills: [{ slug: 'count-words' }] }))
  app.get('/v1/run', (context) => {
    done.push(`ran ${context.req.query('slug')}`)
    return context.json({ ok: true })
  })
  app.post('/v1/runs', async (context) => {
    const body = await context.req.text()
    done.push(`ran with ${body.length} characters`)
    return context.json({ ok: true })
  })
  const server: Server = createServer(
    { headersTimeout: 0, requestTimeout: 0, ...options },
    getRequestListener(app.fetch, { overrideGlobalObjects: false }),
  )
  server.on('upgrade', (request, socket) => {
    const key = request.headers['sec-websocket-key'] ?? ''
    const accept = createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64')
    socket.end(
      `HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: upgrade\r\nsec-websocket-accept: ${accept}\r\n\r\n`,
    )
  })
  await new Promise<void>((resolve) =>
    typeof where === 'string' ? server.listen(where, resolve) : server.listen(where, '127.0.0.1', resolve),
  )
  return {
    /** What it was made to do. */
    done,
    server,
    port: typeof where === 'string' ? 0 : (server.address() as AddressInfo).port,
    async stop() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

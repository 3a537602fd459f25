import * as http from 'node:http'
import * as https from 'node:https'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'

/** Milliseconds that a proxy has to open the way. */
const openTimeoutMs = 30_000

/**
 * An agent whose connections to https servers go through a proxy by CONNECT (RFC 9110 §9.3.6). TLS is with the server
 * itself: the proxy learns its name and sees nothing else.
 */
export function createTunnelAgent(proxy: string, options: https.AgentOptions): https.Agent {
  const agent = new https.Agent(options)
  const secure = agent.createConnection.bind(agent)
  agent.createConnection = (to, done) => {
    open(proxy, `${to.host}:${to.port ?? 443}`, (error, socket) => {
      if (socket === null) return done?.(error, undefined as unknown as Duplex)
      const made = secure({ ...to, socket } as https.RequestOptions)
      if (made) done?.(null, made)
    })
    return undefined
  }
  return agent
}

function open(
  proxy: string,
  target: string,
  done: (error: Error | null, socket: Duplex | null) => void,
): void {
  const { request } = proxy.startsWith('https:') ? https : http
  const asked = request(new URL(proxy), {
    method: 'CONNECT',
    path: target,
    headers: { host: target },
    agent: false,
    timeout: openTimeoutMs,
  })
  const refused = (status: number | undefined) =>
    done(new Error(`the proxy ${proxy} answered ${status ?? 'nothing'} for ${target}`), null)
  asked.on('connect', (response, socket, early) => {
    // From here on a slow server is for others to judge.
    ;(socket as Socket).setTimeout(0)
    // A server speaks second in TLS: what comes before is the proxy's own.
    if (response.statusCode === 200 && early.length === 0) return done(null, socket)
    socket.destroy()
    refused(response.statusCode)
  })
  asked.on('response', (response) => {
    response.destroy()
    refused(response.statusCode)
  })
  asked.on('timeout', () => asked.destroy(new Error(`the proxy ${proxy} doesn't answer`)))
  asked.on('error', (error) => done(error, null))
  asked.end()
}

import { createServer, request, type Server } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'

/**
 * For a client that can't be given a token: hands each request on to the bridge with one, and with the bridge's own name
 * where the client used this server's. All else stays as it came, such as the host and origin of an attacker.
 */
export async function startTokenFront(to: URL, token: string): Promise<{ url: URL; stop: () => void }> {
  const own = () => `localhost:${(server.address() as AddressInfo).port}`
  const server: Server = createServer((incoming, outgoing) => {
    const toBridge = (value: string | undefined) => value?.replace(own(), to.host)
    const { host, origin, ...headers } = incoming.headers
    const asked = request(
      new URL(incoming.url ?? '/', to),
      {
        method: incoming.method ?? 'GET',
        headers: {
          ...headers,
          host: toBridge(host),
          ...(origin === undefined ? {} : { origin: toBridge(origin) }),
          authorization: `Bearer ${token}`,
        },
      },
      (answer) => {
        outgoing.writeHead(answer.statusCode ?? 502, answer.headers)
        answer.pipe(outgoing)
      },
    )
    asked.on('error', () => outgoing.destroy())
    outgoing.on('close', () => asked.destroy())
    incoming.pipe(asked)
  })
  server.listen(0, 'localhost')
  await once(server, 'listening')
  return {
    url: new URL(to.pathname, `http://${own()}`),
    stop() {
      server.close()
      server.closeAllConnections()
    },
  }
}

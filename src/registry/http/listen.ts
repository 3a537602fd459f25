import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createAdaptorServer } from '@hono/node-server'
import type { Hono } from 'hono'
import { SkilletError } from '../../shared/errors.ts'

export interface Listener {
  readonly url: string
  /** Lets requests under way finish for up to five seconds. */
  close(): Promise<void>
}

/** Throws INPUT_INVALID where the port is taken or the address isn't this computer's. */
export async function listen(app: Hono, host: string, port: number): Promise<Listener> {
  const server = createAdaptorServer({ fetch: app.fetch, overrideGlobalObjects: false }) as Server
  server.requestTimeout = 120_000
  server.headersTimeout = 15_000
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen(port, host, () => {
        server.off('error', reject)
        resolve()
      })
    })
  } catch (error) {
    throw new SkilletError('INPUT_INVALID', `The registry can't listen on ${host}:${port}.`, {
      remedy: 'Choose another port with --port.',
      cause: error,
    })
  }
  const address = server.address() as AddressInfo
  const name = address.family === 'IPv6' ? `[${address.address}]` : address.address
  return {
    url: `http://${name}:${address.port}`,
    close: () =>
      new Promise((resolve) => {
        const force = setTimeout(() => server.closeAllConnections(), 5_000)
        server.close(() => {
          clearTimeout(force)
          resolve()
        })
        server.closeIdleConnections()
      }),
  }
}

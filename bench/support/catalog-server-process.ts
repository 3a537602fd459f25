import type { AddressInfo, Socket } from 'node:net'
import type { Server } from 'node:http'
import { createAdaptorServer } from '@hono/node-server'
import { Hono } from 'hono'
import { createEndpoints } from '../../src/registry/http/endpoint.ts'
import { answerError } from '../../src/registry/http/errors.ts'
import { createRepository } from '../../src/registry/tuf/repository.ts'
import { addTuf } from '../../src/registry/routes/tuf.ts'

// Serves a TUF repository as the registry does and counts what goes over the wire in both directions.

async function serve(dataDir: string): Promise<void> {
  const repository = await createRepository({
    dataDir,
    publishKeys: () => Promise.reject(new Error(`There is no repository in ${dataDir}.`)),
  })
  const app = new Hono()
  addTuf(createEndpoints(app, { authorise: async () => null, count: async () => {} }).add, { repository })
  app.onError((error, context) => answerError(context, error, () => console.error(error)))
  const server = createAdaptorServer({ fetch: app.fetch }) as Server
  const sockets = new Set<Socket>()
  let closedBytes = 0
  const bytesOf = (socket: Socket) => socket.bytesRead + socket.bytesWritten
  server.on('connection', (socket) => {
    sockets.add(socket)
    socket.on('close', () => {
      sockets.delete(socket)
      closedBytes += bytesOf(socket)
    })
  })
  process.on('message', () => {
    process.send?.([...sockets].reduce((sum, socket) => sum + bytesOf(socket), closedBytes))
  })
  process.on('disconnect', () => process.exit())
  server.listen(0, '127.0.0.1', () =>
    process.send?.(`http://127.0.0.1:${(server.address() as AddressInfo).port}`),
  )
}

void serve(process.argv[2]!)

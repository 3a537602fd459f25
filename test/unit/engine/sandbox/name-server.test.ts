import { createSocket } from 'node:dgram'
import { Resolver } from 'node:dns/promises'
import { once } from 'node:events'
import fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import type { EgressLog } from '../../../../src/engine/sandbox/egress.ts'
import { serveNames } from '../../../../src/engine/sandbox/name-server.ts'

// A real resolver asks over a real socket.

const refused: string[] = []
const log: EgressLog = {
  contacted: new Set(),
  requests: 0,
  bytesIn: 0,
  bytesOut: 0,
  onRefused: (name) => refused.push(name),
}
const server = createSocket('udp4')
const resolver = new Resolver({ timeout: 2000, tries: 1 })
let close = () => {}
beforeAll(async () => {
  server.bind(0, '127.0.0.1')
  await once(server, 'listening')
  close = serveNames(server, ['api.example.com', 'cdn.example.com:8443'], log)
  resolver.setServers([`127.0.0.1:${server.address().port}`])
})
beforeEach(() => refused.splice(0))
afterAll(() => close())

test('approved hosts have the address that stands for them', async () => {
  expect(await resolver.resolve4('api.example.com')).toEqual(['127.77.0.1'])
  expect(await resolver.resolve4('CDN.example.com')).toEqual(['127.77.0.2'])
  await expect(resolver.resolve6('api.example.com')).rejects.toMatchObject({ code: 'ENODATA' })
  await expect(resolver.resolveTxt('api.example.com')).rejects.toMatchObject({ code: 'ENODATA' })
  expect(refused).toEqual([])
})

test('no other name exists, and each is reported', async () => {
  for (const name of ['evil.example.net', 'c2VjcmV0.api.example.com', 'example.com'])
    await expect(resolver.resolve4(name)).rejects.toMatchObject({ code: 'ENOTFOUND' })
  expect(refused).toEqual(['evil.example.net', 'c2vjcmv0.api.example.com', 'example.com'])
})

test('whatever arrives, it goes on answering', async () => {
  const client = createSocket('udp4')
  const { port } = server.address()
  const header = Buffer.from([0, 1, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0])
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 600 }), fc.boolean(), async (bytes, plausible) => {
      const data = plausible ? Buffer.concat([header, bytes]) : Buffer.from(bytes)
      await new Promise((done) => client.send(data, port, '127.0.0.1', done))
    }),
  )
  client.close()
  expect(await resolver.resolve4('api.example.com')).toEqual(['127.77.0.1'])
})

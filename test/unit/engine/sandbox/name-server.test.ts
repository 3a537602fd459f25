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

test('what is no plain question for one name gets no answer, and is no text for the receipt', async () => {
  const client = createSocket('udp4')
  const { port } = server.address()
  const name = (...labels: (string | number)[]) =>
    Buffer.concat([
      ...labels.map((label) =>
        typeof label === 'number'
          ? Buffer.from([label])
          : Buffer.concat([Buffer.from([label.length]), Buffer.from(label, 'latin1')]),
      ),
      Buffer.from([0, 0, 1, 0, 1]),
    ])
  const query = (id: number, flags: number, count: number, asked: Buffer) => {
    const head = Buffer.alloc(12)
    head.writeUInt16BE(id, 0)
    head.writeUInt16BE(flags, 2)
    head.writeUInt16BE(count, 4)
    return Buffer.concat([head, asked])
  }
  const good = name('evil', 'example', 'net')
  const bad = [
    query(1, 0x8100, 1, good), // an answer
    query(1, 0x0900, 1, good), // another kind of query
    query(1, 0x0100, 2, good), // two questions
    query(1, 0x0100, 0, good),
    query(1, 0x0100, 1, name('evil', 0xc0, 12)), // a pointer (RFC 1035 §4.1.4)
    query(1, 0x0100, 1, name('x'.repeat(64))),
    query(1, 0x0100, 1, name(...Array<string>(6).fill('x'.repeat(50)))), // longer than any name
    query(1, 0x0100, 1, name('two words')),
    query(1, 0x0100, 1, name('\u001b[31m')),
    query(1, 0x0100, 1, Buffer.from([5, 0x61])), // cut short
  ]
  for (const data of [...bad, query(2, 0x0100, 1, name('last', 'example', 'net'))])
    await new Promise((done) => client.send(data, port, '127.0.0.1', done))
  const [answer] = (await once(client, 'message')) as [Buffer]
  client.close()
  expect(answer.readUInt16BE(0)).toBe(2)
  expect(refused).toEqual(['last.example.net'])
})

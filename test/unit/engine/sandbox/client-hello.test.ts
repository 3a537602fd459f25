import { createServer } from 'node:net'
import { connect } from 'node:tls'
import { expect, test } from 'vitest'
import { readServerName } from '../../../../src/engine/sandbox/client-hello.ts'

/** The first flight of Node's own TLS client. */
async function clientHello(servername: string | undefined): Promise<Buffer> {
  return new Promise((done) => {
    const server = createServer((socket) => {
      socket.once('data', (data) => {
        socket.destroy()
        server.close(() => done(data))
      })
    }).listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number }
      connect({ port, host: '127.0.0.1', ...(servername ? { servername } : {}) }).on('error', () => {})
    })
  })
}

test('reads the name that a real client asks for', async () => {
  expect(readServerName(await clientHello('Api.Example.com'))).toEqual({
    kind: 'name',
    name: 'api.example.com',
  })
  expect(readServerName(await clientHello(undefined))).toEqual({ kind: 'none' })
})

test('waits for the rest of a hello that arrives in pieces', async () => {
  const hello = await clientHello('api.example.com')
  for (const length of [0, 1, 4, 5, 60, hello.length - 1])
    expect(readServerName(hello.subarray(0, length))).toEqual({ kind: 'more' })
})

test('takes nothing else for TLS, and survives every truncation and bit flip', async () => {
  expect(readServerName(Buffer.from('GET / HTTP/1.1\r\n'))).toEqual({ kind: 'other' })
  expect(readServerName(Buffer.from([22, 3, 1, 0xff, 0xff]))).toEqual({ kind: 'other' })
  const hello = await clientHello('api.example.com')
  for (let at = 0; at < hello.length; at++) {
    const changed = Buffer.from(hello)
    changed[at] = changed[at]! ^ 0xff
    expect(['name', 'more', 'none', 'other']).toContain(readServerName(changed).kind)
  }
})

test('what is no whole hello with one whole name is no TLS that anybody could judge', async () => {
  const hello = await clientHello('api.example.com')
  const at = hello.indexOf('api.example.com')
  const changed = (place: number, value: number) => {
    const copy = Buffer.from(hello)
    copy[place] = value
    return readServerName(copy)
  }
  expect(changed(5, 2)).toEqual({ kind: 'other' }) // another message of the handshake (RFC 8446 §4)
  expect(changed(at - 3, 1)).toEqual({ kind: 'other' }) // a kind of name that there is none of (RFC 6066 §3)
  expect(changed(at - 2, 0xff)).toEqual({ kind: 'other' }) // a name that goes on behind the end
  // A record that ends within the hello: the rest may come in another one.
  const part = Buffer.from(hello.subarray(0, 60))
  part.writeUInt16BE(55, 3)
  expect(readServerName(part)).toEqual({ kind: 'other' })
})

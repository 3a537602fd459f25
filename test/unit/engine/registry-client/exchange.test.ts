import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { rmSync } from 'node:fs'
import { mkdtemp, readFile } from 'node:fs/promises'
import { createServer, type RequestListener } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import { createServer as createRawServer, type AddressInfo, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { gzipSync } from 'node:zlib'
import { afterEach, describe, expect, it } from 'vitest'
import { createConnection } from '../../../../src/engine/registry-client/request.ts'
import askProcess from 'thread:../../../support/ask-process.ts'

const closing: (() => void)[] = []
afterEach(() => {
  for (const close of closing.splice(0)) close()
})

async function listen(server: Server): Promise<number> {
  closing.push(() => server.close())
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  server.on('connection', (socket) => closing.push(() => socket.destroy()))
  return (server.address() as AddressInfo).port
}

async function connect(server: Server) {
  const url = `http://127.0.0.1:${await listen(server)}`
  return createConnection({ url, apiKey: undefined, stallTimeoutMs: 5000 })
}

/** Speaks HTTP by hand: gives the answer at each place of `plan` to one request, and cuts a connection off at a `null`. */
function scripted(plan: (string | null)[]) {
  const asked: string[] = []
  let connections = 0
  const server = createRawServer((socket) => {
    connections++
    socket.on('error', () => undefined)
    socket.on('data', (data) => {
      asked.push(data.toString().split(' ', 1)[0]!)
      const body = plan.shift()
      if (body === null || body === undefined) socket.resetAndDestroy()
      else socket.write(`HTTP/1.1 200 OK\r\ncontent-length: ${body.length}\r\n\r\n${body}`)
    })
  })
  return { server, asked, connections: () => connections }
}

describe('a connection to a registry', () => {
  it('is kept for the next question', async () => {
    const { server, connections } = scripted(['first', 'second'])
    const { send, bytes } = await connect(server)
    for (const body of ['first', 'second'])
      expect(Buffer.from(await bytes(await send('/x'), 100)).toString()).toBe(body)
    expect(connections()).toBe(1)
  })

  it('that was closed while idle is made anew, once', async () => {
    const { server, asked, connections } = scripted(['first', null, 'second', null, null, 'never'])
    const { send, bytes } = await connect(server)
    await bytes(await send('/x'), 100)
    expect(Buffer.from(await bytes(await send('/x'), 100)).toString()).toBe('second')
    expect(connections()).toBe(2)
    await expect(send('/x')).rejects.toMatchObject({ code: 'REGISTRY_UNREACHABLE' })
    expect(asked).toHaveLength(4)
  })

  it('that was closed while idle is no reason to publish twice', async () => {
    const { server, asked } = scripted(['first', null, 'never'])
    const { send, bytes } = await connect(server)
    await bytes(await send('/x'), 100)
    await expect(send('/x', { method: 'POST', body: '{}' })).rejects.toMatchObject({
      code: 'REGISTRY_UNREACHABLE',
    })
    expect(asked).toEqual(['GET', 'POST'])
  })

  it('keeps no command from ending, and asks over TLS those that this computer trusts', async () => {
    const granted: RequestListener = (_request, response) => response.end('{"access":true}')
    const plain = await listen(createServer({ keepAliveTimeout: 600_000 }, granted))
    const folder = await mkdtemp(join(tmpdir(), 'exchange-'))
    closing.push(() => rmSync(folder, { recursive: true }))
    const [cert, key] = [join(folder, 'cert.pem'), join(folder, 'key.pem')]
    await promisify(execFile)('openssl', [
      ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '1'],
      ...['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost', '-keyout', key, '-out', cert],
    ])
    const tls = createTlsServer(
      { keepAliveTimeout: 600_000, cert: await readFile(cert), key: await readFile(key) },
      granted,
    )
    const secure = await listen(tls)
    const ask = async (url: string, env = {}) =>
      (
        await promisify(execFile)(process.execPath, [askProcess, url], {
          env: { ...process.env, ...env },
          timeout: 30_000,
        })
      ).stdout
    expect(await ask(`http://127.0.0.1:${plain}`)).toBe('answered')
    expect(await ask(`https://localhost:${secure}`)).toBe('REGISTRY_UNREACHABLE')
    expect(await ask(`https://localhost:${secure}`, { NODE_EXTRA_CA_CERTS: cert })).toBe('answered')
  })
})

describe('a compressed answer', () => {
  it('is unpacked; part of a file is asked for as it is', async () => {
    const { send, bytes } = await connect(
      createServer((request, response) => {
        const accepted = request.headers['accept-encoding']!
        if (accepted === 'identity') response.end(accepted)
        else response.writeHead(200, { 'content-encoding': accepted }).end(gzipSync('{"a":1}'))
      }),
    )
    expect(Buffer.from(await bytes(await send('/x'), 100)).toString()).toBe('{"a":1}')
    const part = await send('/x', { headers: { range: 'bytes=5-' } })
    expect(Buffer.from(await bytes(part, 100)).toString()).toBe('identity')
  })

  it('is measured unpacked', async () => {
    const { send, bytes } = await connect(
      createServer((_request, response) => {
        response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(Buffer.alloc(5_000_000)))
      }),
    )
    const answer = await send('/x')
    expect(Number(answer.headers['content-length'] ?? 0)).toBeLessThan(20_000)
    await expect(bytes(answer, 20_000)).rejects.toMatchObject({ code: 'REGISTRY_REFUSED' })
  })

  it('ends with its connection where it is too long', async () => {
    const server = createServer((_request, response) => {
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(randomBytes(5_000_000)))
    })
    const { send, bytes } = await connect(server)
    const gone = new Promise((done) => server.on('connection', (socket) => socket.on('close', done)))
    await expect(bytes(await send('/x'), 20_000)).rejects.toMatchObject({ code: 'REGISTRY_REFUSED' })
    await gone
  })

  it('that was damaged or cut off is none', async () => {
    const whole = gzipSync('{"a":1}')
    for (const sent of [whole.subarray(0, -4), Buffer.from('not gzip')]) {
      const { send, bytes } = await connect(
        createServer((_request, response) => {
          response.writeHead(200, { 'content-encoding': 'gzip' }).end(sent)
        }),
      )
      await expect(bytes(await send('/x'), 100)).rejects.toMatchObject({ code: 'REGISTRY_UNREACHABLE' })
    }
  })
})

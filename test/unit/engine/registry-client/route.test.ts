import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { createServer as createHttpServer } from 'node:http'
import { createServer, get } from 'node:https'
import { connect, type AddressInfo, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { createConnection } from '../../../../src/engine/registry-client/request.ts'
import {
  directRoute,
  proxyFor,
  trustedAuthorities,
  type Route,
} from '../../../../src/engine/registry-client/route.ts'
import { SkilletError } from '../../../../src/shared/errors.ts'
import { codeOf } from '../../trust/code.ts'

const closing: (() => void)[] = []
let folder: string
let url: string
let own: string
let strange: string
const asked: { key: string | undefined }[] = []

async function listen(server: Server): Promise<number> {
  server.on('connection', (socket) => closing.push(() => socket.destroy()))
  closing.push(() => server.close())
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
}

async function certificate(name: string): Promise<{ cert: string; key: string }> {
  const [cert, key] = [join(folder, `${name}.pem`), join(folder, `${name}.key`)]
  await promisify(execFile)('openssl', [
    ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '1'],
    ...['-subj', `/CN=${name}`, '-addext', 'subjectAltName=DNS:localhost', '-keyout', key, '-out', cert],
  ])
  return { cert: await readFile(cert, 'utf8'), key: await readFile(key, 'utf8') }
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'route-'))
  const pair = await certificate('registry')
  own = pair.cert
  strange = (await certificate('stranger')).cert
  const server = createServer(pair, (request, response) => {
    asked.push({ key: request.headers['x-api-key'] as string | undefined })
    response.end('{"access":true}')
  })
  url = `https://localhost:${await listen(server)}`
})
afterAll(async () => {
  for (const close of closing.splice(0)) close()
  await rm(folder, { recursive: true, force: true })
})
afterEach(() => vi.unstubAllEnvs())

const send = async (route: Route, apiKey: string | null = null) => {
  const terms = () => Promise.resolve({ route, apiKey })
  const connection = createConnection({ url, apiKey: 'rec_own', stallTimeoutMs: 5000, terms })
  const answer = await connection.send('/api/skills/access')
  return Buffer.from(await connection.bytes(answer, 100)).toString()
}
const trusting = (mode: 'add' | 'replace', ...pem: string[]): Route => ({
  ...directRoute,
  authorities: { mode, pem },
})

describe('authorities', () => {
  it('of an organisation count where its policy names them, and others then do not', async () => {
    expect(await codeOf(send(directRoute))).toBe('REGISTRY_UNREACHABLE')
    expect(await send(trusting('add', own))).toBe('{"access":true}')
    expect(await send(trusting('replace', strange, own))).toBe('{"access":true}')
    expect(await codeOf(send(trusting('replace', strange)))).toBe('REGISTRY_UNREACHABLE')
  })

  it('are the organisation’s alone where they replace the usual ones', () => {
    expect(trustedAuthorities({ mode: 'replace', pem: ['own'] }, ['usual'])).toEqual(['own'])
    expect(trustedAuthorities({ mode: 'add', pem: ['own'] }, ['usual'])).toEqual(['usual', 'own'])
  })

  it('can’t be talked out of it by the environment', async () => {
    vi.stubEnv('NODE_TLS_REJECT_UNAUTHORIZED', '0')
    const plain = await new Promise((done) => get(url, (answer) => done(answer.statusCode)))
    expect(plain).toBe(200)
    const before = asked.length
    expect(await codeOf(send(directRoute))).toBe('REGISTRY_UNREACHABLE')
    expect(asked).toHaveLength(before)
  })
})

describe('a proxy', () => {
  /** Opens the ways that it is asked for, and writes down what passes. */
  async function startProxy(status = 200) {
    const targets: string[] = []
    const passed: Buffer[] = []
    const proxy = createHttpServer()
    proxy.on('connect', (request, socket, head) => {
      targets.push(request.url!)
      const { hostname, port } = new URL(`tcp://${request.url}`)
      const onward = connect(Number(port), hostname)
      closing.push(() => onward.destroy())
      socket.on('data', (part: Buffer) => passed.push(part))
      socket.on('error', () => onward.destroy())
      // One that refuses would lead on all the same.
      socket.write(`HTTP/1.1 ${status} As asked\r\n\r\n`)
      onward.write(head)
      onward.pipe(socket)
      socket.pipe(onward)
    })
    const proxyUrl = `http://127.0.0.1:${await listen(proxy)}`
    const through = (except: string[] = []): Route => ({
      ...trusting('replace', own),
      proxy: { url: proxyUrl, except },
    })
    return { through, targets, passed }
  }

  it('leads to the server and sees nothing but its name', async () => {
    const { through, targets, passed } = await startProxy()
    expect(await send(through())).toBe('{"access":true}')
    expect(targets).toEqual([new URL(url).host])
    expect(Buffer.concat(passed).includes('rec_own')).toBe(false)
    expect(asked.at(-1)).toEqual({ key: 'rec_own' })
  })

  it('that refuses, or isn’t there, is gone round by nobody', async () => {
    const { through, targets } = await startProxy(403)
    const before = asked.length
    expect(await codeOf(send(through()))).toBe('REGISTRY_UNREACHABLE')
    expect(targets).toHaveLength(1)
    const nowhere: Route = { ...trusting('replace', own), proxy: { url: 'http://127.0.0.1:9', except: [] } }
    expect(await codeOf(send(nowhere))).toBe('REGISTRY_UNREACHABLE')
    expect(asked).toHaveLength(before)
  })

  it('proves nothing: the server’s certificate is looked at all the same', async () => {
    const { through } = await startProxy()
    const route = { ...through(), authorities: { mode: 'replace' as const, pem: [strange] } }
    expect(await codeOf(send(route))).toBe('REGISTRY_UNREACHABLE')
  })

  it('is left out for what is named, and for what is on this computer', () => {
    const route: Route = {
      ...directRoute,
      proxy: { url: 'http://p.example:3128', except: ['a.example.com', 'b.example.com:8443'] },
    }
    const isDirect = (server: string) => proxyFor(route, new URL(server)) === null
    expect(isDirect('https://a.example.com')).toBe(true)
    expect(isDirect('https://a.example.com:8443')).toBe(true)
    expect(isDirect('https://b.example.com:8443')).toBe(true)
    expect(isDirect('https://b.example.com')).toBe(false)
    expect(isDirect('https://sub.a.example.com')).toBe(false)
    expect(isDirect('http://localhost:3000')).toBe(true)
  })
})

describe('terms', () => {
  it('bring their own key in place of the person’s', async () => {
    await send(trusting('add', own), 'rec_fleet_key')
    expect(asked.at(-1)).toEqual({ key: 'rec_fleet_key' })
    await send(trusting('add', own))
    expect(asked.at(-1)).toEqual({ key: 'rec_own' })
  })

  it('that say no let no request out, with their own words', async () => {
    const before = asked.length
    const terms = () => Promise.reject(new SkilletError('POLICY_DENIED', 'No.'))
    const connection = createConnection({ url, apiKey: 'rec_own', stallTimeoutMs: 5000, terms })
    expect(await codeOf(connection.send('/x'))).toBe('POLICY_DENIED')
    expect(asked).toHaveLength(before)
  })
})

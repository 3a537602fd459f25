import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { parseLink } from '../../../../src/engine/registry-client/address.ts'
import type { SkilletError } from '../../../../src/shared/errors.ts'
import { createRegistryClient } from '../../../../src/engine/registry-client/client.ts'

const content = Uint8Array.from({ length: 50_000 }, (_, index) => index % 251)
const tarball = { sha256: 'a'.repeat(64), size: content.length }
const servers: Server[] = []
let folder: string
let target: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'client-'))
  target = join(folder, 'cache', 'file.tgz')
})
afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections()
    server.close()
  }
  await rm(folder, { recursive: true, force: true })
})

async function serve(listener: RequestListener, options: { apiKey?: string; stallTimeoutMs?: number } = {}) {
  const server = createServer(listener)
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return { url, client: createRegistryClient({ url, ...options }) }
}
const json =
  (status: number, body: unknown): RequestListener =>
  (_request, response) =>
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
const error = (status: number, code: string) =>
  json(status, { error: { code, message: 'A sentence.', remedy: 'Do this.' } })

describe('the address of a registry', () => {
  it.each(['https://skills.example.com', 'http://127.0.0.1:8080', 'http://localhost:1', 'http://[::1]:9/'])(
    'may be %s',
    (url) => {
      expect(createRegistryClient({ url }).url).toBe(url.replace(/\/$/, ''))
    },
  )

  it.each([
    'http://skills.example.com',
    'http://127.0.0.1.example.com',
    'http://localhost.example.com',
    'http://2130706433.example.com',
    'ftp://127.0.0.1',
    'file:///etc/passwd',
    'https://user:word@skills.example.com',
    'https://skills.example.com?x=1',
    'javascript:alert(1)',
    'skills.example.com',
    '',
  ])('is never %s, which could give the key away', (url) => {
    expect(() => createRegistryClient({ url })).toThrow(expect.objectContaining({ code: 'INPUT_INVALID' }))
  })
})

describe('answers', () => {
  it('names the registry that can not be reached', async () => {
    const { url, client } = await serve(json(200, {}))
    servers[0]!.close()
    servers[0]!.closeAllConnections()
    await expect(client.signingKey()).rejects.toMatchObject({
      code: 'REGISTRY_UNREACHABLE',
      message: expect.stringContaining(url),
    })
  })

  it('says of a skill that it does not know where else to turn with a report', async () => {
    const report = { slug: 'x', version: '*', kind: 'malware', words: 'y', contact: null } as const
    const unknown = await serve(error(404, 'NOT_FOUND'))
    await expect(unknown.client.report(report)).rejects.toMatchObject({
      code: 'NOT_FOUND',
      message: 'A sentence.',
      remedy: expect.stringContaining('whoever gave it to you'),
    })
    const often = await serve(error(429, 'RATE_LIMITED'))
    await expect(often.client.report(report)).rejects.toMatchObject({
      code: 'RATE_LIMITED',
      remedy: 'Do this.',
    })
    // What names a report is shown to a person.
    const odd = await serve(json(201, { id: '\u001b[2J' }))
    await expect(odd.client.report(report)).rejects.toMatchObject({ code: 'REGISTRY_REFUSED' })
  })

  it.each(['UNAUTHORIZED', 'FORBIDDEN', 'NOT_FOUND', 'VERSION_EXISTS', 'REVOKED'])(
    'passes %s on',
    async (code) => {
      const { client } = await serve(error(403, code))
      await expect(client.access('x')).rejects.toMatchObject({
        code,
        message: 'A sentence.',
        remedy: 'Do this.',
      })
    },
  )

  it.each(['SIGNATURE_INVALID', 'POLICY_DENIED', 'INTERNAL', 'MADE_UP'])(
    'does not let a registry speak of %s',
    async (code) => {
      const { client } = await serve(error(500, code))
      await expect(client.access('x')).rejects.toMatchObject({ code: 'REGISTRY_REFUSED' })
    },
  )

  it('says which plan is needed and where to get it', async () => {
    const { client } = await serve(
      json(200, {
        access: false,
        reason: 'tier_required',
        required_tier: 'cook',
        upgrade_url: 'https://x.example/up',
      }),
    )
    await expect(client.access('soup')).rejects.toMatchObject({
      code: 'TIER_REQUIRED',
      message: 'soup needs the Cook plan.',
      remedy: 'Upgrade at https://x.example/up',
    })
  })

  it.each([
    'http://x.example/up',
    'file:///etc/passwd',
    'javascript:alert(1)',
    'https://bank.example@x.example/',
    'Call 555, or your skills are gone',
  ])('says which plan is needed, but gives nobody %s to open', async (upgrade_url) => {
    const { client } = await serve(
      json(200, { access: false, reason: 'tier_required', required_tier: 'cook', upgrade_url }),
    )
    const { message, remedy } = (await client.access('soup').catch((error: unknown) => error)) as SkilletError
    expect(message).toBe('soup needs the Cook plan.')
    expect(remedy).toBe('Upgrade your plan to use this skill.')
  })

  it('gives an address on this computer only for a registry there', () => {
    const here = 'http://127.0.0.1:8080/upgrade'
    expect(parseLink(here, 'http://localhost:8080')).toBe(here)
    expect(parseLink(here, 'https://skills.example.com')).toBeNull()
  })

  it.each([
    ['an answer of another shape', json(200, { access: 'yes' })],
    ['no JSON', json(200, undefined)],
  ])('refuses %s', async (_what, listener) => {
    const { client } = await serve(listener)
    await expect(client.access('x')).rejects.toMatchObject({ code: 'REGISTRY_REFUSED' })
  })

  it('never follows a redirect with the key', async () => {
    let leaked: string | undefined
    const thief = await serve((request, response) => {
      leaked = request.headers['x-api-key'] as string
      response.end('{"access":true}')
    })
    const { client } = await serve(
      (_request, response) => response.writeHead(302, { location: `${thief.url}/api` }).end(),
      { apiKey: 'rec_key' },
    )
    await expect(client.access('x')).rejects.toMatchObject({ code: 'REGISTRY_UNREACHABLE' })
    expect(leaked).toBeUndefined()
    // Shows that the guard is what stops it: an ordinary fetch does carry the key along.
    await fetch(client.url, { headers: { 'x-api-key': 'rec_key' } })
    expect(leaked).toBe('rec_key')
  })

  it('keeps what a caller passes inside its own part of the address', async () => {
    let path = ''
    const { client } = await serve((request, response) => {
      path = request.url!
      response.end('{"id":"x"}')
    })
    await client.revokeKey('../../api/keys?x=#')
    expect(path).toBe('/api/keys/..%2F..%2Fapi%2Fkeys%3Fx%3D%23')
  })
})

describe('downloading', () => {
  const ranged: RequestListener = (request, response) => {
    const start = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0)
    if (start === 0) response.writeHead(200).end(content)
    else
      response
        .writeHead(206, { 'content-range': `bytes ${start}-${content.length - 1}/${content.length}` })
        .end(content.subarray(start))
  }
  const files = () => readdir(join(folder, 'cache'))

  it('brings every byte and reports progress up to 1', async () => {
    const { client } = await serve(ranged)
    const progress: number[] = []
    await client.downloadTarball(tarball, target, { onProgress: (fraction) => progress.push(fraction) })
    expect(new Uint8Array(await readFile(target))).toEqual(content)
    expect(progress[0]).toBe(0)
    expect(progress.at(-1)).toBe(1)
    expect(progress).toEqual([...progress].sort((a, b) => a - b))
    expect(await files()).toEqual(['file.tgz'])
  })

  it('goes on where a broken connection left off', async () => {
    const ranges: (string | undefined)[] = []
    const { client } = await serve((request, response) => {
      ranges.push(request.headers.range)
      if (request.headers.range !== undefined) return ranged(request, response)
      response.writeHead(200, { 'content-length': content.length })
      response.write(content.subarray(0, 20_000), () => setTimeout(() => response.destroy(), 50))
      return undefined
    })
    await expect(client.downloadTarball(tarball, target, {})).rejects.toMatchObject({
      code: 'REGISTRY_UNREACHABLE',
    })
    expect(await files()).toEqual(['file.tgz.part'])
    await client.downloadTarball(tarball, target, {})
    expect(ranges[1]).toMatch(/^bytes=[1-9]\d*-$/)
    expect(new Uint8Array(await readFile(target))).toEqual(content)
  })

  it('starts over where the server knows no ranges, and where the part is too long', async () => {
    const { client } = await serve((_request, response) => response.end(content))
    await client.downloadTarball(tarball, target, {})
    await rm(target)
    await writeFile(`${target}.part`, content.subarray(0, 10))
    await client.downloadTarball(tarball, target, {})
    expect(new Uint8Array(await readFile(target))).toEqual(content)
    await writeFile(`${target}.part`, Buffer.alloc(content.length + 1))
    await client.downloadTarball(tarball, target, {})
    expect(new Uint8Array(await readFile(target))).toEqual(content)
  })

  it('never writes a byte more than was signed', async () => {
    const { client } = await serve((_request, response) => {
      response.write(content)
      response.end('and more')
    })
    await expect(client.downloadTarball(tarball, target, {})).rejects.toMatchObject({
      code: 'DOWNLOAD_FAILED',
    })
    expect((await readFile(`${target}.part`)).length).toBeLessThanOrEqual(content.length)
    expect(await files()).not.toContain('file.tgz')
  })

  it('refuses another part than it asked for, and does not keep it', async () => {
    const { client } = await serve((_request, response) =>
      response
        .writeHead(206, { 'content-range': `bytes 0-9/${content.length}` })
        .end(content.subarray(0, 10)),
    )
    await writeFileIn(content.subarray(0, 100))
    await expect(client.downloadTarball(tarball, target, {})).rejects.toMatchObject({
      code: 'DOWNLOAD_FAILED',
    })
    expect(await files()).toEqual([])
  })

  it('says how much arrived when the end is missing', async () => {
    const { client } = await serve((_request, response) => response.end(content.subarray(0, 1000)))
    await expect(client.downloadTarball(tarball, target, {})).rejects.toMatchObject({
      code: 'DOWNLOAD_FAILED',
      message: 'Only 1000 of 50000 bytes arrived.',
    })
  })

  it('gives up on a server that falls silent, before and during the answer', async () => {
    const mute = await serve(() => {}, { stallTimeoutMs: 100 })
    await expect(mute.client.downloadTarball(tarball, target, {})).rejects.toMatchObject({
      code: 'REGISTRY_UNREACHABLE',
    })
    const stalled = await serve((_request, response) => void response.write(content.subarray(0, 10)), {
      stallTimeoutMs: 100,
    })
    await expect(stalled.client.downloadTarball(tarball, target, {})).rejects.toMatchObject({
      code: 'REGISTRY_UNREACHABLE',
    })
  })

  it('stops when the person cancels, before, during and waiting for the answer', async () => {
    const { client } = await serve((_request, response) => void response.write(content.subarray(0, 10)))
    const controller = new AbortController()
    const download = client.downloadTarball(tarball, target, {
      signal: controller.signal,
      onProgress: (fraction) => fraction > 0 && controller.abort(),
    })
    await expect(download).rejects.toMatchObject({ code: 'CANCELLED' })
    await expect(
      client.downloadTarball(tarball, target, { signal: controller.signal }),
    ).rejects.toMatchObject({
      code: 'CANCELLED',
    })
    const mute = await serve(() => {})
    const waiting = new AbortController()
    setTimeout(() => waiting.abort(), 50)
    await expect(
      mute.client.downloadTarball(tarball, target, { signal: waiting.signal }),
    ).rejects.toMatchObject({
      code: 'CANCELLED',
    })
    expect(await files()).not.toContain('file.tgz')
  })

  async function writeFileIn(bytes: Uint8Array): Promise<void> {
    await mkdir(join(folder, 'cache'), { recursive: true })
    await writeFile(`${target}.part`, bytes)
  }
})

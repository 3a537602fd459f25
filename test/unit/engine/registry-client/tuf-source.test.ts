import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import type { SkilletError } from '../../../../src/shared/errors.ts'
import { createRegistryClient } from '../../../../src/engine/registry-client/client.ts'

const servers: Server[] = []
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections()
    server.close()
  }
})

async function serve(
  listener: RequestListener,
  options: { stallTimeoutMs?: number; closing?: AbortSignal } = {},
) {
  const server = createServer(listener)
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return { server, url, tuf: createRegistryClient({ url, ...options }).tuf }
}

async function bytesOf(opened: Promise<AsyncIterable<Uint8Array> | null>): Promise<string | null> {
  const body = await opened
  if (body === null) return null
  const parts: Uint8Array[] = []
  for await (const part of body) parts.push(part)
  return Buffer.concat(parts).toString()
}

const metadata = JSON.stringify({ signed: { _type: 'timestamp' }, signatures: [] })

describe("a registry's signed lists over HTTP", () => {
  it('come as they are served, from their two folders', async () => {
    const paths: string[] = []
    const { tuf } = await serve((request, response) => {
      paths.push(request.url!)
      response.end(metadata)
    })
    expect(await bytesOf(tuf.open('metadata', 'timestamp.json'))).toBe(metadata)
    expect(await bytesOf(tuf.open('target', 'releases/x/ab.1.0.0.dsse.json'))).toBe(metadata)
    expect(paths).toEqual(['/tuf/metadata/timestamp.json', '/tuf/targets/releases/x/ab.1.0.0.dsse.json'])
  })

  it('longer than what is looked at, whole', async () => {
    const long = JSON.stringify({ signed: { text: 'x'.repeat(300_000) }, signatures: [] })
    const { tuf } = await serve((_request, response) => response.end(long))
    expect(await bytesOf(tuf.open('metadata', '1.snapshot.json'))).toBe(long)
  })

  it('are null where there is no such file, but a registry without any has no answer', async () => {
    const { tuf } = await serve((_request, response) => response.writeHead(404).end())
    expect(await tuf.open('metadata', '2.root.json')).toBeNull()
    expect(await tuf.open('target', 'x.json')).toBeNull()
    await expect(tuf.open('metadata', 'timestamp.json')).rejects.toMatchObject({
      code: 'REGISTRY_UNREACHABLE',
    })
  })

  it.each([
    ['a login page', '<!doctype html><title>Sign in</title>'],
    ['another service', '{"error":"sign in first"}'],
    ['nothing at all', ''],
    ['a page without end', `<!doctype html>${' '.repeat(200_000)}`],
  ])('are out of reach where %s answers', async (_what, page) => {
    const { tuf } = await serve((_request, response) => response.end(page))
    for (const name of ['timestamp.json', '2.root.json'])
      await expect(tuf.open('metadata', name)).rejects.toMatchObject({ code: 'REGISTRY_UNREACHABLE' })
  })

  it.each(['REVOKED', 'TIER_REQUIRED', 'UNAUTHORIZED', 'INPUT_INVALID', 'NO_SPACE', 'METADATA_ROLLBACK'])(
    'are refused in our words, whatever a mirror says: %s',
    async (code) => {
      const answer = { error: { code, message: 'Your skills were stolen.', remedy: 'Call this number.' } }
      const { url, tuf } = await serve((_request, response) =>
        response.writeHead(403).end(JSON.stringify(answer)),
      )
      for (const kind of ['metadata', 'target'] as const) {
        const refused: unknown = await tuf.open(kind, 'timestamp.json').catch((error: unknown) => error)
        expect(refused).toMatchObject({ code: 'REGISTRY_REFUSED', message: expect.stringContaining(url) })
        expect(JSON.stringify((refused as SkilletError).toPlain())).not.toMatch(/stolen|number/)
      }
    },
  )

  it('never lead to another part of the registry, whatever a role is called', async () => {
    let asked = 0
    const { tuf } = await serve((_request, response) => {
      asked++
      response.end(metadata)
    })
    for (const name of ['../../api/keys', 'a//b', './x', '..', '%2e%2E'])
      expect(await tuf.open('metadata', name)).toBeNull()
    for (const name of ['../../api/keys', 'a//b', './x', '..'])
      expect(await tuf.open('target', name)).toBeNull()
    expect(asked).toBe(0)
  })

  it('do not wait for a server that sends a byte now and then', async () => {
    const { tuf } = await serve(
      (_request, response) => {
        response.writeHead(200)
        const timer = setInterval(() => response.write(' '), 20)
        response.on('close', () => clearInterval(timer))
      },
      { stallTimeoutMs: 60 },
    )
    await expect(tuf.open('metadata', 'timestamp.json')).rejects.toMatchObject({
      code: 'REGISTRY_UNREACHABLE',
    })
    await expect(bytesOf(tuf.open('target', 'catalog.json'))).rejects.toMatchObject({
      code: 'REGISTRY_UNREACHABLE',
    })
  })

  it('end when Skillet closes', async () => {
    const closing = new AbortController()
    const { tuf } = await serve((_request, response) => void response.write('{'), { closing: closing.signal })
    const asked = tuf.open('metadata', 'timestamp.json')
    setTimeout(() => closing.abort(), 30)
    await expect(asked).rejects.toMatchObject({ code: 'CANCELLED' })
  })
})

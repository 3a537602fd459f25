import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { Hono } from 'hono'
import { expect, it } from 'vitest'
import { addConsoleFiles, readConsoleFiles } from '../../../src/registry/console-files.ts'
import { createEndpoints } from '../../../src/registry/http/endpoint.ts'

it('sends the console compressed to whoever takes it, each form with a tag of its own', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'console-'))
  try {
    const script = 'const page = 1\n'.repeat(1000)
    await mkdir(join(folder, 'assets'))
    await writeFile(join(folder, 'index.html'), '<!doctype html>')
    await writeFile(join(folder, 'assets', 'page.js'), script)
    await writeFile(join(folder, 'assets', 'letters.woff2'), 'font')
    const app = new Hono()
    const { add } = createEndpoints(app, { authorise: async () => null, count: async () => {} })
    addConsoleFiles(add, await readConsoleFiles(folder))
    const get = async (file: string, headers: Record<string, string> = {}) => {
      const answer = await app.fetch(new Request(`http://registry/console/assets/${file}`, { headers }))
      return { answer, bytes: Buffer.from(await answer.arrayBuffer()) }
    }

    const plain = await get('page.js')
    expect(plain.bytes.toString()).toBe(script)
    expect(plain.answer.headers.get('content-encoding')).toBeNull()
    const zipped = await get('page.js', { 'accept-encoding': 'br, gzip' })
    expect(zipped.answer.headers.get('content-encoding')).toBe('gzip')
    expect(zipped.bytes.length).toBeLessThan(script.length / 10)
    expect(gunzipSync(zipped.bytes).toString()).toBe(script)
    for (const { answer } of [plain, zipped]) {
      expect(answer.headers.get('vary')).toBe('accept-encoding')
      expect(answer.headers.get('content-type')).toBe('text/javascript; charset=utf-8')
      expect(answer.headers.get('cache-control')).toContain('immutable')
    }
    const tag = zipped.answer.headers.get('etag')!
    expect(tag).not.toBe(plain.answer.headers.get('etag'))
    expect((await get('page.js', { 'accept-encoding': 'gzip', 'if-none-match': tag })).answer.status).toBe(
      304,
    )
    expect((await get('page.js', { 'if-none-match': tag })).answer.status).toBe(200)
    const font = await get('letters.woff2', { 'accept-encoding': 'gzip' })
    expect(font.answer.headers.get('content-encoding')).toBeNull()
    expect(font.bytes.toString()).toBe('font')
  } finally {
    await rm(folder, { recursive: true })
  }
})

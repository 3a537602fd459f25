import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { fileOf, respond } from '../../../src/main/protocol.ts'

let root: string
let folder: string

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'skillet-protocol-'))
  folder = join(root, 'renderer')
  await mkdir(folder)
  await mkdir(join(root, 'renderer-secret'))
  await writeFile(join(folder, 'index.html'), '<!doctype html>')
  await writeFile(join(folder, 'main.js'), 'export {}')
  await writeFile(join(folder, 'notes.txt'), 'no type of ours')
  await writeFile(join(root, 'outside.html'), 'outside')
  await writeFile(join(root, 'renderer-secret', 'a.html'), 'beside')
})
afterAll(() => rm(root, { recursive: true }))

const get = (path: string) => respond({ url: `app://skillet${path}`, method: 'GET' }, folder)

describe('respond', () => {
  it('serves the page and its script with the policy', async () => {
    const page = await get('/')
    expect(page.status).toBe(200)
    expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8')
    const policy = page.headers.get('content-security-policy') ?? ''
    expect(policy).toContain("default-src 'none'")
    expect(policy).toContain("connect-src 'none'")
    expect(policy).not.toContain('unsafe')
    expect((await get('/main.js')).headers.get('content-type')).toBe('text/javascript; charset=utf-8')
  })

  it.each([
    '/..%2foutside.html',
    '/%2e%2e/outside.html',
    '/%2e%2e%2foutside.html',
    '/..%5coutside.html',
    '/..%2frenderer-secret%2fa.html',
    '/main.js%00.html',
    '/%ff',
    '/notes.txt',
    '/missing.html',
  ])('answers 404 for %s', async (path) => {
    const answer = await get(path)
    expect(answer.status).toBe(404)
    expect(await answer.text()).toBe('Not found')
  })

  it('answers 404 to another host and to anything but GET', async () => {
    expect((await respond({ url: 'app://other/index.html', method: 'GET' }, folder)).status).toBe(404)
    expect((await respond({ url: 'app://skillet/', method: 'POST' }, folder)).status).toBe(404)
  })

  it('refuses what joining paths alone would have let through', () => {
    const attack = '/..%2foutside.html'
    expect(join(folder, decodeURIComponent(attack))).toBe(join(root, 'outside.html'))
    expect(fileOf(`app://skillet${attack}`, folder)).toBeNull()
  })
})

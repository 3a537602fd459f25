import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ask } from '../support/bridge.ts'
import { cliBundle, environment, runBuiltCli } from '../support/e2e-registry.ts'

// `skillet serve` as it is built.

let home: string
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'skillet-serve-'))
})
afterAll(() => rm(home, { recursive: true, force: true }))

test('opens the door until Ctrl-C, knows who asks, and keeps the place for itself', async () => {
  const env = { ...environment(), SKILLET_HOME: home }
  // What a Skillet that was killed has left.
  await writeFile(join(home, 'bridge.json'), 'half of', { mode: 0o600 })
  const child = spawn(process.execPath, [cliBundle, 'serve', '--json'], { env })
  const [line] = (await once(child.stdout.setEncoding('utf8'), 'data')) as [string]
  const { url, socket, pid } = JSON.parse(line) as { url: string; socket: string; pid: number }
  expect(pid).toBe(child.pid)

  const second = await runBuiltCli(['serve'], { env })
  expect([second.status, second.stderr]).toEqual([
    1,
    expect.stringContaining(`BUSY: Another skillet serve (process ${pid})`),
  ])
  const port = Number(new URL(url).port)
  const asked = await ask({ port }, '/v1/pairings', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'A test', scopes: ['catalog:read'] }),
  })
  expect([asked.status, asked.json()]).toEqual([
    202,
    expect.objectContaining({ code: expect.stringMatching(/^\d{6}$/) as string }),
  ])
  const waiting = JSON.parse(await readFile(join(home, 'access', 'pairings.json'), 'utf8')) as {
    pairings: { peer: object }[]
  }
  expect(waiting.pairings).toMatchObject([{ peer: { pid: process.pid, path: process.execPath } }])

  child.kill('SIGINT')
  expect(await once(child, 'close')).toEqual([0, null])
  expect([join(home, 'bridge.json'), socket, join(home, 'bridge.lock')].map(existsSync)).toEqual([
    false,
    false,
    false,
  ])
})

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { chmod, cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { readDiscovery } from '../../src/bridge/discovery.ts'
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

test.each([
  [
    'forbid it',
    '{ "bridge": { "enabled": false } }',
    /^POLICY_DENIED: Your administrator does not let agents/m,
  ],
  ['leave a policy that nobody can read', '{ "bridge": ', /^POLICY_INVALID: /m],
])('closes the door where administrators %s meanwhile', async (_, text, sentence) => {
  const program = await mkdtemp(join(home, 'program-'))
  await cp(dirname(cliBundle), join(program, 'out/cli'), { recursive: true })
  // Others in the group of whoever made this folder could change the program.
  for (const path of [program, join(program, 'out')]) await chmod(path, 0o755)
  const env = { ...environment(), SKILLET_HOME: join(program, 'home'), SKILLET_LOOK_EVERY_S: '1' }
  const child = spawn(process.execPath, [join(program, 'out/cli/index.cjs'), 'serve'], { env })
  onTestFinished(() => void child.kill('SIGKILL'))
  let said = ''
  child.stderr.on('data', (part: Buffer) => (said += part.toString()))
  await once(child.stdout, 'data')
  const { url, socket } = (await readDiscovery(env.SKILLET_HOME))!
  const port = Number(new URL(url).port)
  expect((await ask({ port }, `/v1/hello?challenge=${'x'.repeat(43)}`)).status).toBe(200)

  await writeFile(join(program, 'out/policy.json'), text, { mode: 0o644 })
  expect(await once(child, 'close')).toEqual([3, null])
  expect(said).toMatch(sentence)
  await expect(ask({ port }, '/v1/hello')).rejects.toMatchObject({ code: 'ECONNREFUSED' })
  expect(existsSync(socket)).toBe(false)
})

import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { generateSigningKey } from '../../src/trust/sign.ts'
import { real } from '../support/sandbox.ts'
import { startTinyRegistry, textFile, type TinyRegistry } from '../support/tiny-registry.ts'
import { treeOf } from '../support/tree.ts'

const folder = mkdtempSync(join(tmpdir(), 'skillet-missing-'))
const home = join(folder, 'home')
const cli = resolve('out/cli/index.cjs')
const key = generateSigningKey()
let registry: TinyRegistry

beforeAll(async () => {
  mkdirSync(home)
  registry = await startTinyRegistry(key)
  await registry.publish({
    slug: 'with-key',
    manifest: {
      capabilities: { net: 'Asks the service.', 'env:read': 'Uses your key.' },
      sandbox: { network: ['api.example.com'] },
      secrets: { EXAMPLE_API_KEY: { title: 'Example key', hosts: ['api.example.com'] } },
      run: { command: ['sh', '-c', 'echo ran'] },
    },
  })
  await registry.publish({
    slug: 'plain',
    manifest: {
      capabilities: { 'fs:write': 'Leaves a mark.' },
      sandbox: { write: ['out'] },
      run: { command: ['sh', '-c', 'echo ran > /skill/out/mark; echo RAN'] },
    },
    files: [textFile('SKILL.md', '---\nname: plain\ndescription: x\n---\n')],
  })
})
afterAll(async () => {
  await registry.stop()
  rmSync(folder, { recursive: true, force: true })
})

async function skillet(args: string[], options: { env?: NodeJS.ProcessEnv; around?: string[] } = {}) {
  const [program, ...words] = [...(options.around ?? []), process.execPath, cli, ...args]
  const child = spawn(program!, words, {
    env: {
      ...process.env,
      SKILLET_HOME: home,
      SKILLET_REGISTRY: registry.url,
      SKILLET_TRUST_ROOT: registry.trustRoot,
      ...options.env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let stdout = ''
  let stderr = ''
  child.stdout.on('data', (data) => (stdout += data))
  child.stderr.on('data', (data) => (stderr += data))
  const status = await new Promise<number | null>((done) => child.on('close', done))
  return { status, stdout, stderr }
}

test('without a keychain a skill that needs a key is not installed, and nothing is written', async () => {
  expect((await skillet(['list'])).status).toBe(0)
  const before = await treeOf(home)
  const refused = await skillet(['install', 'with-key', '--grant-declared', '--json'], {
    env: { DBUS_SESSION_BUS_ADDRESS: 'unix:path=/nonexistent', XDG_RUNTIME_DIR: folder, DISPLAY: '' },
  })
  expect(JSON.parse(refused.stdout)).toMatchObject({ error: { code: 'KEYCHAIN_UNAVAILABLE' } })
  expect(JSON.parse(refused.stdout).error.remedy).toMatch(/gnome-keyring/)
  expect(refused.status).toBe(5)
  const stored = await skillet(['secrets', 'set', 'EXAMPLE_API_KEY', '--json'], {
    env: { DBUS_SESSION_BUS_ADDRESS: 'unix:path=/nonexistent', XDG_RUNTIME_DIR: folder, DISPLAY: '' },
  })
  expect(stored.status).not.toBe(0)
  // The list of withdrawn skills and the sandbox's test are not of the skill; everything else is as it was.
  expect(await treeOf(home, /^(audit|trust|cache\/sandbox\.json)(\/|$)/)).toEqual(
    before.filter((line) => !line.startsWith('trust/')),
  )
})

test('where the kernel gives no sandbox, nothing runs; with one, the same skill does', async () => {
  const mark = join(home, 'state', 'plain', 'out', 'mark')

  // bubblewrap can switch off user namespaces for what it starts: the state of a hardened kernel, for real.
  const hardened = [await real('bwrap'), '--unshare-user', '--disable-userns', '--dev-bind', '/', '/', '--']
  const installed = await skillet(['install', 'plain', '--grant-declared', '--json'], { around: hardened })
  expect(installed.status).toBe(0)
  expect(JSON.parse(installed.stdout)).toMatchObject({
    slug: 'plain',
    cannotRun: { problem: expect.stringMatching(/sandbox/), fix: expect.stringMatching(/Start Skillet/) },
  })
  const refused = await skillet(['run', 'plain', '--json'], { around: hardened })
  expect(JSON.parse(refused.stdout)).toMatchObject({ error: { code: 'SANDBOX_UNAVAILABLE' } })
  expect(refused.status).toBe(5)
  expect(await treeOf(join(home, 'state')).catch(() => [])).toEqual([])

  const ran = await skillet(['run', 'plain', '--json'])
  expect(JSON.parse(ran.stdout)).toMatchObject({ exitCode: 0, stdout: 'RAN\n', receipt: { written: [mark] } })
  expect(ran.status).toBe(0)
})

import { spawn } from 'node:child_process'
import { chmod, cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { generateSigningKey } from '../../src/trust/sign.ts'
import { startTinyRegistry, type TinyRegistry } from '../support/tiny-registry.ts'

let registry: TinyRegistry
let folder: string
let program: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'skillet-built-in-'))
  program = join(folder, 'program')
  registry = await startTinyRegistry(generateSigningKey())
  for (const part of ['cli', 'sandbox'])
    await cp(resolve('out', part), join(program, 'out', part), { recursive: true })
  // Others in the group of whoever made this folder could change the program.
  for (const path of [folder, program, join(program, 'out')]) await chmod(path, 0o755)
  await mkdir(join(folder, 'elsewhere'))
})
afterAll(async () => {
  await registry.stop()
  await rm(folder, { recursive: true, force: true })
})

async function skillet(args: string[], env: Record<string, string> = {}, from = program) {
  const child = spawn(process.execPath, [join(from, 'out/cli/index.cjs'), ...args], {
    cwd: join(folder, 'elsewhere'),
    env: { PATH: process.env['PATH'], HOME: join(folder, 'home'), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let said = ''
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (part: Buffer) => (said += part.toString()))
  const status = await new Promise((done) => child.on('close', done))
  return { status, said }
}

it('what is built into a program holds whatever environment, arguments and files of the user say', async () => {
  const { url, trustRoot, requests } = registry
  const named = ['--registry', url, '--trust-root', trustRoot]
  // Without a policy the very same words reach the registry.
  expect(await skillet(['search', 'x', ...named])).toMatchObject({ status: 0 })
  expect(requests.length).toBeGreaterThan(0)

  const policy = join(program, 'out/policy.json')
  await writeFile(
    policy,
    '{ "organisation": "Example Ltd", "registries": [{ "url": "https://skills.example.com" }] }',
  )
  await chmod(policy, 0o644)
  // What a user could leave around: a policy of their own, in every place that could be taken for the right one.
  const elsewhere = join(folder, 'elsewhere')
  for (const place of ['policy.json', 'skillet/policy.json', 'out/policy.json', 'etc/skillet/policy.json']) {
    await mkdir(join(elsewhere, place, '..'), { recursive: true })
    await writeFile(join(elsewhere, place), '{}')
  }
  await symlink(program, join(folder, 'link'))
  const before = requests.length
  const all = { SKILLET_REGISTRY: url, SKILLET_TRUST_ROOT: trustRoot }
  const attempts: [string[], Record<string, string>, string?][] = [
    [named, {}],
    [[], all],
    [['--home', elsewhere], all],
    [named, { SKILLET_HOME: elsewhere }],
    [
      named,
      { HOME: elsewhere, XDG_CONFIG_HOME: elsewhere, XDG_DATA_HOME: elsewhere, XDG_CONFIG_DIRS: elsewhere },
    ],
    [named, { SKILLET_POLICY: join(elsewhere, 'policy.json'), SKILLET_MANAGED_POLICY: '', NODE_ENV: 'test' }],
    [named, {}, join(folder, 'link')],
    [named, all, join(program, 'out', '..')],
  ]
  for (const [args, env, from] of attempts)
    for (const command of [
      ['search', 'x'],
      ['registry', 'journal'],
    ]) {
      const { status, said } = await skillet([...command, ...args], env, from)
      expect(said, JSON.stringify([command, args, env])).toContain('POLICY_DENIED')
      expect(status).toBe(3)
    }
  expect(requests).toHaveLength(before)

  // Malformed: nothing goes on, and doctor says why.
  await writeFile(policy, '{ "registries": }')
  expect(await skillet(['registry', 'journal', ...named])).toMatchObject({
    status: 3,
    said: expect.stringContaining('POLICY_INVALID'),
  })
  const { said } = await skillet(['--json', 'doctor', ...named])
  expect(JSON.parse(said)).toMatchObject({ policy: { managed: true, problem: { code: 'POLICY_INVALID' } } })
  expect(requests).toHaveLength(before)
})

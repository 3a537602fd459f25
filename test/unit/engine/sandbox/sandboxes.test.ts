import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { apparmorProfile } from '../../../../src/engine/sandbox/apparmor-profile.ts'
import { createRuntimeFinder } from '../../../../src/engine/sandbox/runtime.ts'
import { createSandboxes, type SandboxesPorts } from '../../../../src/engine/sandbox/sandboxes.ts'

const folder = mkdtempSync(join(tmpdir(), 'skillet-sandboxes-'))
const launcher = join(folder, 'launcher')
writeFileSync(launcher, '')
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function sandboxes(ports: Partial<SandboxesPorts> = {}, programs: readonly string[] = []) {
  return createSandboxes({
    launcher,
    findRuntime: createRuntimeFinder(),
    provedFile: join(folder, 'proved.json'),
    findProgram: async (name) => (programs.includes(name) ? `/usr/bin/${name}` : null),
    platform: 'linux',
    uid: 1000,
    ...ports,
  })
}

test.each(['darwin', 'win32', 'freebsd'] as const)(
  'on %s nothing runs, and what is missing is named',
  async (platform) => {
    const here = sandboxes({ platform }, ['bwrap', 'firejail'])
    const state = await here.state()
    expect(state).toMatchObject({ ready: false, backend: null })
    expect(state.backends.map(({ ready }) => ready)).toEqual([false, false])
    expect(state.problem).toMatch(/What is missing there: /)
    for (const wanted of ['any', 'bubblewrap', 'firejail'] as const)
      await expect(here.choose(wanted)).rejects.toMatchObject({ code: 'SANDBOX_UNAVAILABLE' })
  },
)

test('never as root', async () => {
  await expect(sandboxes({ uid: 0 }, ['bwrap']).choose('any')).rejects.toMatchObject({
    code: 'SANDBOX_UNAVAILABLE',
    remedy: 'Start Skillet as an ordinary user.',
  })
})

test('a missing launcher is not a matter of packages', async () => {
  await expect(sandboxes({ launcher: join(folder, 'none') }, ['bwrap']).choose('any')).rejects.toMatchObject({
    code: 'SANDBOX_UNAVAILABLE',
    remedy: expect.stringMatching(/Install Skillet again/),
  })
})

test('each missing program has its own step', async () => {
  const state = await sandboxes().state()
  expect(state.backends).toEqual([
    {
      name: 'bubblewrap',
      ready: false,
      problem: 'The sandbox program bubblewrap is not installed.',
      fix: 'Install it: sudo apt install bubblewrap',
    },
    {
      name: 'firejail',
      ready: false,
      problem: 'The sandbox program firejail is not installed.',
      fix: 'Install it: sudo apt install firejail',
    },
  ])
  await expect(sandboxes({}, ['bwrap']).choose('firejail')).rejects.toMatchObject({
    code: 'SANDBOX_UNAVAILABLE',
    remedy: 'Install it: sudo apt install firejail',
  })
  // It stands on bubblewrap.
  await expect(sandboxes({}, ['firejail']).choose('firejail')).rejects.toMatchObject({
    remedy: 'Install it: sudo apt install bubblewrap',
  })
})

test('a program that can’t be started is no sandbox, and a bad answer is asked for again', async () => {
  let asked = 0
  const here = sandboxes({
    findProgram: async (name) => {
      if (name === 'bwrap') asked++
      return name === 'firejail' ? null : name === 'bwrap' ? launcher : '/bin/sh'
    },
  })
  await expect(here.choose('any')).rejects.toMatchObject({ code: 'SANDBOX_UNAVAILABLE' })
  await expect(here.choose('any')).rejects.toMatchObject({ code: 'SANDBOX_UNAVAILABLE' })
  expect(asked).toBe(4)
})

test('the rule for AppArmor names the program and nothing else', () => {
  expect(apparmorProfile('/usr/bin/bwrap')).toMatch(
    /^profile skillet-bwrap \/usr\/bin\/bwrap flags=\(unconfined\) \{\n {2}userns,$/m,
  )
})

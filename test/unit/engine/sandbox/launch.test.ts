import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { afterAll, describe, expect, test } from 'vitest'
import type { SandboxBackend } from '../../../../src/engine/sandbox/backend.ts'
import { standby } from '../../../../src/engine/sandbox/launch.ts'
import { fixedLimits, type SandboxProfile } from '../../../../src/engine/sandbox/profile.ts'

// What a sandbox says of itself, said here by a shell in its place: the real one doesn't lie.

const folder = mkdtempSync(join(tmpdir(), 'skillet-launch-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const profile: SandboxProfile = {
  skillFolder: folder,
  state: [],
  paths: [],
  runtime: { binds: new Map(), links: new Map(), executables: [], hasShell: false },
  command: ['/bin/true'],
  environment: {},
  hosts: [],
  graphics: false,
  limits: { ...fixedLimits, timeoutMs: 20_000, memoryBytes: 1e8 },
}
const says = (script: string) => {
  const backend: SandboxBackend = {
    name: 'bubblewrap',
    program: '/bin/sh',
    relay: '/nonexistent',
    command: () => Promise.resolve({ args: ['-c', script], options: [], words: [] }),
  }
  return standby(profile, { backend, egress: { hosts: [], maxRequests: 0, maxBytesOut: 0 } })
}
const ready = `echo '{"type":"ready","landlock":1}' >&4`

describe.skipIf(process.platform === 'win32')('a sandbox', () => {
  test('that says what nobody understands is stopped, and is no run', async () => {
    const sandbox = await says('echo nonsense >&4; sleep 20')
    await expect(sandbox.start()).rejects.toMatchObject({
      code: 'SANDBOX_UNAVAILABLE',
      message: expect.stringContaining('report could not be understood'),
    })
    expect(sandbox.mayHaveRun).toBe(false)
  })

  test('that says so after it was let go may have run', async () => {
    const sandbox = await says(`${ready}; head -c 1 <&4; echo '{"type":"exit"}' >&4; sleep 20`)
    await expect(sandbox.start()).rejects.toMatchObject({ code: 'SANDBOX_UNAVAILABLE' })
    expect(sandbox.mayHaveRun).toBe(true)
  })

  test('that failed, or never stood, ran nothing', async () => {
    const failed = await says(`echo '{"type":"failed","what":"bind","errno":13}' >&4; exit 125`)
    await expect(failed.start()).rejects.toMatchObject({
      code: 'SANDBOX_UNAVAILABLE',
      message: expect.stringContaining('bind, error 13'),
    })
    const silent = await says('echo no permission >&2; exit 1')
    await expect(silent.start()).rejects.toMatchObject({
      code: 'SANDBOX_UNAVAILABLE',
      message: expect.stringContaining('no permission'),
    })
    for (const one of [failed, silent]) expect(one.mayHaveRun).toBe(false)
  })

  test('hears the word only when it is to start', async () => {
    const heard = join(folder, 'heard')
    const exit = `echo '{"type":"exit","code":0,"signal":0,"peak":1,"written":0}' >&4`
    const sandbox = await says(`${ready}; echo there >${heard}; head -c 1 <&4 >>${heard}; ${exit}`)
    const said = () => readFileSync(heard, { encoding: 'utf8', flag: 'a+' })
    while (said() === '') await setTimeout(2)
    await setTimeout(20)
    expect(said()).toBe('there\n')
    expect(await sandbox.start()).toMatchObject({ reason: 'exit', exitCode: 0 })
    expect(said()).toBe('there\ng')
  })

  test('is held to what it may print, on both streams together', async () => {
    const print = (stream: number) => `head -c 9000000 /dev/zero >&${stream}`
    const sandbox = await says(`${ready}; head -c 1 <&4 >/dev/null; ${print(1)}; ${print(2)}; sleep 20`)
    expect(await sandbox.start()).toMatchObject({ reason: 'output', exitCode: null })
  })

  test('that is taken away while it waits never hears it', async () => {
    const heard = join(folder, 'abandoned')
    const sandbox = await says(`${ready}; echo there >${heard}; head -c 1 <&4 >>${heard}; sleep 20`)
    while (readFileSync(heard, { encoding: 'utf8', flag: 'a+' }) === '') await setTimeout(2)
    await sandbox.abandon()
    expect(readFileSync(heard, 'utf8')).toBe('there\n')
  })

  test('is given no word with a zero in it, which would begin another one', async () => {
    const begun = join(folder, 'zero')
    const backend: SandboxBackend = {
      name: 'bubblewrap',
      program: '/bin/sh',
      relay: '/nonexistent',
      command: () =>
        Promise.resolve({ args: ['-c', `touch ${begun}`], options: [], words: ['--env', 'A=b\0--program'] }),
    }
    const egress = { hosts: [], maxRequests: 0, maxBytesOut: 0 }
    await expect(standby(profile, { backend, egress })).rejects.toMatchObject({ code: 'INPUT_INVALID' })
    // Nothing waits for them either.
    await setTimeout(20)
    expect(() => readFileSync(begun)).toThrow('ENOENT')
  })

  test('that was stopped before it was begun is not begun', async () => {
    const begun = join(folder, 'begun')
    const backend: SandboxBackend = {
      name: 'bubblewrap',
      program: '/bin/sh',
      relay: '/nonexistent',
      command: () => Promise.resolve({ args: ['-c', `touch ${begun}`], options: [], words: [] }),
    }
    const egress = { hosts: [], maxRequests: 0, maxBytesOut: 0 }
    await expect(standby(profile, { backend, egress, signal: AbortSignal.abort() })).rejects.toMatchObject({
      code: 'CANCELLED',
    })
    await setTimeout(20)
    expect(() => readFileSync(begun)).toThrow('ENOENT')
  })
})

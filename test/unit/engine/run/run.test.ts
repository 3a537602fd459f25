import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { createRunner, type RunnableSkill, type RunnerPorts } from '../../../../src/engine/run/run.ts'
import type { SandboxBackend } from '../../../../src/engine/sandbox/backend.ts'
import { SkilletError } from '../../../../src/shared/errors.ts'
import { manifestOf } from '../../../support/manifest.ts'

// What a run uses up, gives back and leaves in the journal, however its sandbox ends: a shell stands in its place and says
// what a sandbox might.

const folder = mkdtempSync(join(tmpdir(), 'skillet-runner-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
afterEach(() => void vi.restoreAllMocks())

const skill: RunnableSkill = {
  manifest: manifestOf({ run: { command: ['sh'] }, sandbox: { backend: 'firejail' } }),
  folder,
  stateFolder: join(folder, 'state'),
  policy: { capabilities: [], fs_write_roots: [] },
  grants: [],
  verified: true,
}
const ready = `echo '{"type":"ready","landlock":1}' >&4; head -c 1 <&4 >/dev/null`
const exit = `echo '{"type":"exit","code":0,"signal":0,"peak":1,"written":0}' >&4`

let seen: string[]
let choose: RunnerPorts['sandboxes']['choose']
let note: () => Promise<void>
const told = (word: string) => vi.fn(() => Promise.resolve(void seen.push(word)))

function ports(script: string): RunnerPorts {
  const backend: SandboxBackend = {
    name: 'firejail',
    program: '/bin/sh',
    relay: '/nonexistent',
    command: () => Promise.resolve({ args: ['-c', script], options: [], words: [] }),
  }
  return {
    home: join(folder, 'home'),
    sandboxes: {
      choose: (wanted) => choose(wanted).then((found) => found ?? backend),
      doubt: told('doubted'),
      state: () => Promise.reject(new Error('nobody asks')),
    },
    spares: { take: () => null, prepare: () => {}, drop: told('dropped') },
    findProgram: (name) => Promise.resolve(name === 'sh' ? '/bin/sh' : null),
    findRuntime: () =>
      Promise.resolve({ binds: new Map(), links: new Map(), executables: [], hasShell: false }),
    getSecret: () => Promise.resolve('c0ffee-c0ffee-c0ffee'),
    unseenKeys: () => Promise.resolve([]),
    siteRoots: () => Promise.reject(new Error('nobody asks')),
    budget: {
      begin: async () => {
        seen.push('counted')
        return {
          maxBytesOut: () => 0,
          left: () => ({ runs: 1, bytesOut: 0 }),
          end: told('booked'),
          cancel: told('not counted'),
        }
      },
      assertLeft: () => Promise.resolve(),
      lastRunAt: () => Promise.resolve(null),
    },
    grants: { useOnce: told('used'), giveBack: told('given back') },
    journal: {
      note: async (event) => {
        if (event === 'run.started') await note()
        seen.push(event)
        return { link: { seq: 1, hash: '' }, durable: Promise.resolve() }
      },
    },
    log: () => {},
  }
}
const run = (script: string, signal?: AbortSignal, checked: RunnableSkill = skill) =>
  createRunner(ports(script))(
    () => Promise.resolve(checked),
    () => ({}),
    [],
    signal ? { signal } : {},
  )

beforeEach(() => {
  // As an ordinary person, whoever runs the tests; as root nothing would start.
  vi.spyOn(process as { getuid: () => number }, 'getuid').mockReturnValue(1000)
  seen = []
  choose = () => Promise.resolve(undefined as never)
  note = () => Promise.resolve()
})

describe.skipIf(process.platform === 'win32')('a run', () => {
  test('that ends is counted, used up, noted and booked, in that order', async () => {
    expect(await run(`${ready}; ${exit}`)).toMatchObject({ reason: 'exit', exitCode: 0 })
    expect(seen).toEqual(['counted', 'used', 'run.started', 'run.finished', 'booked'])
  })

  test('whose sandbox failed gives back what it had used up; one that may have run does not', async () => {
    const failed = run(`echo '{"type":"failed","what":"bind","errno":13}' >&4`)
    await expect(failed).rejects.toMatchObject({ code: 'SANDBOX_UNAVAILABLE' })
    expect(seen).toContain('given back')
    expect(seen).toContain('not counted')
    expect(seen).toEqual(expect.arrayContaining(['doubted', 'dropped', 'run.denied']))
    seen = []
    await expect(run(`${ready}; echo nonsense >&4; sleep 20`)).rejects.toMatchObject({
      code: 'SANDBOX_UNAVAILABLE',
    })
    expect(seen).not.toContain('given back')
    expect(seen).toEqual(expect.arrayContaining(['doubted', 'dropped', 'run.denied']))
  })

  test('whose sandbox repeats a key when it fails says so without the key', async () => {
    const manifest = manifestOf({
      capabilities: { net: 'n', 'env:read': 'e' },
      sandbox: { network: ['api.example.com'] },
      secrets: { ONE_KEY: { title: 'One', hosts: ['api.example.com'] } },
      run: { command: ['sh'] },
    })
    const failed = run('echo told c0ffee-c0ffee-c0ffee >&2; exit 1', undefined, {
      ...skill,
      manifest,
      policy: { ...skill.policy, capabilities: ['net', 'env:read'] },
    })
    await expect(failed).rejects.toMatchObject({
      code: 'SANDBOX_UNAVAILABLE',
      message: expect.stringContaining('told «REDACTED:ONE_KEY»'),
    })
  })

  test('that can’t be noted doesn’t start, and used up nothing', async () => {
    note = () => Promise.reject(new SkilletError('AUDIT_BROKEN', 'It was changed.'))
    await expect(run(`${ready}; ${exit}`)).rejects.toMatchObject({ code: 'AUDIT_BROKEN' })
    expect(seen).toEqual(['counted', 'used', 'given back', 'not counted', 'run.denied'])
  })

  test('has the sandbox that its publisher chose, and no other', async () => {
    const wanted: string[] = []
    choose = (name) => {
      wanted.push(name)
      return Promise.reject(new SkilletError('SANDBOX_UNAVAILABLE', 'There is none.'))
    }
    await expect(run('exit 1')).rejects.toMatchObject({ code: 'SANDBOX_UNAVAILABLE' })
    expect(wanted).toEqual(['firejail'])
    expect(seen).toEqual(['counted', 'not counted', 'run.denied'])
  })

  test('without a program that it needs, or stopped before it starts, is none', async () => {
    const manifest = manifestOf({ run: { command: ['no-such-program'] } })
    await expect(run(`${ready}; ${exit}`, undefined, { ...skill, manifest })).rejects.toMatchObject({
      code: 'INCOMPATIBLE',
    })
    expect(seen).toEqual(['counted', 'not counted', 'run.denied'])
    seen = []
    await expect(run(`${ready}; ${exit}`, AbortSignal.abort())).rejects.toMatchObject({ code: 'CANCELLED' })
    expect(seen).toEqual(['counted', 'not counted'])
  })

  test('that asks for more than it is allowed is refused before anything is counted', async () => {
    const manifest = manifestOf({
      capabilities: { net: 'n' },
      sandbox: { network: ['api.example.com'] },
      run: { command: ['sh'] },
    })
    await expect(run(`${ready}; ${exit}`, undefined, { ...skill, manifest })).rejects.toMatchObject({
      code: 'PERMISSION_DENIED',
    })
    expect(seen).toEqual(['run.denied'])
  })
})

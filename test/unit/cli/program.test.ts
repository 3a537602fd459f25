import { keyPlaceOf } from '../../support/renderer/key-place.ts'
import type { SecretRef } from '../../../src/shared/contract/keys.ts'
import { describe, expect, it } from 'vitest'
import type { RunHooks, RunRequest } from '../../../src/engine/api.ts'
import { asksOf } from '../../../src/shared/capability-words.ts'
import { SkilletError } from '../../../src/shared/errors.ts'
import { runCliWith } from '../../support/cli-run.ts'
import { runResult, skillManifest } from '../../support/host-values.ts'
import { installedSkill } from '../../support/installed-skill.ts'

const installed = () => Promise.resolve([installedSkill()])

describe('usage', () => {
  it.each([
    [['frobnicate']],
    [['doctor', '--nonsense']],
    [['install']],
    [['run', 'csv-profile', 'stray']],
    [['install', 'csv-profile', '--grant', 'everything']],
    [['search', 'x', '--category', 'cooking']],
    [['doctor', '--', '--json']],
    [['audit', '--limit', 'all']],
    [['grants']],
  ])('%j exits 2 and says why on stderr', async (argv) => {
    const result = await runCliWith(argv, {})
    expect(result.status).toBe(2)
    expect(result.stdout).toBe('')
    expect(result.stderr).toMatch(/^USAGE: \S.*\n\S/)
  })

  it('is one JSON document under --json, also when the line is wrong', async () => {
    const result = await runCliWith(['--json', 'frobnicate'], {})
    expect(result.status).toBe(2)
    expect(result.json).toMatchObject({ error: { code: 'USAGE' } })
    expect(result.stderr).toBe('')
  })

  it('prints help and version with status 0', async () => {
    expect((await runCliWith(['--help'], {})).stdout).toContain('check-permissions')
    expect((await runCliWith(['run', '--help'], {})).stdout).toContain('--input')
    expect((await runCliWith(['--version'], {})).stdout).toMatch(/^\d+\.\d+\.\d+\n$/)
    expect((await runCliWith([], {})).status).toBe(0)
  })
})

describe('settings', () => {
  const list = { installed: () => Promise.resolve([]) }
  it('come from the environment, and options win', async () => {
    const env = {
      SKILLET_HOME: '/srv/home',
      SKILLET_REGISTRY: 'http://127.0.0.1:1',
      SKILLET_TRUST_ROOT: '/srv/root.json',
      SKILLET_API_KEY: 'rec_a',
    }
    expect((await runCliWith(['list'], list, { env })).settings).toEqual({
      home: '/srv/home',
      registryUrl: 'http://127.0.0.1:1',
      trustRootFile: '/srv/root.json',
      apiKey: 'rec_a',
    })
    const argv = ['list', '--registry', 'http://127.0.0.1:2', '--home', '/srv/other', '--api-key', 'rec_b']
    expect((await runCliWith(argv, list, { env })).settings).toEqual({
      home: '/srv/other',
      registryUrl: 'http://127.0.0.1:2',
      trustRootFile: '/srv/root.json',
      apiKey: 'rec_b',
    })
  })
})

describe('run', () => {
  function engineThat(run: (request: RunRequest, hooks?: RunHooks) => Promise<ReturnType<typeof runResult>>) {
    return { installed, run }
  }

  it('hands over typed inputs and everything after --, options among it', async () => {
    const requests: RunRequest[] = []
    const engine = engineThat((request) => {
      requests.push(request)
      return Promise.resolve(runResult())
    })
    const argv = [
      'run',
      'csv-profile',
      '--input',
      'file=/a.csv',
      '--input',
      'rows=3',
      '--',
      '--json',
      '-x',
      '--',
    ]
    const result = await runCliWith(argv, engine)
    expect(result.status).toBe(0)
    expect(requests).toEqual([
      { slug: 'csv-profile', inputs: { file: '/a.csv', rows: 3 }, args: ['--json', '-x', '--'] },
    ])
  })

  it('of a withdrawn skill is refused as that, before its inputs are looked at', async () => {
    const withdrawn = {
      reason: 'Bad.',
      severity: 'high' as const,
      revokedAt: '',
      rotate: [],
      saferVersion: null,
    }
    const engine = {
      installed: () => Promise.resolve([installedSkill({ withdrawn })]),
      run: () => Promise.reject(new SkilletError('REVOKED', 'It was withdrawn.')),
    }
    const result = await runCliWith(['run', 'csv-profile', '--input', 'no-such=1', '--json'], engine)
    expect(result.json).toMatchObject({ error: { code: 'REVOKED' } })
    expect(result.status).toBe(4)
  })

  it('also without any option before --', async () => {
    const requests: RunRequest[] = []
    const engine = {
      installed: () =>
        Promise.resolve([
          {
            slug: 'plain',
            withdrawn: null,
            onHold: null,
            manifest: { ...skillManifest, slug: 'plain', run: { command: ['sh'], inputs: {} } },
          },
        ] as never),
      run: (request: RunRequest) => {
        requests.push(request)
        return Promise.resolve(runResult())
      },
    }
    await runCliWith(['run', 'plain', '--', '--flag', 'word'], engine)
    expect(requests[0]?.args).toEqual(['--flag', 'word'])
  })

  it('streams both outputs as they come, and under --json prints one document', async () => {
    const engine = engineThat((_request, hooks) => {
      hooks?.onOutput?.('stdout', 'result\n')
      hooks?.onOutput?.('stderr', 'warning\n')
      return Promise.resolve(runResult({ stdout: 'result\n', stderr: 'warning\n' }))
    })
    const human = await runCliWith(['run', 'csv-profile', '--input', 'file=a.csv'], engine)
    expect(human.stdout).toBe('result\n')
    expect(human.stderr).toBe('warning\nIn the journal: entry 42\n')
    const json = await runCliWith(['run', 'csv-profile', '--input', 'file=a.csv', '--json'], engine)
    expect(json.json).toEqual(runResult({ stdout: 'result\n', stderr: 'warning\n' }))
    expect(json.stderr).toBe('')
  })

  it.each([
    ['time', 124],
    ['memory', 137],
    ['denied', 3],
  ] as const)('exits for %s with %i', async (reason, status) => {
    const engine = engineThat(() => Promise.resolve(runResult({ reason, exitCode: null })))
    expect((await runCliWith(['run', 'csv-profile', '--input', 'file=a.csv'], engine)).status).toBe(status)
  })

  it('asks a person about what has no answer, and runs then; a denial is left as it is', async () => {
    const [read, write] = asksOf(skillManifest)
    const decided: unknown[] = []
    const engine = {
      ...engineThat(() => Promise.resolve(runResult({}))),
      asks: () =>
        Promise.resolve([
          { ...read!, decided: null, life: 'once' as const },
          { ...write!, decided: 'deny' as const, life: 'always' as const },
        ]),
      decide: async (...args: unknown[]) => void decided.push(args),
    }
    const argv = ['run', 'csv-profile', '--input', 'file=a.csv']
    const result = await runCliWith(argv, engine, { tty: true, stdin: 'o' })
    expect(result.status).toBe(0)
    expect(result.stderr).toContain('You allowed this just once, and that was used.')
    expect(decided).toEqual([['csv-profile', { 'fs:read': { decision: 'allow', life: 'once' } }, 'cli']])
  })

  it('maps an error of the engine to its exit status', async () => {
    const engine = engineThat(() => Promise.reject(new SkilletError('REVOKED', 'It was revoked.')))
    const result = await runCliWith(['run', 'csv-profile', '--input', 'file=a.csv'], engine)
    expect(result.status).toBe(4)
    expect(result.stderr).toMatch(/^REVOKED: It was revoked\.\n/)
  })

  it('refuses root before it touches the engine', async () => {
    for (const argv of [
      ['run', 'csv-profile'],
      ['try', '/'],
    ]) {
      const result = await runCliWith(argv, {}, { uid: 0 })
      expect(result.status).toBe(5)
      expect(result.stderr).toMatch(/^RUNNING_AS_ROOT: /)
    }
  })

  it('says what to install', async () => {
    const result = await runCliWith(['run', 'other'], { installed })
    expect(result.status).toBe(1)
    expect(result.stderr).toMatch(/^NOT_INSTALLED: .*\n.*skillet install other/)
  })
})

describe('install', () => {
  const asks = asksOf(skillManifest)
  const cannotRun = { problem: 'firejail is not installed.', fix: 'Install it: sudo apt install firejail' }
  function installer(
    options: {
      decided?: 'allow' | 'deny'
      secrets?: unknown[]
      older?: boolean
      cannotRun?: typeof cannotRun
    } = {},
  ) {
    const applied: unknown[] = []
    const discarded: string[] = []
    const stored: unknown[] = []
    return {
      applied,
      discarded,
      stored,
      engine: {
        planInstall: () =>
          Promise.resolve({
            planId: 'p1',
            skill: { title: 'CSV profile', version: '1.2.0' },
            provenance: { publisher: 'skillet-labs' },
            asks: asks.map((ask) => ({ ...ask, decided: options.decided ?? null })),
            secrets: options.secrets ?? [],
            replaces: options.older === true ? '1.3.0' : null,
            older: options.older === true,
            changes: null,
          } as never),
        applyInstall: (planId: string, decisions: Record<string, { decision: string }>) => {
          applied.push([planId, decisions])
          if (Object.values(decisions).some(({ decision }) => decision === 'deny'))
            return Promise.reject(new SkilletError('PERMISSION_DENIED', 'You did not allow it.'))
          return Promise.resolve({ slug: 'csv-profile', version: '1.2.0' })
        },
        whyNotRunnable: () => Promise.resolve(options.cannotRun ?? null),
        discardPlan: (planId: string) => void discarded.push(planId),
        setSecret: ({ name }: SecretRef, value: string) => {
          stored.push([name, value])
          return Promise.resolve()
        },
      },
    }
  }

  it('says where the skill can’t run although it is installed', async () => {
    const argv = ['install', 'csv-profile', '--grant-declared']
    const told = await runCliWith(argv, installer({ cannotRun }).engine)
    expect(told.status).toBe(0)
    expect(told.stderr).toContain('It can’t run on this computer yet. firejail is not installed.')
    expect(told.stderr).toContain('sudo apt install firejail')
    const { json } = await runCliWith([...argv, '--json'], installer({ cannotRun }).engine)
    expect(json).toEqual({ slug: 'csv-profile', version: '1.2.0', cannotRun })
  })

  it('applies what was granted on the line', async () => {
    const { engine, applied } = installer()
    const argv = ['install', 'csv-profile', '--grant', 'fs:read', '--grant', 'fs:write=reports', '--json']
    const result = await runCliWith(argv, engine)
    expect(result.json).toEqual({ slug: 'csv-profile', version: '1.2.0' })
    expect(applied).toEqual([
      [
        'p1',
        {
          'fs:read': { decision: 'allow', life: 'always' },
          'fs:write': { decision: 'allow', scope: ['reports'], life: 'always' },
        },
      ],
    ])
  })

  it.each([['--once'], ['--for', 'once']])('allows for the next run only with %s %s', async (...flags) => {
    const { engine, applied } = installer()
    const result = await runCliWith(['install', 'csv-profile', '--grant-declared', ...flags], engine)
    expect(result.status).toBe(0)
    const once = { decision: 'allow', life: 'once' }
    expect(applied).toEqual([['p1', { 'fs:read': once, 'fs:write': once }]])
  })

  it.each([
    ['--once', '--for', 'always'],
    ['--for', 'session'],
    ['--for', 'ever'],
  ])('refuses a life that it can not give: %s %s %s', async (...flags) => {
    const { engine, applied } = installer()
    expect((await runCliWith(['install', 'csv-profile', '--grant-declared', ...flags], engine)).status).toBe(
      2,
    )
    expect(applied).toEqual([])
  })

  it('allows nothing that nobody allowed: names the missing flags and applies nothing', async () => {
    const { engine, applied, discarded } = installer()
    const result = await runCliWith(['install', 'csv-profile', '--grant', 'fs:read'], engine)
    expect(result.status).toBe(3)
    expect(result.stderr).toContain('PERMISSION_DENIED: ')
    expect(result.stderr).toContain('--grant fs:write')
    expect(result.stderr).not.toContain('--grant fs:read')
    expect(applied).toEqual([])
    expect(discarded).toEqual(['p1'])
  })

  it('says that an older version goes back, and lets nobody do so unasked', async () => {
    const { engine, applied } = installer({ older: true })
    const result = await runCliWith(['install', 'csv-profile.skillet'], engine)
    expect(result.status).toBe(3)
    expect(result.stderr).toContain('It is older than 1.3.0, which you have: this goes back.')
    expect(result.stderr).toContain('--grant fs:read')
    expect(applied).toEqual([])
  })

  it('lets an earlier denial stand', async () => {
    const { engine, applied } = installer({ decided: 'deny' })
    expect((await runCliWith(['install', 'csv-profile'], engine)).status).toBe(3)
    expect(applied).toEqual([])
  })

  it('lets an earlier approval stand as it was given', async () => {
    const { engine, applied } = installer({ decided: 'allow' })
    expect((await runCliWith(['install', 'csv-profile'], engine)).status).toBe(0)
    expect((await runCliWith(['install', 'csv-profile', '--grant-declared', '--once'], engine)).status).toBe(
      0,
    )
    expect(applied).toEqual([
      ['p1', {}],
      ['p1', {}],
    ])
  })

  it('offers to allow something just once', async () => {
    const { engine, applied } = installer()
    await runCliWith(['install', 'csv-profile'], engine, { tty: true, stdin: 'o\ny' })
    const [read, write] = ['once', 'always'].map((life) => ({ decision: 'allow', life }))
    expect(applied).toEqual([['p1', { 'fs:read': read, 'fs:write': write }]])
  })

  it('asks a person about each thing; only y, o and n are answers', async () => {
    const { engine, applied } = installer()
    const result = await runCliWith(['install', 'csv-profile'], engine, { tty: true, stdin: 'maybe\ny\ny' })
    expect(result.status).toBe(0)
    expect(result.stderr).toContain('Read the files and folders that you choose')
    expect(result.stderr.match(/Allow it\?/g)).toHaveLength(3)
    expect(applied).toHaveLength(1)
  })

  it('passes a refusal on, so that it is remembered', async () => {
    const { engine, applied } = installer()
    const result = await runCliWith(['install', 'csv-profile'], engine, { tty: true, stdin: 'y\nn' })
    expect(result.status).toBe(3)
    expect(applied).toEqual([
      ['p1', { 'fs:read': { decision: 'allow', life: 'always' }, 'fs:write': { decision: 'deny' } }],
    ])
  })

  it('never asks under --json', async () => {
    const { engine } = installer()
    const result = await runCliWith(['install', 'csv-profile', '--json'], engine, {
      tty: true,
      stdin: 'y\ny',
    })
    expect(result.json).toMatchObject({ error: { code: 'PERMISSION_DENIED' } })
  })

  it('refuses a scope that the skill never declared', async () => {
    const { engine, applied } = installer()
    const argv = ['install', 'csv-profile', '--grant-declared', '--grant', 'fs:write=/etc']
    expect((await runCliWith(argv, engine)).status).toBe(2)
    expect(applied).toEqual([])
  })
})

describe('secrets', () => {
  it('reads a value from standard input and never shows it', async () => {
    const stored: unknown[] = []
    const engine = {
      setSecret: ({ name }: SecretRef, value: string) => {
        stored.push([name, value])
        return Promise.resolve()
      },
    }
    const result = await runCliWith(['secrets', 'set', 'EXAMPLE_API_KEY'], engine, {
      stdin: 's3cret value\n',
    })
    expect(stored).toEqual([['EXAMPLE_API_KEY', 's3cret value']])
    expect(result.stdout + result.stderr).not.toContain('s3cret')
    expect((await runCliWith(['secrets', 'set', 'EXAMPLE_API_KEY'], engine)).status).toBe(2)
    expect((await runCliWith(['secrets', 'set', 'lower'], engine, { stdin: 'x' })).status).toBe(2)
    expect(stored).toHaveLength(1)
  })

  it('hides what is typed at a terminal', async () => {
    const stored: unknown[] = []
    const engine = {
      keys: async () => ({ place: keyPlaceOf(), secrets: [], wanted: [] }),
      setSecret: (_secret: SecretRef, value: string) => {
        stored.push(value)
        return Promise.resolve()
      },
    }
    const result = await runCliWith(['secrets', 'set', 'EXAMPLE_API_KEY'], engine, {
      tty: true,
      stdin: 'sx\u007f3cret',
    })
    expect(stored).toEqual(['s3cret'])
    expect(result.stdout + result.stderr).not.toContain('3cret')
  })
})

describe('checks', () => {
  it('check-permissions prints a line a skill and a verdict, and exits 3 on a violation', async () => {
    const audit = {
      ok: false,
      skills: [
        { slug: 'parse-input', line: 'parse-input [pure]', ok: true, violations: [] },
        { slug: 'spy', line: 'spy [net]', ok: false, violations: ['net is not allowed'] },
      ],
    }
    const engine = { checkPermissions: () => Promise.resolve(audit) }
    const human = await runCliWith(['check-permissions'], engine)
    expect(human.status).toBe(3)
    expect(human.stdout.split('\n').slice(0, 4)).toEqual([
      'parse-input [pure]',
      'spy [net]',
      '  not allowed: net is not allowed',
      'NOT OK: 1 of 2 skills would do more than is allowed.',
    ])
    expect((await runCliWith(['check-permissions', '--json'], engine)).json).toEqual(audit)
  })

  it('verify exits 4 for altered files, audit --verify for an altered journal', async () => {
    const report = {
      ok: false,
      skills: [{ slug: 'a', version: '1.0.0', ok: false, changed: ['x.py'], missing: [], extra: ['y'] }],
    }
    const verify = await runCliWith(['verify', '--json'], {
      installed: () => Promise.resolve([]),
      verify: () => Promise.resolve(report),
    })
    expect(verify.status).toBe(4)
    expect(verify.json).toMatchObject(report)
    const verdict = { ok: false, problem: 'Entry 3 was changed.', entries: 5, sealed: [] }
    const audit = await runCliWith(['audit', '--verify', '--json'], {
      verifyAudit: () => Promise.resolve(verdict),
    })
    expect([audit.status, audit.json]).toEqual([4, verdict])
  })

  it('keeps an unforeseen error whole on stderr, without the secrets in it', async () => {
    const engine = {
      installed: () => Promise.reject(new Error('boom with sk-proj-abcdefghijklmnopqrstuvwxyz0123456789')),
    }
    const result = await runCliWith(['list'], engine)
    expect(result.status).toBe(1)
    expect(result.stderr).toMatch(/^INTERNAL: /)
    expect(result.stderr).toContain('boom')
    expect(result.stderr).not.toContain('abcdefghijklmnopqrstuvwxyz0123456789')
  })
})

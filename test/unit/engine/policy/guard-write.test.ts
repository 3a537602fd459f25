import { execFileSync } from 'node:child_process'
import {
  linkSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { DEFAULT_POLICY } from '../../../../src/engine/policy/default-policy.ts'
import { guardWrite } from '../../../../src/engine/policy/guard-write.ts'
import { isHostilePart } from '../../../../src/engine/policy/windows-names.ts'

let base: string
let stateDir: string
const guard = (path: string) => guardWrite({ slug: 'memory-update', stateDir }, path, DEFAULT_POLICY)

beforeEach(() => {
  base = realpathSync(mkdtempSync(join(tmpdir(), 'skillet-guard-')))
  stateDir = join(base, 'state', 'memory-update')
  mkdirSync(join(stateDir, 'traces'), { recursive: true })
  mkdirSync(join(base, 'outside'))
  writeFileSync(join(base, 'outside', 'secret'), 'untouched')
})
afterEach(() => rmSync(base, { recursive: true, force: true }))

describe('guardWrite', () => {
  it('returns where to write', () => {
    expect(guard('traces/run.json')).toBe(join(stateDir, 'traces', 'run.json'))
    expect(guard('.context/a/b/notes.md')).toBe(join(stateDir, '.context', 'a', 'b', 'notes.md'))
    expect(guard('traces/x/../run.json')).toBe(join(stateDir, 'traces', 'run.json'))
    expect(guard(join(stateDir, 'traces', 'run.json'))).toBe(join(stateDir, 'traces', 'run.json'))
  })

  it('lets a skill write to any folder of its own, and no further, where all are allowed', () => {
    const anywhere = { capabilities: ['fs:write' as const], fs_write_roots: ['state:*', 'input:*'] }
    const guardAny = (path: string) => guardWrite({ slug: 'memory-update', stateDir }, path, anywhere)
    expect(guardAny('elsewhere/notes.md')).toBe(join(stateDir, 'elsewhere', 'notes.md'))
    for (const path of ['.', '..', '../other-skill/x', '/etc/passwd'])
      expect(() => guardAny(path)).toThrowError(expect.objectContaining({ code: 'WRITE_DENIED' }))
  })

  it('refuses everything under a policy that is none', () => {
    for (const policy of [null, undefined, {}, { capabilities: 'fs:write', fs_write_roots: ['traces'] }])
      expect(() => guardWrite({ slug: 'memory-update', stateDir }, 'traces/x', policy as never)).toThrowError(
        expect.objectContaining({ code: 'WRITE_DENIED' }),
      )
  })

  it('refuses what is of another type', () => {
    const roots = (given: unknown[]) => ({
      capabilities: ['fs:write' as const],
      fs_write_roots: given as string[],
    })
    const calls: (() => string)[] = [
      () => guardWrite({ slug: 's', stateDir }, 'traces/x', roots([5, 'traces'])),
      () => guardWrite({ slug: 's', stateDir: 5 as never }, 'traces/x', DEFAULT_POLICY),
      () => guardWrite({ slug: Symbol('s') as never, stateDir }, 'traces/x', DEFAULT_POLICY),
      () => guardWrite(null as never, 'traces/x', DEFAULT_POLICY),
    ]
    for (const call of calls) expect(call).toThrowError(expect.objectContaining({ code: 'WRITE_DENIED' }))
  })

  const paths = [
    '',
    '.',
    '..',
    'notes.md',
    '../other-skill/traces/x',
    'traces/../../../outside/secret',
    '/etc/passwd',
    'traces-2/x',
    'tracesx',
    'Traces/x',
    'TRACES/x',
    '.CONTEXT/x',
    'traces\0/x',
    'traces/a\nb',
    'traces\\..\\..\\x',
    'traces/a\\b',
    '~/.ssh/authorized_keys',
    'input:out/x',
  ]
  it.each(paths.map((path) => [JSON.stringify(path), path]))('refuses %s', (_, path) => {
    expect(() => guard(path)).toThrowError(expect.objectContaining({ code: 'WRITE_DENIED' }))
  })

  /** Each plants something inside a root that leads outside; `path` then looks harmless. */
  const planted: [string, () => void, string][] = [
    [
      'a linked folder',
      () => symlinkSync(join(base, 'outside'), join(stateDir, 'traces', 'a')),
      'traces/a/secret',
    ],
    [
      'a linked file',
      () => symlinkSync(join(base, 'outside', 'secret'), join(stateDir, 'traces', 'a')),
      'traces/a',
    ],
    [
      'a link upwards',
      () => symlinkSync('../../../outside', join(stateDir, 'traces', 'a')),
      'traces/a/secret',
    ],
    [
      'a root that is a link',
      () => symlinkSync(join(base, 'outside'), join(stateDir, '.context')),
      '.context/secret',
    ],
    [
      'a second name of a file',
      () => linkSync(join(base, 'outside', 'secret'), join(stateDir, 'traces', 'a')),
      'traces/a',
    ],
  ]
  it.each(planted)(
    'refuses %s, through which a plain write would change a file outside',
    (_, plant, path) => {
      plant()
      writeFileSync(join(stateDir, path), 'changed')
      expect(readFileSync(join(base, 'outside', 'secret'), 'utf8')).toBe('changed')
      expect(() => guard(path)).toThrowError(expect.objectContaining({ code: 'WRITE_DENIED' }))
    },
  )

  it('refuses a link that leads nowhere yet, through which a write would create a file outside', () => {
    symlinkSync(join(base, 'outside', 'new'), join(stateDir, 'traces', 'a'))
    expect(() => guard('traces/a')).toThrowError(expect.objectContaining({ code: 'WRITE_DENIED' }))
    writeFileSync(join(stateDir, 'traces', 'a'), 'x')
    expect(readFileSync(join(base, 'outside', 'new'), 'utf8')).toBe('x')
  })

  it.skipIf(process.platform === 'win32')(
    'refuses what is no file: a write would reach another program',
    () => {
      execFileSync('mkfifo', [join(stateDir, 'traces', 'pipe')])
      expect(() => guard('traces/pipe')).toThrowError(expect.objectContaining({ code: 'WRITE_DENIED' }))
    },
  )

  it('follows a link that stays inside', () => {
    mkdirSync(join(stateDir, '.context'))
    symlinkSync('../.context', join(stateDir, 'traces', 'c'))
    expect(guard('traces/c/notes.md')).toBe(join(stateDir, '.context', 'notes.md'))
  })

  it('refuses everything without fs:write, and to a skill with a false name', () => {
    const none = { ...DEFAULT_POLICY, capabilities: [] }
    expect(() => guardWrite({ slug: 's', stateDir }, 'traces/x', none)).toThrowError(
      expect.objectContaining({ code: 'WRITE_DENIED' }),
    )
    expect(() => guardWrite({ slug: '../s' }, 'traces/x', DEFAULT_POLICY)).toThrowError(
      expect.objectContaining({ code: 'WRITE_DENIED' }),
    )
  })

  it.each(['..', '/', '', '.', '/etc', 'traces/../..'])('takes %j in a policy for no folder', (root) => {
    const policy = { capabilities: DEFAULT_POLICY.capabilities, fs_write_roots: [root] }
    for (const path of ['x', 'traces/x', join(base, 'outside', 'secret'), '/etc/passwd'])
      expect(() => guardWrite({ slug: 's', stateDir }, path, policy)).toThrowError(
        expect.objectContaining({ code: 'WRITE_DENIED' }),
      )
  })
})

describe('names that Windows takes for something else', () => {
  it.each(['NUL', 'con.txt', 'Com1', 'LPT9.log', 'a:stream', 'name.', 'name ', 'a?b'])('%j', (part) => {
    expect(isHostilePart(part)).toBe(true)
  })
  it.each(['notes.md', 'console', 'com', 'nullable', '.context'])('not %j', (part) => {
    expect(isHostilePart(part)).toBe(false)
  })
})

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { auditPermissions, permissionLine } from '../../../../src/engine/policy/audit-permissions.ts'
import { checkSkillPermissions } from '../../../../src/engine/policy/check-permissions.ts'
import { DEFAULT_POLICY } from '../../../../src/engine/policy/default-policy.ts'
import { capabilities } from '../../../../src/shared/capability.ts'
import type { Policy } from '../../../../src/shared/policy.ts'
import { everything, manifestOf } from '../../../support/manifest.ts'

const all: Policy = { capabilities: [...capabilities], fs_write_roots: ['traces', '.context', 'input:*'] }
const refused = (skill: Parameters<typeof checkSkillPermissions>[0], policy: Policy) =>
  checkSkillPermissions(skill, policy).violations.map(({ capability }) => capability)

describe('DEFAULT_POLICY', () => {
  it('reads and writes its own folders, and grants nothing else', () => {
    expect(DEFAULT_POLICY).toEqual({
      capabilities: ['fs:read', 'fs:write'],
      fs_write_roots: ['traces', '.context'],
    })
    expect(() => DEFAULT_POLICY.capabilities.push('net')).toThrow(TypeError)
    expect(() => Object.assign(DEFAULT_POLICY, { capabilities: ['net'] })).toThrow(TypeError)
  })
  it.each(['net', 'env:read', 'exec'])('refuses %s', (capability) => {
    expect(refused({ slug: 's', capabilities: [capability] }, DEFAULT_POLICY)).toEqual([capability])
  })
})

describe('checkSkillPermissions', () => {
  it('passes a pure skill under a policy that allows nothing', () => {
    const nothing = { capabilities: [], fs_write_roots: [] }
    expect(checkSkillPermissions(manifestOf(), nothing)).toEqual({
      ok: true,
      pure: true,
      declared: [],
      violations: [],
    })
  })

  it('takes one for pure that neither declares nor uses anything', () => {
    for (const skill of [
      { slug: 's', capabilities: ['fs:write'] },
      { slug: 's', capabilities: { net: 'n' } },
    ])
      expect(checkSkillPermissions(skill, all)).toMatchObject({ ok: true, pure: false })
  })

  it('holds a chosen folder to the policy, also where it is changed without a word about it', () => {
    const inputs = { f: { type: 'folder' } }
    const changes = { slug: 's', capabilities: ['fs:read', 'fs:write'], run: { inputs } }
    expect(refused(changes, all)).toEqual([])
    expect(refused(changes, { ...all, fs_write_roots: ['traces'] })).toEqual(['fs:write'])
    expect(refused(changes, { ...all, fs_write_roots: ['input:f'] })).toEqual([])
    const reads = { ...changes, run: { inputs: { f: { type: 'folder', writable: false } } } }
    expect(refused(reads, { ...all, fs_write_roots: [] })).toEqual([])
  })

  it('passes what is within the policy', () => {
    expect(checkSkillPermissions(manifestOf(everything), all)).toMatchObject({ ok: true, pure: false })
  })

  it('never accepts a capability that does not exist, even where the policy names it', () => {
    const policy = { ...all, capabilities: [...all.capabilities, 'root'] } as unknown as Policy
    expect(refused({ slug: 's', capabilities: ['root'] }, policy)).toEqual(['root'])
    expect(refused({ slug: 's', capabilities: { root: 'please' } }, policy)).toEqual(['root'])
    expect(refused({ slug: 's', capabilities: ['NET'] }, all)).toEqual(['NET'])
  })

  const narrowed: [string, Partial<Policy>, string][] = [
    ['a host', { net_hosts: ['api.example.com'] }, 'net'],
    ['no host at all', { net_hosts: [] }, 'net'],
    ['a key', { secrets: ['ONE_KEY'] }, 'env:read'],
    ['a program', { exec: ['git'] }, 'exec'],
    ['a folder', { fs_write_roots: ['traces', 'input:*'] }, 'fs:write'],
    ['only its own folders', { fs_write_roots: ['traces', '.context'] }, 'fs:write'],
  ]
  it.each(narrowed)('holds it to a scope: %s', (_, limit, capability) => {
    expect(new Set(refused(manifestOf(everything), { ...all, ...limit }))).toEqual(new Set([capability]))
  })

  const sly: [string, Parameters<typeof checkSkillPermissions>[0], string][] = [
    ['hosts without net', { slug: 's', capabilities: [], sandbox: { network: ['a.example.com'] } }, 'net'],
    ['a wildcard', { slug: 's', capabilities: ['net'], sandbox: { network: ['*.example.com'] } }, 'net'],
    ['an address', { slug: 's', capabilities: ['net'], sandbox: { network: ['127.0.0.1'] } }, 'net'],
    [
      'a folder of its own without fs:write',
      { slug: 's', capabilities: [], sandbox: { write: ['traces'] } },
      'fs:write',
    ],
    [
      'a chosen folder that it may change without fs:write',
      { slug: 's', capabilities: ['fs:read'], run: { inputs: { f: { type: 'folder', writable: true } } } },
      'fs:write',
    ],
    ['a key without env:read', { slug: 's', capabilities: [], secrets: ['A_KEY'] }, 'env:read'],
    ['a program without exec', { slug: 's', capabilities: [], sandbox: { exec: ['sh'] } }, 'exec'],
    ['a program by its path', { slug: 's', capabilities: ['exec'], sandbox: { exec: ['/bin/sh'] } }, 'exec'],
    [
      'writing upwards',
      { slug: 's', capabilities: ['fs:write'], sandbox: { write: ['traces/../..'] } },
      'fs:write',
    ],
    ['a neighbour', { slug: 's', capabilities: ['fs:write'], sandbox: { write: ['traces-2'] } }, 'fs:write'],
    ['another case', { slug: 's', capabilities: ['fs:write'], sandbox: { write: ['Traces'] } }, 'fs:write'],
    [
      'a file that it never said it reads',
      { slug: 's', capabilities: [], run: { inputs: { f: { type: 'file' } } } },
      'fs:read',
    ],
    [
      'a key that goes where the skill may not',
      {
        slug: 's',
        capabilities: ['net', 'env:read'],
        sandbox: { network: ['a.example.com'] },
        secrets: { A_KEY: { hosts: ['b.example.com'] } },
      },
      'env:read',
    ],
    ['a section of the wrong type', { slug: 's', capabilities: [], sandbox: 7 } as never, 'manifest'],
    ['a list of the wrong type', { slug: 's', capabilities: [{}] } as never, 'manifest'],
    ['a list with gaps', { slug: 's', capabilities: Array<string>(1) }, 'manifest'],
    ['a Set', { slug: 's', capabilities: new Set(['net']) } as never, 'manifest'],
    ['a Map', { slug: 's', capabilities: new Map([['net', 'x']]) } as never, 'manifest'],
    ['what it inherits', Object.create({ slug: 's', capabilities: ['net'] }) as never, 'manifest'],
    [
      'an object of a class',
      new (class {
        slug = 's'
        get capabilities() {
          return ['net']
        }
      })(),
      'manifest',
    ],
    [
      'what fails to answer',
      {
        slug: 's',
        get capabilities(): string[] {
          throw new Error('no')
        },
      },
      'manifest',
    ],
    [
      'what does not show',
      Object.defineProperty({ slug: 's', capabilities: [] }, 'sandbox', {
        value: { network: ['a.example.com'] },
      }),
      'net',
    ],
    [
      'an input of another type',
      { slug: 's', capabilities: [], run: { inputs: { a: { type: 'directory' } } } },
      'manifest',
    ],
  ]
  it.each(sly)('refuses %s', (_, skill, capability) => {
    const check = checkSkillPermissions(skill, all)
    expect(check).toMatchObject({ ok: false, pure: false })
    expect(check.violations.map((violation) => violation.capability)).toContain(capability)
  })

  it('takes a malformed policy for one that allows nothing', () => {
    for (const policy of [null, {}, { capabilities: 'net' }, { ...all, net_hosts: 'api.example.com' }])
      expect(checkSkillPermissions(manifestOf(everything), policy as unknown as Policy).ok).toBe(false)
  })

  it('never throws, and passes nothing that is no skill', () => {
    fc.assert(
      fc.property(fc.anything(), fc.anything(), (skill, policy) => {
        const check = checkSkillPermissions(skill as never, policy as never)
        if (skill === null || typeof skill !== 'object') expect(check.ok).toBe(false)
      }),
    )
    const parts = fc.record(
      {
        slug: fc.anything(),
        capabilities: fc.oneof(fc.anything(), fc.array(fc.anything())),
        sandbox: fc.oneof(fc.anything(), fc.record({ network: fc.anything(), exec: fc.anything() })),
        secrets: fc.anything(),
        run: fc.oneof(fc.anything(), fc.record({ command: fc.anything(), inputs: fc.anything() })),
      },
      { requiredKeys: [] },
    )
    fc.assert(fc.property(parts, (skill) => void checkSkillPermissions(skill as never, all)))
  })

  it('redacts its diagnostics', () => {
    const secret = `sk-${'a1B2'.repeat(6)}`
    const check = checkSkillPermissions({ slug: 's', capabilities: [`net\u001b[2J ${secret}`] }, all)
    expect(JSON.stringify(check)).not.toContain(secret)
    expect(JSON.stringify(check)).not.toContain('\\u001b')
    expect(JSON.stringify(check)).toContain('«REDACTED:API_KEY»')
  })
})

describe('audit lines', () => {
  const memory = manifestOf({
    slug: 'memory-update',
    capabilities: { 'fs:write': 'w', 'fs:read': 'r' },
    sandbox: { write: ['.context'] },
  })
  it("have SkillWeave's form", () => {
    const line = (skill: typeof memory) => permissionLine(skill.slug, checkSkillPermissions(skill, all))
    expect(line(manifestOf({ slug: 'parse-input' }))).toBe('parse-input [pure]')
    expect(line(memory)).toBe('memory-update [fs:read, fs:write]')
  })
  it('come with a verdict over all skills', () => {
    const skills = [memory, manifestOf(everything)].map((skill) => ({ skill, policy: DEFAULT_POLICY }))
    expect(auditPermissions(skills)).toMatchObject({ ok: false, skills: [{ ok: true }, { ok: false }] })
  })
})

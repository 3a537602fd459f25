import { describe, expect, it } from 'vitest'
import { capabilityDigest } from '../../../../src/engine/grants/digest.ts'
import { toGrants } from '../../../../src/engine/install/decisions.ts'
import { isWithin } from '../../../../src/engine/install/reach.ts'
import { standingDecisions } from '../../../../src/engine/install/standing.ts'
import { asksOf, declaredCapabilities, declaredScope } from '../../../../src/shared/capability-words.ts'
import type { Capability } from '../../../../src/shared/capability.ts'
import type { Grant } from '../../../../src/shared/contract/overview.ts'
import type { SkillManifest } from '../../../../src/shared/skill-manifest.ts'
import { everything, manifestOf } from '../../../support/manifest.ts'

const at = '2026-11-01T00:00:00Z'

function grant(manifest: SkillManifest, capability: Capability, change: Partial<Grant> = {}): Grant {
  return {
    slug: manifest.slug,
    capability,
    decision: 'allow',
    scope: declaredScope(manifest, capability),
    capabilityDigest: capabilityDigest(manifest),
    decidedAt: at,
    by: 'window',
    life: 'always',
    ...change,
  }
}

const allowAll = (manifest: SkillManifest) =>
  declaredCapabilities(manifest).map((one) => grant(manifest, one))
const before = manifestOf(everything)
const change = (parts: Record<string, unknown>) => manifestOf({ ...everything, version: '2.0.0', ...parts })
const sandbox = (parts: Record<string, unknown>) => change({ sandbox: { ...everything.sandbox, ...parts } })

/** What stands, as `capability decision`. */
function standing(after: SkillManifest, installed: SkillManifest | null, grants: Grant[]): string[] {
  return [...standingDecisions(after, installed, grants)].map(([name, { decision }]) => `${name} ${decision}`)
}

describe('earlier decisions', () => {
  it('stand for a version that reaches no further', () => {
    const same = change({ summary: 'Reworded.' })
    const all = ['fs:read allow', 'fs:write allow', 'net allow', 'env:read allow', 'exec allow']
    expect(standing(same, before, allowAll(before))).toEqual(all)
    const narrower = sandbox({
      network: ['api.example.com', 'cdn.example.com'],
      write: ['traces'],
      exec: ['python3', 'git'],
    })
    expect(standing(narrower, before, allowAll(before))).toEqual(all)
    const bound = [...standingDecisions(narrower, before, allowAll(before)).values()]
    expect(new Set(bound.map((one) => one.capabilityDigest))).toEqual(new Set([capabilityDigest(narrower)]))
    expect(bound.find((one) => one.capability === 'fs:write')).toMatchObject({
      scope: expect.not.arrayContaining(['.context']),
      decidedAt: at,
      by: 'window',
    })
  })

  it.each([
    ['a host more', sandbox({ network: ['api.example.com', 'cdn.example.com', 'evil.example.com'] }), 'net'],
    ['a folder more', sandbox({ write: ['traces', '.context', 'out'] }), 'fs:write'],
    ['a program more', sandbox({ exec: ['python3', 'git', 'pandoc', 'curl'] }), 'exec'],
    ['the graphics card', change({ requires: { cuda: '>=11' } }), 'fs:read'],
    [
      'another program that runs it',
      change({
        sandbox: { ...everything.sandbox, exec: ['bash', 'git', 'pandoc'] },
        run: { ...everything.run, command: ['bash', 'scripts/main.sh'] },
      }),
      'fs:read',
    ],
    ['more to send', change({ budget: { egress_mb_per_day: 51 } }), 'net'],
    ['more connections', change({ budget: { requests_per_run: 101 } }), 'net'],
    [
      'another place for the same key',
      change({
        secrets: {
          ...everything.secrets,
          ONE_KEY: { title: 'One', hosts: ['api.example.com', 'cdn.example.com'] },
        },
      }),
      'env:read',
    ],
    [
      'a folder in place of a file',
      change({
        run: {
          ...everything.run,
          inputs: { ...everything.run.inputs, file: { type: 'folder', title: 'File' } },
        },
      }),
      'fs:read',
    ],
  ])('do not cover %s; the others still stand', (_what, after, capability) => {
    const stands = standing(after, before, allowAll(before))
    expect(stands).not.toContain(`${capability} allow`)
    expect(stands).toHaveLength(4)
  })

  it('stand where it no longer uses the graphics card, and say where it does', () => {
    const graphics = change({ requires: { cuda: '>=11' } })
    expect(standing(before, graphics, allowAll(graphics))).toHaveLength(5)
    const said = (manifest: SkillManifest) => asksOf(manifest).map(({ limit }) => limit.includes('graphics'))
    expect([said(before), said(graphics)]).toEqual([
      [false, false, false, false, false],
      [true, false, false, false, false],
    ])
    // Nobody could be asked.
    expect(() => manifestOf({ requires: { cuda: '>=11' } })).toThrow('needs a capability')
  })

  it('stand only as far as the person went', () => {
    const grants = allowAll(before).map((one) =>
      one.capability === 'net' ? { ...one, scope: ['api.example.com'] } : one,
    )
    const onlyApi = change({
      sandbox: { ...everything.sandbox, network: ['api.example.com'] },
      secrets: { ONE_KEY: everything.secrets.ONE_KEY },
    })
    expect(standing(onlyApi, before, grants)).toContain('net allow')
    expect(standing(change({ title: 'New' }), before, grants)).toContain('net allow')
    const onlyCdn = change({
      sandbox: { ...everything.sandbox, network: ['cdn.example.com'] },
      secrets: { TWO_KEY: everything.secrets.TWO_KEY },
    })
    expect(standing(onlyCdn, before, grants)).not.toContain('net allow')
  })

  it('do not stand without the version that they were about, or once they were taken back', () => {
    const after = sandbox({ write: ['traces'] })
    expect(standing(after, null, allowAll(before))).toEqual([])
    const without = allowAll(before).filter(({ capability }) => capability !== 'exec')
    expect(standing(after, before, without)).not.toContain('exec allow')
  })

  it('stick when they were denials, for whatever asks for as much again', () => {
    const wider = sandbox({ network: ['api.example.com', 'cdn.example.com', 'evil.example.com'] })
    const grants = [...allowAll(before), grant(wider, 'net', { decision: 'deny' })]
    expect(standing(wider, before, grants)).toContain('net deny')
    const evenWider = sandbox({
      network: ['api.example.com', 'cdn.example.com', 'evil.example.com', 'more.example.com'],
    })
    expect(standing(evenWider, before, grants)).toContain('net deny')
    // Less of it, or some of it beside something else, is no other question.
    for (const network of [
      ['api.example.com', 'cdn.example.com', 'other.example.com'],
      ['api.example.com', 'cdn.example.com'],
    ])
      expect(standing(sandbox({ network }), wider, grants.slice(-1))).toContain('net deny')
    const elsewhere = change({
      sandbox: { ...everything.sandbox, network: ['new.example.com'] },
      secrets: { ONE_KEY: { title: 'One', hosts: ['new.example.com'] } },
    })
    expect(standing(elsewhere, wider, grants.slice(-1))).not.toContain('net deny')
    // Back to what was allowed all along.
    expect(standing(sandbox({ exec: ['python3', 'git'] }), before, grants)).toContain('net allow')
  })
})

describe('decisions made now', () => {
  it('take the place of those that stand; an earlier denial does not count as one', () => {
    const after = change({ summary: 'Reworded.' })
    const digest = capabilityDigest(after)
    const stands = standingDecisions(after, before, allowAll(before))
    expect(toGrants(after, digest, {}, stands, 'cli', at)).toMatchObject({ denied: [], undecided: [] })
    const denied = toGrants(after, digest, { exec: { decision: 'deny' } }, stands, 'cli', at)
    expect(denied.denied.map(({ capability }) => capability)).toEqual(['exec'])
    const sticky = new Map(stands).set('net', grant(after, 'net', { decision: 'deny' }))
    expect(toGrants(after, digest, {}, sticky, 'cli', at).undecided).toEqual(['net'])
  })
})

it('a reach lies within itself, and within nothing that does not declare it', () => {
  for (const capability of declaredCapabilities(before)) {
    expect(isWithin(before, before, capability)).toBe(true)
    expect(isWithin(before, manifestOf(), capability)).toBe(false)
  }
})

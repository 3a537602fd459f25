import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { capabilityDigest } from '../../../../src/engine/grants/digest.ts'
import { checkSkillPermissions } from '../../../../src/engine/policy/check-permissions.ts'
import { effectivePolicy } from '../../../../src/engine/policy/effective.ts'
import { isInRoots } from '../../../../src/engine/policy/write-roots.ts'
import { capabilities, type Capability } from '../../../../src/shared/capability.ts'
import { declaredScope } from '../../../../src/shared/capability-words.ts'
import type { Grant } from '../../../../src/shared/contract/overview.ts'
import type { Policy } from '../../../../src/shared/policy.ts'
import { everything, manifestOf } from '../../../support/manifest.ts'

const manifest = manifestOf(everything)
const digest = capabilityDigest(manifest)
const grant = (capability: Capability, parts: Partial<Grant> = {}): Grant => ({
  slug: manifest.slug,
  capability,
  decision: 'allow',
  scope: declaredScope(manifest, capability),
  capabilityDigest: digest,
  decidedAt: '2026-01-01T00:00:00.000Z',
  by: 'window',
  life: 'always',
  ...parts,
})
const allGrants = capabilities.map((capability) => grant(capability))

describe('effectivePolicy', () => {
  it('is exactly what the skill declares when everything was granted', () => {
    const policy = effectivePolicy(manifest, allGrants, null)
    expect(policy).toEqual({
      capabilities: [...capabilities],
      fs_write_roots: ['traces', '.context', 'input:out'],
      net_hosts: ['api.example.com', 'cdn.example.com'],
      secrets: ['ONE_KEY', 'TWO_KEY'],
      exec: ['git', 'pandoc'],
    })
    expect(checkSkillPermissions(manifest, policy).ok).toBe(true)
  })

  const worthless: [string, Grant[]][] = [
    ['nobody was asked', []],
    ['it was for another skill', [grant('net', { slug: 'other' })]],
    ['it was for another release', [grant('net', { capabilityDigest: '0'.repeat(64) })]],
    ['it was denied', [grant('net', { decision: 'deny' })]],
    ['it was denied as well', [grant('net'), grant('net', { decision: 'deny' })]],
  ]
  it.each(worthless)('grants nothing when %s', (_, grants) => {
    const policy = effectivePolicy(manifest, grants, null)
    expect(policy).toEqual({ capabilities: [], fs_write_roots: [], net_hosts: [], secrets: [], exec: [] })
    expect(checkSkillPermissions(manifest, policy).ok).toBe(false)
  })

  const list = (...values: string[]) => fc.subarray(values)
  const ceilings: fc.Arbitrary<Policy> = fc.record(
    {
      capabilities: fc.subarray([...capabilities]),
      fs_write_roots: list('traces', '.context', 'elsewhere', 'input:*', 'input:out'),
      net_hosts: list('api.example.com', 'cdn.example.com', 'evil.example.org'),
      secrets: list('ONE_KEY', 'TWO_KEY', 'OTHER_KEY'),
      exec: list('git', 'pandoc', 'bash'),
    },
    { requiredKeys: ['capabilities', 'fs_write_roots'] },
  )
  const someGrants = fc.array(
    fc
      .record({
        capability: fc.constantFrom(...capabilities),
        decision: fc.constantFrom('allow' as const, 'allow' as const, 'deny' as const),
        own: fc.boolean(),
        extra: list('evil.example.org', 'bash', 'OTHER_KEY', '/etc'),
      })
      .map(({ capability, decision, own, extra }) =>
        grant(capability, {
          decision,
          scope: [...declaredScope(manifest, capability), ...extra],
          capabilityDigest: own ? digest : 'f'.repeat(64),
        }),
      ),
    { maxLength: 8 },
  )
  const within = (inner: readonly string[] | undefined, outer: readonly string[] | undefined) =>
    outer === undefined || (inner ?? []).every((item) => outer.includes(item))

  it('never goes beyond the ceiling, the declaration or the grants', () => {
    fc.assert(
      fc.property(someGrants, fc.option(ceilings), (grants, ceiling) => {
        const policy = effectivePolicy(manifest, grants, ceiling)
        const counting = grants.filter((one) => one.capabilityDigest === digest)
        for (const capability of policy.capabilities) {
          const decisions = counting.filter((one) => one.capability === capability)
          expect(decisions.length).toBeGreaterThan(0)
          expect(decisions.every((one) => one.decision === 'allow')).toBe(true)
        }
        expect(within(policy.net_hosts, declaredScope(manifest, 'net'))).toBe(true)
        expect(within(policy.exec, declaredScope(manifest, 'exec'))).toBe(true)
        expect(within(policy.secrets, declaredScope(manifest, 'env:read'))).toBe(true)
        expect(within(policy.fs_write_roots, declaredScope(manifest, 'fs:write'))).toBe(true)
        if (ceiling === null) return
        for (const key of ['capabilities', 'net_hosts', 'secrets', 'exec'] as const)
          expect(within(policy[key], ceiling[key])).toBe(true)
        for (const root of policy.fs_write_roots) expect(isInRoots(root, ceiling.fs_write_roots)).toBe(true)
      }),
    )
  })

  it('shrinks, or stays, with every limit that an administrator adds', () => {
    fc.assert(
      fc.property(someGrants, ceilings, (grants, ceiling) => {
        const free = effectivePolicy(manifest, grants, null)
        const held = effectivePolicy(manifest, grants, ceiling)
        for (const key of ['capabilities', 'fs_write_roots', 'net_hosts', 'secrets', 'exec'] as const)
          expect(within(held[key], free[key])).toBe(true)
      }),
    )
  })

  it('a denial outweighs any number of grants, in any order', () => {
    fc.assert(
      fc.property(someGrants, fc.constantFrom(...capabilities), fc.nat(8), (grants, capability, at) => {
        const denied = [...grants]
        denied.splice(at, 0, grant(capability, { decision: 'deny' }))
        expect(effectivePolicy(manifest, denied, null).capabilities).not.toContain(capability)
      }),
    )
  })
})

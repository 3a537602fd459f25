import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { capabilityDigest } from '../../../../src/engine/grants/digest.ts'
import { checkSkillPermissions } from '../../../../src/engine/policy/check-permissions.ts'
import { effectivePolicy } from '../../../../src/engine/policy/effective.ts'
import { builtInCeiling, meetPolicies } from '../../../../src/engine/policy/layers.ts'
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

const lists = ['capabilities', 'fs_write_roots', 'net_hosts', 'secrets', 'exec'] as const
const nothing = { capabilities: [], fs_write_roots: [], net_hosts: [], secrets: [], exec: [] }

describe('effectivePolicy', () => {
  it('is exactly what the skill declares when everything was granted', () => {
    const policy = effectivePolicy(manifest, allGrants, builtInCeiling)
    expect(policy).toEqual({
      capabilities: [...capabilities],
      fs_write_roots: ['.context', 'input:out', 'traces'],
      net_hosts: ['api.example.com', 'cdn.example.com'],
      secrets: ['ONE_KEY', 'TWO_KEY'],
      exec: ['git', 'pandoc'],
      limits: builtInCeiling.limits,
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
    const policy = effectivePolicy(manifest, grants, builtInCeiling)
    expect(policy).toMatchObject(nothing)
    expect(checkSkillPermissions(manifest, policy).ok).toBe(false)
  })

  it('is no more of a scope than every answer about it names', () => {
    const of = (...grants: Grant[]) => effectivePolicy(manifest, grants, builtInCeiling)
    const part = (capability: Capability, ...scope: string[]) => grant(capability, { scope })
    expect(of(part('net', 'api.example.com'))).toMatchObject({ net_hosts: ['api.example.com'] })
    expect(of(grant('net'), part('net', 'cdn.example.com'))).toMatchObject({ net_hosts: ['cdn.example.com'] })
    expect(of(part('net', 'api.example.com'), part('net', 'cdn.example.com'))).toMatchObject({
      net_hosts: [],
    })
    expect(of(part('fs:write', 'traces'))).toMatchObject({ fs_write_roots: ['traces'] })
    expect(of(part('exec', 'git', 'bash'))).toMatchObject({ exec: ['git'] })
    // What may be read can't be told apart, so that a part of it is none.
    const { file } = everything.run.inputs
    const reads = manifestOf({ ...everything, run: { command: ['python3'], inputs: { file, more: file } } })
    const answers = (...scope: string[]) => [
      { ...grant('fs:read', { scope }), capabilityDigest: capabilityDigest(reads) },
    ]
    const reading = (...scope: string[]) =>
      effectivePolicy(reads, answers(...scope), builtInCeiling).capabilities
    expect(reading('input:file', 'input:more')).toEqual(['fs:read'])
    expect(reading('input:file')).toEqual([])
  })

  it('holds nothing that the skill doesn’t declare, whatever was granted', () => {
    const pure = manifestOf()
    const answers = capabilities.map((capability) =>
      grant(capability, { capabilityDigest: capabilityDigest(pure), scope: ['anything'] }),
    )
    expect(effectivePolicy(pure, answers, builtInCeiling)).toMatchObject(nothing)
  })

  const list = (...values: string[]) => fc.subarray(values)
  const ceilings: fc.Arbitrary<Policy> = fc.record(
    {
      capabilities: fc.subarray([...capabilities]),
      fs_write_roots: list('traces', '.context', 'elsewhere', 'input:*', 'input:out', 'state:*'),
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
        life: fc.constantFrom('once' as const, 'session' as const, 'always' as const),
        extra: list('evil.example.org', 'bash', 'OTHER_KEY', '/etc'),
      })
      .map(({ capability, decision, life, extra }) =>
        grant(capability, { decision, life, scope: [...declaredScope(manifest, capability), ...extra] }),
      ),
    { maxLength: 8 },
  )
  const within = (inner: readonly string[] | undefined, outer: readonly string[] | undefined) =>
    outer === undefined || (inner ?? []).every((item) => outer.includes(item))

  it('never goes beyond the ceiling, the declaration or the grants', () => {
    fc.assert(
      fc.property(someGrants, ceilings, (grants, ceiling) => {
        const policy = effectivePolicy(manifest, grants, ceiling)
        for (const capability of policy.capabilities) {
          const decisions = grants.filter((one) => one.capability === capability)
          expect(decisions.length).toBeGreaterThan(0)
          expect(decisions.every((one) => one.decision === 'allow')).toBe(true)
        }
        expect(within(policy.net_hosts, declaredScope(manifest, 'net'))).toBe(true)
        expect(within(policy.exec, declaredScope(manifest, 'exec'))).toBe(true)
        expect(within(policy.secrets, declaredScope(manifest, 'env:read'))).toBe(true)
        expect(within(policy.fs_write_roots, declaredScope(manifest, 'fs:write'))).toBe(true)
        for (const key of ['capabilities', 'net_hosts', 'secrets', 'exec'] as const)
          expect(within(policy[key], ceiling[key])).toBe(true)
        for (const root of policy.fs_write_roots) expect(isInRoots(root, ceiling.fs_write_roots)).toBe(true)
      }),
    )
  })

  it('shrinks, or stays, with every layer that is added', () => {
    fc.assert(
      fc.property(someGrants, fc.array(ceilings), ceilings, (grants, layers, more) => {
        const before = effectivePolicy(manifest, grants, meetPolicies(layers))
        const after = effectivePolicy(manifest, grants, meetPolicies([...layers, more]))
        for (const key of lists) expect(within(after[key], before[key])).toBe(true)
      }),
    )
  })

  it('is the same in whatever order grants were given and layers were added', () => {
    const shuffled = <T>(items: readonly T[]) =>
      fc.shuffledSubarray([...items], { minLength: items.length, maxLength: items.length })
    const orders = fc
      .tuple(someGrants, fc.array(ceilings))
      .chain(([grants, layers]) =>
        fc.tuple(fc.constant({ grants, layers }), shuffled(grants), shuffled(layers)),
      )
    fc.assert(
      fc.property(orders, ([{ grants, layers }, otherGrants, otherLayers]) => {
        expect(effectivePolicy(manifest, otherGrants, meetPolicies(otherLayers))).toEqual(
          effectivePolicy(manifest, grants, meetPolicies(layers)),
        )
      }),
    )
  })

  it('is untouched by answers about another skill or another release, be they yes or no', () => {
    const foreign = fc.constantFrom({ slug: 'other' }, { capabilityDigest: 'f'.repeat(64) })
    fc.assert(
      fc.property(someGrants, someGrants, foreign, ceilings, (grants, others, parts, ceiling) => {
        const all = [...others.map((one) => ({ ...one, ...parts })), ...grants]
        expect(effectivePolicy(manifest, all, ceiling)).toEqual(effectivePolicy(manifest, grants, ceiling))
      }),
    )
  })

  it('a denial outweighs any number of grants, in any order', () => {
    fc.assert(
      fc.property(someGrants, fc.constantFrom(...capabilities), fc.nat(8), (grants, capability, at) => {
        const denied = [...grants]
        denied.splice(at, 0, grant(capability, { decision: 'deny' }))
        expect(effectivePolicy(manifest, denied, builtInCeiling).capabilities).not.toContain(capability)
      }),
    )
  })
})

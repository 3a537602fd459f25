import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { checkSkillPermissions, type CheckedSkill } from '../../../../src/engine/policy/check-permissions.ts'
import { DEFAULT_POLICY } from '../../../../src/engine/policy/default-policy.ts'
import {
  assertWithinLayers,
  builtInCeiling,
  ceilingOf,
  meetPolicies,
} from '../../../../src/engine/policy/layers.ts'
import { capabilities } from '../../../../src/shared/capability.ts'
import { builtInLimits, policySchema, type Policy } from '../../../../src/shared/policy.ts'
import { everything, manifestOf } from '../../../support/manifest.ts'

const hosts = ['a.example.com', 'b.example.com', 'b.example.com:8443']
const keys = ['A_KEY', 'B_KEY']
const programs = ['git', 'pandoc']
const folders = ['traces', 'traces/deep', 'traces-2', '.context']
const roots = [...folders, 'input:out', 'input:*', 'state:*', '../up', '']

const few = <T>(items: readonly T[]) => fc.subarray([...items], { maxLength: 1 })
const many = <T>(items: readonly T[]) => fc.subarray([...items], { minLength: items.length - 1 })
const some = <T>(items: readonly T[]) => fc.oneof(many(items), many(items), fc.subarray([...items]))
const limit = fc.integer({ min: 1, max: 200_000 })
const policies: fc.Arbitrary<Policy> = fc.record(
  {
    capabilities: some(capabilities),
    fs_write_roots: some(roots),
    net_hosts: some(hosts),
    secrets: some(keys),
    exec: some(programs),
    limits: fc.record({ timeout_s: limit, memory_mb: limit, runs_per_day: limit }, { requiredKeys: [] }),
  },
  { requiredKeys: ['capabilities', 'fs_write_roots'] },
)

/** Most declare what they use; some declare too much or too little, or what nobody may have. */
const skills: fc.Arbitrary<CheckedSkill> = fc
  .record({
    hosts: few(hosts),
    write: few([...folders, 'input:out', 'state:*', '../up']),
    exec: few(programs),
    secrets: few(keys),
    also: fc.option(fc.subarray([...capabilities]), { freq: 8 }),
  })
  .map(({ hosts: network, write, exec, secrets, also }) => {
    const used = [
      ...(network.length > 0 ? ['net'] : []),
      ...(write.length > 0 ? ['fs:write'] : []),
      ...(exec.length > 0 ? ['exec'] : []),
      ...(secrets.length > 0 ? ['env:read'] : []),
    ]
    return { slug: 'sample', capabilities: also ?? used, sandbox: { network, write, exec }, secrets }
  })

const allowed = (skill: CheckedSkill, policy: Policy) => checkSkillPermissions(skill, policy).ok

describe('meetPolicies', () => {
  it('allows exactly what every layer allows', () => {
    fc.assert(
      fc.property(skills, fc.array(policies, { maxLength: 4 }), (skill, layers) => {
        const all = [builtInCeiling, ...layers].every((layer) => allowed(skill, layer))
        expect(allowed(skill, meetPolicies(layers))).toBe(all)
      }),
      { numRuns: 1000 },
    )
  })

  it('is seldom trivial here: skills pass some of these policies', () => {
    const samples = fc.sample(fc.tuple(skills, policies), { numRuns: 2000, seed: 1 })
    const passed = samples.filter(([skill, policy]) => allowed(skill, policy)).length
    expect(passed).toBeGreaterThan(200)
    expect(passed).toBeLessThan(1800)
  })

  it('never widens when a layer is added, in front, behind or in between', () => {
    fc.assert(
      fc.property(skills, fc.array(policies), policies, fc.nat(8), (skill, layers, more, at) => {
        const added = layers.toSpliced(at, 0, more)
        if (allowed(skill, meetPolicies(added))) expect(allowed(skill, meetPolicies(layers))).toBe(true)
        const [before, after] = [meetPolicies(layers).limits, meetPolicies(added).limits]
        for (const [name, value] of Object.entries(after ?? {}))
          expect(value).toBeLessThanOrEqual(before?.[name as keyof typeof before] ?? Infinity)
      }),
    )
  })

  it('does not depend on order, grouping or repetition', () => {
    fc.assert(
      fc.property(policies, policies, policies, (a, b, c) => {
        const met = meetPolicies([a, b, c])
        expect(meetPolicies([c, a, b])).toEqual(met)
        expect(meetPolicies([meetPolicies([a, b]), c])).toEqual(met)
        expect(meetPolicies([a, meetPolicies([b, c])])).toEqual(met)
        expect(meetPolicies([a, a, b, c, b, met])).toEqual(met)
      }),
    )
  })

  it('gives a policy again, and never more than Skillet itself allows', () => {
    fc.assert(
      fc.property(fc.array(policies), (layers) => {
        const met = meetPolicies(layers)
        expect(policySchema.safeParse(met).success).toBe(true)
        for (const [name, value] of Object.entries(builtInLimits))
          expect(met.limits?.[name as keyof typeof builtInLimits]).toBeLessThanOrEqual(value)
      }),
    )
    expect(meetPolicies([])).toEqual(builtInCeiling)
  })

  it('halts an unknown capability, whatever the layers', () => {
    const unknown = fc.string().filter((name) => !(capabilities as readonly string[]).includes(name))
    fc.assert(
      fc.property(fc.array(policies), unknown, fc.boolean(), (layers, name, listed) => {
        // Even where somebody wrote it into a policy.
        const naming = layers.map((layer) => ({ ...layer, capabilities: [...layer.capabilities, name] }))
        const skill = { slug: 's', capabilities: listed ? [name] : { [name]: 'please' } }
        expect(allowed(skill, meetPolicies(naming as never))).toBe(false)
      }),
    )
  })
})

describe('the layers of a computer', () => {
  it('limit nothing beyond Skillet itself where nobody has set anything', () => {
    expect(ceilingOf({ managed: null, user: {} })).toEqual(builtInCeiling)
    expect(() => assertWithinLayers(manifestOf(everything), { managed: null, user: {} })).not.toThrow()
  })

  it('leave what the user does not name to the others', () => {
    const managed = { ...DEFAULT_POLICY, limits: { timeout_s: 60, memory_mb: 1024 } }
    const ceiling = ceilingOf({
      managed: { ceiling: managed },
      user: { limits: { timeout_s: 90, memory_mb: 256 } },
    })
    expect(ceiling).toEqual({
      capabilities: ['fs:read', 'fs:write'],
      fs_write_roots: ['.context', 'traces'],
      net_hosts: [],
      secrets: [],
      exec: [],
      limits: { ...builtInLimits, timeout_s: 60, memory_mb: 256 },
    })
  })

  it('say whose limit it is', () => {
    const manifest = manifestOf(everything)
    const denied = (layers: Parameters<typeof assertWithinLayers>[1]): unknown => {
      try {
        assertWithinLayers(manifest, layers)
      } catch (error) {
        return error
      }
      return null
    }
    expect(denied({ managed: { ceiling: DEFAULT_POLICY }, user: {} })).toMatchObject({
      code: 'POLICY_DENIED',
      message: expect.stringContaining('Your administrator'),
    })
    expect(denied({ managed: null, user: { net_hosts: [] } })).toMatchObject({
      code: 'POLICY_DENIED',
      message: expect.stringMatching(/limits that you set .*api\.example\.com/),
      remedy: expect.stringContaining('skillet policy set'),
    })
  })
})

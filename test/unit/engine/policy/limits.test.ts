import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { effectiveLimits, meetLimits } from '../../../../src/engine/policy/limits.ts'
import { builtInLimits, type PolicyLimits } from '../../../../src/shared/policy.ts'
import { manifestOf } from '../../../support/manifest.ts'

const amount = fc.integer({ min: 1, max: 200_000 })
const limits: fc.Arbitrary<PolicyLimits> = fc.record(
  {
    timeout_s: amount,
    memory_mb: amount,
    runs_per_day: amount,
    requests_per_run: amount,
    egress_mb_per_day: amount,
  },
  { requiredKeys: [] },
)

describe('meetLimits', () => {
  it('takes the smaller of each, in any order', () => {
    fc.assert(
      fc.property(limits, limits, limits, (a, b, c) => {
        expect(meetLimits(a, b)).toEqual(meetLimits(b, a))
        expect(meetLimits(meetLimits(a, b), c)).toEqual(meetLimits(a, meetLimits(b, c)))
        expect(meetLimits(a, a)).toEqual(a)
        for (const [name, value] of Object.entries(meetLimits(a, b)))
          expect([a, b].map((one) => one[name as keyof PolicyLimits])).toContain(value)
      }),
    )
  })
})

describe('effectiveLimits', () => {
  const manifest = manifestOf({
    sandbox: { timeout_s: 200, memory_mb: 2048 },
    budget: { runs_per_day: 10, requests_per_run: 50, egress_mb_per_day: 5 },
  })

  it('are what the manifest asks for where no policy says less', () => {
    const asked = {
      timeout_s: 200,
      memory_mb: 2048,
      runs_per_day: 10,
      requests_per_run: 50,
      egress_mb_per_day: 5,
    }
    expect(effectiveLimits(manifest, {})).toEqual(asked)
    expect(effectiveLimits(manifest, { limits: { timeout_s: 250 } })).toEqual(asked)
  })

  it('are cut to the policy, down to nothing', () => {
    expect(
      effectiveLimits(manifest, { limits: { timeout_s: 5, runs_per_day: 0, requests_per_run: 0 } }),
    ).toMatchObject({ timeout_s: 5, memory_mb: 2048, runs_per_day: 0, requests_per_run: 0 })
  })

  it("never exceed Skillet's own, even for a manifest that nobody has checked", () => {
    const greedy = { ...manifest, sandbox: { ...manifest.sandbox, timeout_s: 1e9, memory_mb: 1e9 } }
    expect(effectiveLimits(greedy, { limits: { timeout_s: 1e6 } })).toMatchObject({
      timeout_s: builtInLimits.timeout_s,
      memory_mb: builtInLimits.memory_mb,
    })
  })
})

import { describe, expect, it } from 'vitest'
import { runCliWith } from '../../support/cli-run.ts'

function grantsOf(decisions: Record<string, 'allow' | 'deny'>) {
  const revoked: string[] = []
  const held = Object.entries(decisions).map(([capability, decision]) => ({
    slug: 'csv-profile',
    capability,
    decision,
    scope: [],
  }))
  const engine = {
    grants: () => Promise.resolve(held),
    revokeGrant: (_slug: string, capability: string) => {
      revoked.push(capability)
      return Promise.resolve()
    },
  }
  return { revoked, engine: engine as never }
}

describe('grants revoke', () => {
  it('says that a permission is gone', async () => {
    const { engine } = grantsOf({ 'fs:read': 'allow' })
    const result = await runCliWith(['grants', 'revoke', 'csv-profile'], engine)
    expect(result.stdout).toBe('csv-profile may no longer use fs:read.\n')
  })

  it('says that a denial is forgotten, not that something is taken away', async () => {
    const { engine, revoked } = grantsOf({ 'fs:read': 'deny' })
    const result = await runCliWith(['grants', 'revoke', 'csv-profile', 'fs:read'], engine)
    expect(result.stdout).toMatch(/^Skillet forgot the answer about fs:read/)
    expect(result.stdout).not.toContain('no longer')
    expect(revoked).toEqual(['fs:read'])
  })

  it('keeps the two apart, and forgets both', async () => {
    const { engine, revoked } = grantsOf({ 'fs:read': 'allow', net: 'deny' })
    const result = await runCliWith(['grants', 'revoke', 'csv-profile'], engine)
    expect(result.stdout.trim().split('\n')).toHaveLength(2)
    expect(revoked).toEqual(['fs:read', 'net'])
  })
})

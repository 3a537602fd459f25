import { describe, expect, it } from 'vitest'
import { SkilletError } from '../../../src/shared/errors.ts'
import { runCliWith } from '../../support/cli-run.ts'
import { installedSkill } from '../../support/installed-skill.ts'

describe('rollback', () => {
  function recorder() {
    const calls: unknown[] = []
    const rollback = (...call: unknown[]) => {
      calls.push(call)
      return Promise.resolve({ slug: 'csv-profile', version: '1.1.0' })
    }
    return { calls, engine: { rollback } }
  }

  it('takes the version after @ or --to, or none', async () => {
    const { calls, engine } = recorder()
    const result = await runCliWith(['rollback', 'csv-profile', '--json'], engine)
    expect(result.json).toEqual({ slug: 'csv-profile', version: '1.1.0' })
    await runCliWith(['rollback', 'csv-profile@1.1.0'], engine)
    await runCliWith(['rollback', 'csv-profile', '--to', '1.1.0'], engine)
    expect(calls).toEqual([
      ['csv-profile', undefined, 'cli'],
      ['csv-profile', '1.1.0', 'cli'],
      ['csv-profile', '1.1.0', 'cli'],
    ])
  })

  it('takes no half version and no two', async () => {
    const { calls, engine } = recorder()
    expect((await runCliWith(['rollback', 'csv-profile', '--to', '1'], engine)).status).toBe(2)
    expect((await runCliWith(['rollback', 'csv-profile@1.1.0', '--to', '1.0.0'], engine)).status).toBe(2)
    expect(calls).toEqual([])
  })

  it('ends with 4 for a version that was withdrawn', async () => {
    const engine = { rollback: () => Promise.reject(new SkilletError('REVOKED', 'It was withdrawn.')) }
    expect((await runCliWith(['rollback', 'csv-profile'], engine)).status).toBe(4)
  })
})

it('pin and unpin say which', async () => {
  const calls: unknown[] = []
  const engine = {
    pin: (...call: unknown[]) => {
      calls.push(call)
      return Promise.resolve()
    },
  }
  const pinned = await runCliWith(['pin', 'csv-profile', '--json'], engine)
  expect(pinned.json).toEqual({ slug: 'csv-profile', pinned: true })
  expect((await runCliWith(['unpin', 'csv-profile'], engine)).stdout).toBe(
    'csv-profile follows updates again.\n',
  )
  expect(calls).toEqual([
    ['csv-profile', true],
    ['csv-profile', false],
  ])
})

it('list shows what waits, what stays, what is kept and what was withdrawn with its keys', async () => {
  const withdrawn = {
    reason: 'It sent files away.',
    severity: 'critical' as const,
    revokedAt: '2026-02-03T00:00:00.000Z',
    rotate: [{ name: 'EXAMPLE_API_KEY', title: 'Example API key' }],
    saferVersion: '1.3.0',
  }
  const skills = [
    installedSkill({ pinned: true, updateTo: '1.3.0' }),
    installedSkill({ slug: 'spy', title: 'Spy', withdrawn }),
    installedSkill({ slug: 'old', kept: [{ version: '1.1.0', installedAt: '2026-01-01T00:00:00.000Z' }] }),
  ]
  const { stdout } = await runCliWith(['list'], { installed: () => Promise.resolve(skills) })
  expect(stdout).toMatch(/csv-profile .*update to 1\.3\.0; stays at this version\n/)
  expect(stdout).toMatch(/spy .*WITHDRAWN, cannot run\n/)
  expect(stdout).toMatch(/old .*kept: 1\.1\.0\n/)
  expect(stdout).toContain('It sent files away.')
  expect(stdout).toContain('Example API key (EXAMPLE_API_KEY)')
  expect(stdout).toContain('1.3.0 is not withdrawn')
})

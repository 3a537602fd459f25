import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Engine } from '../../../src/engine/api.ts'
import { auditPermissions } from '../../../src/engine/policy/audit-permissions.ts'
import type { CheckedSkill } from '../../../src/engine/policy/check-permissions.ts'
import { DEFAULT_POLICY } from '../../../src/engine/policy/default-policy.ts'
import { runCliWith } from '../../support/cli-run.ts'

const parse: CheckedSkill = { slug: 'parse-input', capabilities: [] }
const memory: CheckedSkill = {
  slug: 'memory-update',
  capabilities: { 'fs:write': 'w', 'fs:read': 'r' },
  sandbox: { write: ['.context'] },
}
const search: CheckedSkill = { slug: 'web-search', capabilities: { net: 'n' } }

/** An engine with these skills installed, and nothing allowed but what the given policy says. */
const withSkills = (...skills: CheckedSkill[]): Pick<Engine, 'checkPermissions'> => ({
  checkPermissions: (policy) =>
    Promise.resolve(
      auditPermissions(
        skills.map((skill) => ({ skill, policy: policy ?? { capabilities: [], fs_write_roots: [] } })),
      ),
    ),
})

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'skillet-check-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const check = (engine: Partial<Engine>, policy: string, ...flags: string[]) => {
  const file = join(folder, 'policy.json')
  writeFileSync(file, policy)
  return runCliWith(['check-permissions', '--policy', file, ...flags], engine)
}

describe('check-permissions --policy', () => {
  it('passes what the default policy allows: a line a skill, a verdict, exit status 0', async () => {
    const result = await check(withSkills(parse, memory), JSON.stringify(DEFAULT_POLICY))
    expect(result).toMatchObject({
      status: 0,
      stdout: [
        'memory-update [fs:read, fs:write]',
        'parse-input [pure]',
        'OK: 2 skills checked, nothing beyond what is allowed.',
        '',
      ].join('\n'),
      stderr: '',
    })
  })

  it('exits 3 where one skill of several would do more', async () => {
    const result = await check(withSkills(search, memory, parse), JSON.stringify(DEFAULT_POLICY))
    expect(result.status).toBe(3)
    expect(result.stdout.trim().split('\n')).toEqual([
      'memory-update [fs:read, fs:write]',
      'parse-input [pure]',
      'web-search [net]',
      '  not allowed: net: net is not allowed.',
      'NOT OK: 1 of 3 skills would do more than is allowed.',
    ])
    const json = await check(withSkills(search, parse), JSON.stringify(DEFAULT_POLICY), '--json')
    expect(json.status).toBe(3)
    expect(json.json).toMatchObject({ ok: false, skills: [{ slug: 'parse-input', ok: true }, { ok: false }] })
  })

  it('halts a capability that does not exist, under the widest policy there is', async () => {
    const widest = {
      capabilities: ['fs:read', 'fs:write', 'net', 'env:read', 'exec'],
      fs_write_roots: ['state:*', 'input:*'],
    }
    const odd = await check(
      withSkills({ slug: 'odd', capabilities: ['fs:read', 'fs:delete'] }),
      JSON.stringify(widest),
    )
    expect(odd.status).toBe(3)
    expect(odd.stdout).toMatch(/^odd \[fs:read, fs:delete\]\n {2}not allowed: fs:delete: /)
  })

  it.each([
    '',
    '{',
    '[]',
    '{"capabilities": ["everything"], "fs_write_roots": []}',
    '{"capabilities": ["net"]}',
    '{"capabilities": [], "fs_write_roots": [], "net_hosts": ["*.example.com"]}',
    '{"capabilities": [], "fs_write_roots": [], "hosts": []}',
    '{"capabilities": [], "fs_write_roots": [], "limits": {"timeout_s": -1}}',
  ])('refuses a malformed policy: %s', async (policy) => {
    const result = await check({}, policy)
    expect(result.status).toBe(3)
    expect(result.stderr).toMatch(/^POLICY_INVALID: /)
    expect(result.stdout).toBe('')
  })

  it('says so where there is no such file', async () => {
    const result = await runCliWith(['check-permissions', '--policy', join(folder, 'none.json')], {})
    expect(result).toMatchObject({ status: 1, stderr: expect.stringMatching(/^NOT_FOUND: /) })
  })
})

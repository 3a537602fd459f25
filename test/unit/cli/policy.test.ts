import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { DEFAULT_POLICY } from '../../../src/engine/policy/default-policy.ts'
import { SkilletError } from '../../../src/shared/errors.ts'
import type { UserPolicy } from '../../../src/shared/policy.ts'
import type { ManagedPolicy } from '../../../src/shared/managed-policy.ts'
import { runCliWith } from '../../support/cli-run.ts'
import { wholePolicy } from '../../support/managed-policies.ts'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'skillet-policy-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function fileWith(text: string): string {
  const file = join(folder, 'policy.json')
  writeFileSync(file, text)
  return file
}

describe('policy show', () => {
  it('says in words what limits all skills, and whose limits they are', async () => {
    const user = { capabilities: ['net' as const], net_hosts: [], limits: { timeout_s: 5, runs_per_day: 0 } }
    const engine = {
      policy: () => Promise.resolve({ user, managed: { ...DEFAULT_POLICY } }),
      managedPolicy: () => Promise.resolve({ ceiling: { ...DEFAULT_POLICY } }),
    }
    expect((await runCliWith(['policy', 'show'], engine)).stdout.trim().split('\n')).toEqual([
      'Your administrator has decided:',
      '  Skills may do at most',
      '    Capabilities: fs:read and fs:write',
      '    Never: net, env:read and exec',
      '    Folders written: traces and .context',
      'You allow skills at most:',
      '  Capabilities: net',
      '  Never: fs:read, fs:write, env:read and exec',
      '  Sites: none',
      '  Time a run: 5 s',
      '  Runs a day: 0',
    ])
    expect((await runCliWith(['policy', 'show', '--json'], engine)).json).toEqual({
      user,
      managed: DEFAULT_POLICY,
      decided: { ceiling: DEFAULT_POLICY },
    })
  })

  it('says every key that is decided, and no content of a certificate', async () => {
    const engine = {
      policy: () => Promise.resolve({ user: {}, managed: wholePolicy.ceiling ?? null }),
      managedPolicy: () => Promise.resolve(wholePolicy),
    }
    const { stdout } = await runCliWith(['policy', 'show'], engine)
    for (const key of Object.keys(wholePolicy) as (keyof ManagedPolicy)[]) {
      const { [key]: _, ...others } = wholePolicy
      const without = { ...engine, managedPolicy: () => Promise.resolve(others) }
      expect((await runCliWith(['policy', 'show'], without)).stdout.length, key).toBeLessThan(stdout.length)
    }
    expect(stdout).toContain("  Installed for you: notes@1.2.0 (can't be removed)\n")
    expect(stdout).toContain('  Keys are kept only in: the keychain and memory, until Skillet closes\n')
    expect(stdout).not.toContain('CERTIFICATE')
  })

  it('says that there are no limits', async () => {
    const engine = {
      policy: () => Promise.resolve({ user: {}, managed: null }),
      managedPolicy: () => Promise.resolve(null),
    }
    expect((await runCliWith(['policy', 'show'], engine)).stdout).toBe(
      'You have set no limits of your own.\n',
    )
  })

  it('exits 3 where the policy that is set cannot be read', async () => {
    const refuse = () => Promise.reject(new SkilletError('POLICY_INVALID', 'It is not valid.'))
    const engine = { policy: refuse, managedPolicy: refuse }
    expect(await runCliWith(['policy', 'show'], engine)).toMatchObject({ status: 3, stdout: '' })
  })
})

describe('policy apply', () => {
  it('says what was installed and what was not, and why', async () => {
    const news = { fraction: null, problem: null, state: 'installed' as const }
    const problem = new SkilletError('PERMISSION_DENIED', 'It wants more.').toPlain()
    const skills = [
      { ...news, slug: 'notes', title: 'Notes' },
      { ...news, slug: 'other', title: 'Other', state: 'failed' as const, problem },
    ]
    const ended = await runCliWith(['policy', 'apply'], { preinstall: () => Promise.resolve(skills) })
    expect(ended.stdout).toBe('Notes was installed.\nOther was not: It wants more.\n')
    expect(ended).toMatchObject({ status: 3, stderr: expect.stringContaining('PERMISSION_DENIED') })
    const none = await runCliWith(['policy', 'apply'], { preinstall: () => Promise.resolve([]) })
    expect(none).toMatchObject({
      status: 0,
      stdout: 'Everything that your administrator asks for is here.\n',
    })
  })
})

describe('policy set', () => {
  it('sets what the file says, and shows it', async () => {
    const set: UserPolicy[] = []
    const engine = { setPolicy: async (user: UserPolicy) => void set.push(user) }
    const file = fileWith('{"capabilities": ["fs:read"], "limits": {"memory_mb": 256}}')
    const result = await runCliWith(['policy', 'set', file], engine)
    expect(result.stdout).toContain('Memory a run: 256 MB')
    expect(set).toEqual([{ capabilities: ['fs:read'], limits: { memory_mb: 256 } }])
    expect((await runCliWith(['policy', 'set', fileWith('{}')], engine)).stdout).toBe(
      'You set no limits of your own.\n',
    )
  })

  it.each(['', '[]', '{"ceiling": {}}', '{"capabilities": ["root"]}', '{"limits": {"cpu": 1}}'])(
    'changes nothing for a file that is no policy: %s',
    async (text) => {
      const result = await runCliWith(['policy', 'set', fileWith(text)], {})
      expect(result.status).toBe(3)
      expect(result.stderr).toMatch(/^POLICY_INVALID: [^]*Nothing was changed\./)
    },
  )
})

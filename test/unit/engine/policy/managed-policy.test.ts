import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createManagedPolicy, managedPolicyFile } from '../../../../src/engine/policy/managed-policy.ts'

let folder: string
let file: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'skillet-policy-'))
  file = join(folder, 'policy.json')
})
afterEach(() => rm(folder, { recursive: true, force: true }))
const read = () => createManagedPolicy({ file }).read()

describe('createManagedPolicy', () => {
  it('reads a policy, and none where there is no file', async () => {
    expect(await read()).toBeNull()
    const ceiling = {
      capabilities: ['fs:read'],
      fs_write_roots: [],
      net_hosts: ['api.example.com'],
      limits: { timeout_s: 60, runs_per_day: 0 },
    }
    await writeFile(file, JSON.stringify({ ceiling }))
    expect(await read()).toEqual({ ceiling })
  })

  const malformed = [
    '',
    '{',
    'null',
    '[]',
    '{"ceiling":null}',
    '{"ceiling":{"capabilities":["net"]}}',
    '{"ceiling":{"capabilities":["root"],"fs_write_roots":[]}}',
    '{"ceiling":{"capabilities":[],"fs_write_roots":[],"net_hosts":["*"]}}',
    '{"ceiling":{"capabilities":[],"fs_write_roots":[],"hosts":[]}}',
    ...[
      'localhost',
      'A.example.com',
      'a.example.com:0',
      'a.example.com:65536',
      'a b.example.com',
      '10.0.0.1',
    ].map((host) => `{"ceiling":{"capabilities":[],"fs_write_roots":[],"net_hosts":["${host}"]}}`),
    ...['a_key', 'LD_PRELOAD', 'A KEY'].map(
      (name) => `{"ceiling":{"capabilities":[],"fs_write_roots":[],"secrets":["${name}"]}}`,
    ),
    ...['c:x', 'a\\u0007b', 'a//b', './a', '../a'].map(
      (folder) => `{"ceiling":{"capabilities":["fs:write"],"fs_write_roots":["${folder}"]}}`,
    ),
    '{"ceiling":{"capabilities":[],"fs_write_roots":[]},"extra":1}',
    '{"ceiling":{"capabilities":[],"fs_write_roots":[],"limits":{"timeout_s":0}}}',
    '{"ceiling":{"capabilities":[],"fs_write_roots":[],"limits":{"cpu":1}}}',
  ]
  it.each(malformed)('stops at %j', async (text) => {
    await writeFile(file, text)
    await expect(read()).rejects.toMatchObject({ code: 'POLICY_INVALID' })
  })

  it('stops where it is no file, or anybody could have written it', async () => {
    await mkdir(file)
    await expect(read()).rejects.toMatchObject({ code: 'POLICY_INVALID' })
    await rm(file, { recursive: true })
    await writeFile(file, '{"ceiling":{"capabilities":[],"fs_write_roots":[]}}')
    await chmod(file, 0o666)
    await expect(read()).rejects.toMatchObject({ code: 'POLICY_INVALID' })
  })

  it('stops where it can’t be read, or is larger than any', async () => {
    await symlink(file, file)
    await expect(read()).rejects.toMatchObject({ code: 'POLICY_INVALID' })
    await rm(file)
    await writeFile(file, `{"ceiling":{"capabilities":[],"fs_write_roots":[]}}${' '.repeat(1024 * 1024)}`)
    await expect(read()).rejects.toMatchObject({ code: 'POLICY_INVALID' })
  })

  it('lies where only administrators can write', () => {
    expect(managedPolicyFile('linux')).toBe('/etc/skillet/policy.json')
  })
})

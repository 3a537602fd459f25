import { chmod, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createUserPolicy } from '../../../../src/engine/policy/user-policy.ts'

let folder: string
let file: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'skillet-policy-'))
  file = join(folder, 'policy.json')
})
afterEach(() => rm(folder, { recursive: true, force: true }))

describe('createUserPolicy', () => {
  it('limits nothing where nothing was set', async () => {
    expect(await createUserPolicy({ file }).read()).toEqual({})
  })

  it('keeps what was set, for its owner alone', async () => {
    const policy = {
      capabilities: ['net' as const],
      net_hosts: ['api.example.com'],
      limits: { timeout_s: 9 },
    }
    await createUserPolicy({ file }).write(policy)
    expect(await createUserPolicy({ file }).read()).toEqual(policy)
    expect((await stat(file)).mode & 0o777).toBe(0o600)
  })

  it('never stores what it could not read back', async () => {
    const store = createUserPolicy({ file })
    await store.write({ secrets: [] })
    const before = await readFile(file, 'utf8')
    for (const wrong of [{ capabilities: ['root'] }, { net_hosts: ['*'] }, { ceiling: {} }, null])
      await expect(store.write(wrong as never)).rejects.toMatchObject({ code: 'POLICY_INVALID' })
    expect(await readFile(file, 'utf8')).toBe(before)
  })

  it.each(['/home/me/out', 'traces/', '', '.', '../x', 'a\\b', 'state:x', 'input:', 'input:Out', 'c:x'])(
    'refuses %j for a folder, which could match nothing, and says what may stand there',
    async (root) => {
      await expect(createUserPolicy({ file }).write({ fs_write_roots: [root] })).rejects.toMatchObject({
        code: 'POLICY_INVALID',
        message: expect.stringMatching(/fs_write_roots\.0: must be a folder inside a skill's own state/),
      })
      expect(await createUserPolicy({ file }).read()).toEqual({})
    },
  )

  it('takes folders, all of them, and those that a person chooses', async () => {
    const policy = { fs_write_roots: ['traces', '.context/a', 'state:*', 'input:*', 'input:out-2'] }
    await createUserPolicy({ file }).write(policy)
    expect(await createUserPolicy({ file }).read()).toEqual(policy)
  })

  it('stops at a file that is malformed or that anybody could have written, until it is set anew', async () => {
    const store = createUserPolicy({ file })
    for (const malformed of ['', 'null', '[]', '{"limits":{"timeout_s":1.5}}', '{"extra":1}']) {
      await writeFile(file, malformed)
      await expect(store.read()).rejects.toMatchObject({
        code: 'POLICY_INVALID',
        message: expect.stringContaining(file),
        remedy: expect.stringContaining('skillet policy set'),
      })
    }
    await writeFile(file, '{}')
    await chmod(file, 0o666)
    await expect(store.read()).rejects.toMatchObject({ code: 'POLICY_INVALID' })
    await store.write({})
    expect(await store.read()).toEqual({})
  })
})

import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { secretFile } from '../../../../src/registry/auth/secret-file.ts'

const folders: string[] = []
afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true })
})
async function dataDir(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'secret-file-'))
  folders.push(folder)
  await mkdir(join(folder, 'keys'))
  return folder
}

describe('a secret of the registry', () => {
  it('is random, the same for all who ask for it at once, and for their user alone', async () => {
    const [one, other] = [await dataDir(), await dataDir()]
    const [first, ...more] = await Promise.all([1, 2, 3].map(() => secretFile(one, 'webhooks')))
    for (const same of more) expect(same).toEqual(first)
    expect(first).toHaveLength(32)
    expect(await secretFile(other, 'webhooks')).not.toEqual(first)
    expect(new Set(first).size).toBeGreaterThan(10)
    expect((await stat(join(one, 'keys/webhooks.key'))).mode & 0o777).toBe(0o600)
  })

  it.each(['', 'short\n', `${'0'.repeat(64)}`, `${'g'.repeat(64)}\n`])(
    'that is something else in its file, %j, is refused and left as it is',
    async (text) => {
      const folder = await dataDir()
      const path = join(folder, 'keys/webhooks.key')
      await writeFile(path, text)
      await expect(secretFile(folder, 'webhooks')).rejects.toMatchObject({ code: 'STORE_DAMAGED' })
      expect(await readFile(path, 'utf8')).toBe(text)
    },
  )
})

import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createSecretNames } from '../../../../src/engine/secrets/names.ts'

describe('createSecretNames', () => {
  let folder: string
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'skillet-names-'))
  })
  afterAll(() => rm(folder, { recursive: true, force: true }))

  it('keeps each name once, whoever adds it, until it is removed', async () => {
    const [one, other] = [1, 2].map(() => createSecretNames({ file: join(folder, 'names.json') }))
    expect(await one!.list()).toEqual(new Map())
    await Promise.all([one!.add('B_KEY'), other!.add('A_KEY'), one!.add('A_KEY')])
    expect([...(await other!.list()).keys()]).toEqual(['A_KEY', 'B_KEY'])
    await other!.remove('B_KEY')
    await other!.remove('NO_SUCH_KEY')
    expect([...(await one!.list()).keys()]).toEqual(['A_KEY'])
  })

  it('is not taken for empty when it is damaged', async () => {
    const file = join(folder, 'damaged.json')
    await writeFile(file, '{"schema": 1, "names": ["lower"]}')
    await expect(createSecretNames({ file }).list()).rejects.toMatchObject({ code: 'STORE_DAMAGED' })
    await expect(createSecretNames({ file }).add('A_KEY')).rejects.toMatchObject({ code: 'STORE_DAMAGED' })
  })
  it('takes over the names of an earlier Skillet', async () => {
    const file = join(folder, 'earlier.json')
    await writeFile(file, '{"schema": 1, "names": ["A_KEY"]}')
    const names = createSecretNames({ file })
    await names.add('B_KEY@translate')
    expect(await names.list()).toEqual(
      new Map([
        ['A_KEY', { lastUsedAt: null }],
        ['B_KEY@translate', { lastUsedAt: null }],
      ]),
    )
  })

  it('notes uses, those within a minute as one, and none of what it doesn’t know', async () => {
    const file = join(folder, 'used.json')
    let time = '2026-03-01T10:00:00.000Z'
    const names = createSecretNames({ file, now: () => new Date(time) })
    await names.add('A_KEY')
    await names.used('A_KEY')
    const written = await readFile(file, 'utf8')
    time = '2026-03-01T10:00:59.000Z'
    await names.used('A_KEY')
    await names.used('B_KEY')
    expect(await readFile(file, 'utf8')).toBe(written)
    time = '2026-03-01T10:01:00.000Z'
    await names.used('A_KEY')
    expect(await names.list()).toEqual(new Map([['A_KEY', { lastUsedAt: time }]]))
  })
})

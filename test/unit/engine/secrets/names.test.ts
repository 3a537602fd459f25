import { mkdtemp, rm, writeFile } from 'node:fs/promises'
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
    expect(await one!.list()).toEqual([])
    await Promise.all([one!.add('B_KEY'), other!.add('A_KEY'), one!.add('A_KEY')])
    expect(await other!.list()).toEqual(['A_KEY', 'B_KEY'])
    await other!.remove('B_KEY')
    await other!.remove('NO_SUCH_KEY')
    expect(await one!.list()).toEqual(['A_KEY'])
  })

  it('is not taken for empty when it is damaged', async () => {
    const file = join(folder, 'damaged.json')
    await writeFile(file, '{"schema": 1, "names": ["lower"]}')
    await expect(createSecretNames({ file }).list()).rejects.toMatchObject({ code: 'STORE_DAMAGED' })
    await expect(createSecretNames({ file }).add('A_KEY')).rejects.toMatchObject({ code: 'STORE_DAMAGED' })
  })
})

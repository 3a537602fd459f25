import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { pruneReleases } from '../../../../src/engine/trust/prune-releases.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'skillet-prune-'))
  await mkdir(join(folder, 'targets'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const hex = (index: number) => index.toString(16).padStart(32, '0')

it('removes the oldest releases and nothing else', async () => {
  for (let index = 0; index < 10; index++) {
    const path = join(folder, 'targets', `${hex(index)}.releases%2Fa%2F1.0.${index}.dsse.json`)
    await writeFile(path, 'x')
    await utimes(path, 1000 + index, 1000 + index)
  }
  const lists = ['signing-keys.json', 'revocations.json', 'catalog.json'].map(
    (name, at) => `${hex(at)}.${name}`,
  )
  for (const name of lists) {
    await writeFile(join(folder, 'targets', name), 'x')
    await utimes(join(folder, 'targets', name), 1, 1)
  }
  await pruneReleases(folder, 10)
  expect(await readdir(join(folder, 'targets'))).toHaveLength(13)
  await pruneReleases(folder, 4)
  const left = await readdir(join(folder, 'targets'))
  expect(left.filter((name) => !name.includes('releases'))).toEqual(lists.toSorted())
  expect(left.flatMap((name) => /1\.0\.\d/.exec(name)?.[0] ?? []).toSorted()).toEqual([
    '1.0.6',
    '1.0.7',
    '1.0.8',
    '1.0.9',
  ])
})

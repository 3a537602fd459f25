import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { readIndexFile, writeIndexFile } from '../../../../src/engine/catalog/index-file.ts'
import { catalogBytes, catalogEntry, indexOf } from '../../../support/catalog.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'skillet-index-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const digest = 'a'.repeat(64)
const index = indexOf(
  catalogBytes(
    Array.from({ length: 50 }, (_, at) =>
      catalogEntry(`skill-${at}`, { title: `Skill ${at} für 検索`, requires: { memory_mb: at % 3 } }),
    ),
  ),
)

test('an index comes back as it was written, for the same catalog only', async () => {
  const path = join(folder, 'new', 'catalog.index')
  await writeIndexFile(path, digest, index)
  const found = await readIndexFile(path, digest)
  for (const [name, value] of Object.entries(index))
    expect([...((found as unknown as Record<string, Iterable<unknown>>)[name] ?? [])], name).toEqual([
      ...value,
    ])
  expect(await readIndexFile(path, 'b'.repeat(64))).toBeNull()
  expect(await readdir(join(folder, 'new'))).toEqual(['catalog.index'])
})

test('none, cut off or altered anywhere, it is no index', async () => {
  const path = join(folder, 'catalog.index')
  expect(await readIndexFile(path, digest)).toBeNull()
  await writeIndexFile(path, digest, index)
  const whole = await readFile(path)
  for (let at = 0; at < whole.length; at += 97) {
    const altered = Buffer.from(whole)
    altered[at]! ^= 1
    await writeFile(path, altered)
    expect(await readIndexFile(path, digest), `byte ${at}`).toBeNull()
    await writeFile(path, whole.subarray(0, at))
    expect(await readIndexFile(path, digest), `first ${at}`).toBeNull()
  }
  await writeFile(path, Buffer.concat([whole, whole]))
  expect(await readIndexFile(path, digest)).toBeNull()
})

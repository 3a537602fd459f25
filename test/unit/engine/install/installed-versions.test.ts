import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { writeFileAtomic } from '../../../../src/engine/disk.ts'
import { createInstalledVersions } from '../../../../src/engine/install/installed-versions.ts'
import type { InstallRecord, Store } from '../../../../src/engine/install/store.ts'
import { createPaths } from '../../../../src/engine/paths.ts'

let home: string
let paths: Store['paths']
let reads: number
let records: Pick<InstallRecord, 'slug' | 'version'>[]
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'skillet-versions-'))
  paths = createPaths(home)
  reads = 0
  records = [{ slug: 'count-words', version: '1.0.0' }]
})
afterEach(() => rm(home, { recursive: true, force: true }))

const open = (now: () => number) =>
  createInstalledVersions({ paths, list: async () => (reads++, records as InstallRecord[]) }, now)
const later = () => Date.now() + 60_000

test('an unchanged folder is read once, a changed one at once', async () => {
  const versions = open(later)
  expect(await versions()).toEqual(new Map())
  await mkdir(paths.records, { recursive: true })
  expect(await versions()).toEqual(new Map([['count-words', '1.0.0']]))
  await versions()
  expect(reads).toBe(1)
  records = [{ slug: 'count-words', version: '1.1.0' }]
  await writeFileAtomic(join(paths.records, 'count-words.json'), '{}')
  expect(await versions()).toEqual(new Map([['count-words', '1.1.0']]))
})

test('one that changed a moment ago is read each time: its date may hide another change', async () => {
  await mkdir(paths.records, { recursive: true })
  const versions = open(Date.now)
  await versions()
  await versions()
  expect(reads).toBe(2)
})

import { copyFile, mkdtemp, rename, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { keyFile, keysIn } from '../../../../src/registry/tuf/keys.ts'
import { rotateRole } from '../../../../src/registry/tuf/rotate.ts'
import { writeWhole } from '../../../../src/registry/whole-file.ts'
import { makeTestRepository } from '../../../support/registry-repository.ts'

vi.setConfig({ testTimeout: 60_000 })

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'keys-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

it('a staged key that is in force stays when another one is staged', async () => {
  const file = keyFile(folder, 'timestamp')
  const live = await file.stage([])
  const next = await file.stage([live.keyid])
  expect(await file.find([live.keyid])).toEqual(live)
  expect(await file.find([next.keyid])).toEqual(next)
  // One that nothing names makes way.
  const last = await file.stage([live.keyid])
  expect(await file.find([next.keyid])).toBeNull()
  await file.settle()
  expect((await keysIn(folder)).map(({ key }) => key.keyid)).toEqual([last.keyid])
})

it('two rotations that were killed leave the root keys that the root names', async () => {
  let full = false
  const test = await makeTestRepository({
    write: (...file) => (full ? Promise.reject(new Error('killed')) : writeWhole(...file)),
  })
  const at = (name: string) => join(test.places.offline, name)
  for (const name of ['root-1', 'root-2']) {
    await copyFile(at(`${name}.json`), join(folder, name))
    await rotateRole(test.repository, test.places, 'root', { rootKey: name })
    // As a kill before the staged key settled leaves it.
    await rename(at(`${name}.json`), at(`${name}.next.json`))
    await copyFile(join(folder, name), at(`${name}.json`))
    full = true
    await expect(rotateRole(test.repository, test.places, 'root', { rootKey: name })).rejects.toThrow()
    full = false
  }
  const listed = (await test.repository.state()).root.roles.root.keyids
  const here = (await keysIn(test.places.offline)).map(({ key }) => key.keyid)
  expect(here).toEqual(expect.arrayContaining([...listed]))
  await rotateRole(test.repository, test.places, 'root')
  await test.judge.refresh()
  await test.remove()
})

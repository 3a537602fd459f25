import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import {
  readSignedReleases,
  signedReleasesFile,
  writeSignedReleases,
} from '../../../src/cli/signed-releases.ts'

const keyid = 'ab'.repeat(32)
const list = {
  schema: 1 as const,
  keyid,
  serial: 7,
  releases: [{ slug: 'csv', version: '1.0.0', length: 9, sha256: 'cd'.repeat(32) }],
}
let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'skillet-signed-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

it('lies beside the key and comes back as it was written', async () => {
  const file = signedReleasesFile(join(folder, 'key.json'))
  expect(file).toBe(join(folder, 'key.releases.json'))
  expect(await readSignedReleases(file, keyid)).toEqual({ ...list, serial: 0, releases: [] })
  await writeSignedReleases(file, list)
  expect(await readSignedReleases(file, keyid)).toEqual(list)
  expect(await readdir(folder)).toEqual(['key.releases.json'])
})

it.each([
  ['no JSON', 'x'],
  ['another shape', '{"schema":2}'],
  ['that of another key', JSON.stringify({ ...list, keyid: 'ef'.repeat(32) })],
])('is refused when it is %s: forgetting what was signed would withdraw it', async (_what, text) => {
  const file = join(folder, 'key.releases.json')
  await writeFile(file, text)
  await expect(readSignedReleases(file, keyid)).rejects.toMatchObject({ code: 'STORE_DAMAGED' })
})

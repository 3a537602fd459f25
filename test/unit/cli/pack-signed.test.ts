import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { packSigned } from '../../../src/cli/pack-signed.ts'
import { readSignedReleases } from '../../../src/cli/signed-releases.ts'
import { readBundle } from '../../../src/trust/bundle-format.ts'
import { formatSigningKey, generateSigningKey } from '../../../src/trust/sign.ts'
import { skillManifest } from '../../support/host-values.ts'

const key = generateSigningKey()
let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'skillet-pack-signed-'))
  await writeFile(join(folder, 'key.json'), formatSigningKey(key))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const signed = () => readSignedReleases(join(folder, 'key.releases.json'), key.keyid)

function pack(slug: string, write: (bundle: Uint8Array) => Promise<void>): Promise<void> {
  const file = { path: 'SKILL.md', size: 0, sha256: '0'.repeat(64), executable: false }
  return packSigned(
    {
      manifest: { ...skillManifest, slug },
      packed: { tarball: new Uint8Array([1]), files: [file] },
      report: { verdict: 'pass' } as never,
      keyFile: join(folder, 'key.json'),
    },
    write,
  )
}

it('makes bundles of one key one after the other, so that each has a number of its own and none is forgotten', async () => {
  const bundles: Uint8Array[] = []
  const slugs = ['one', 'two', 'three']
  await Promise.all(slugs.map((slug) => pack(slug, async (bytes) => void bundles.push(bytes))))
  expect((await signed()).releases.map(({ slug }) => slug).toSorted()).toEqual(slugs.toSorted())
  const numbers = await Promise.all(
    bundles.map(async (bytes) =>
      [...(await readBundle(bytes)).metadata.keys()].find((name) => name.endsWith('.snapshot.json')),
    ),
  )
  expect(new Set(numbers).size).toBe(3)
  expect((await readdir(folder)).toSorted()).toEqual(['key.json', 'key.releases.json'])
})

it('notes what it has signed before anybody gets the bundle', async () => {
  await pack('one', async () => {
    expect((await signed()).releases.map(({ slug }) => slug)).toEqual(['one'])
  })
})

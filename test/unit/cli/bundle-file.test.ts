import { mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { copyTrust, inspectBundle } from '../../../src/cli/bundle-file.ts'
import { packSigned } from '../../../src/cli/pack-signed.ts'
import { packFolder } from '../../../src/engine/package/pack.ts'
import { formatSigningKey, generateSigningKey } from '../../../src/trust/sign.ts'
import { singleKeyRoots } from '../../../src/trust/tuf-single-key.ts'
import { skillManifest } from '../../support/host-values.ts'

let folder: string
const at = (...parts: string[]) => join(folder, ...parts)
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'skillet-bundle-file-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

it('takes over what this computer has verified, and leaves what is half written', async () => {
  await mkdir(at('trust', 'ab', 'targets'), { recursive: true })
  for (const name of ['root.json', 'ab/root.json', 'ab/x.tmp', 'ab/lock', 'ab/targets/12.catalog.json'])
    await writeFile(at('trust', name), name)
  await copyTrust(at('trust'), at('copy'))
  expect((await readdir(at('copy'), { recursive: true })).toSorted()).toEqual([
    'ab',
    'ab/root.json',
    'ab/targets',
    'root.json',
  ])
  await copyTrust(at('none'), at('nothing'))
})

it('never goes on with half of it: what changes all the time is an error', async () => {
  await mkdir(at('trust'))
  for (let n = 0; n < 200; n++) await writeFile(at('trust', `${n}.a`), '')
  let over = false
  const churning = (async () => {
    for (let round = 0; !over; round++)
      for (let n = 0; n < 200 && !over; n++)
        await rename(
          at('trust', `${n}.${round % 2 ? 'b' : 'a'}`),
          at('trust', `${n}.${round % 2 ? 'a' : 'b'}`),
        )
  })()
  try {
    await expect(copyTrust(at('trust'), at('copy'))).rejects.toMatchObject({ code: 'BUSY' })
  } finally {
    over = true
    await churning
  }
})

/** A bundle under a key of one's own, whose release says that its one file holds `claimed`. */
async function bundle(content: string, claimed: string): Promise<void> {
  const key = generateSigningKey()
  await writeFile(at('key.json'), formatSigningKey(key))
  await writeFile(at('root.json'), singleKeyRoots(key, new Date()).at(-1)!)
  await mkdir(at('skill'))
  await writeFile(at('skill', 'SKILL.md'), claimed)
  const { files } = await packFolder(at('skill'))
  await writeFile(at('skill', 'SKILL.md'), content)
  const packed = await packFolder(at('skill'))
  await packSigned(
    {
      manifest: skillManifest,
      packed: { ...packed, files },
      report: { verdict: 'pass' } as never,
      keyFile: at('key.json'),
    },
    (bytes) => writeFile(at('a.skillet'), bytes),
  )
}

it.each([
  ['what was signed', 'one', null],
  ['something else, though its digest was signed', 'two', 'PAYLOAD_MISMATCH'],
])('looks into the archive of a file: %s', async (_what, claimed, code) => {
  await bundle('one', claimed)
  const found = await inspectBundle(at('a.skillet'), { home: at('home'), trustRootFile: at('root.json') })
  expect(found.problem?.code ?? null).toBe(code)
})

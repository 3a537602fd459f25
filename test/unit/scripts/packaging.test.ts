import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openUpdateFeed } from '../../../src/engine/updates/update-feed.ts'
import { readUpdateSource } from '../../../src/engine/updates/update-source.ts'
import { sha256Hex } from '../../../src/trust/digest.ts'
import { formatSigningKey, generateSigningKey } from '../../../src/trust/sign.ts'
import { loadScript } from './load-script.ts'

let folder: string
beforeEach(async () => void (folder = await mkdtemp(join(tmpdir(), 'skillet-packaging-'))))
afterEach(() => rm(folder, { recursive: true }))

interface Feeds {
  writeUpdateSource(resources: string, updates: object): Promise<void>
  writeUpdateFeed(folders: string[], version: string, updates: object): Promise<string>
}

describe('the list of updates that a build signs', () => {
  it('is one that the same build believes', async () => {
    const { writeUpdateSource, writeUpdateFeed } = await loadScript<Feeds>('packaging/update-feed.mjs')
    const key = join(folder, 'key.json')
    await writeFile(key, formatSigningKey(generateSigningKey()))
    await writeFile(join(folder, 'skillet_1.2.0_amd64.deb'), 'the program')
    await writeFile(join(folder, 'notes.txt'), 'Faster.')
    const updates = {
      feed: 'https://updates.example.com/skillet/',
      key,
      notes: join(folder, 'notes.txt'),
      staging: 25,
      validDays: 30,
    }
    await writeUpdateSource(folder, updates)
    const source = readUpdateSource(folder)
    expect(source?.feed).toBe('https://updates.example.com/skillet')
    const { platform, arch } = process
    const feed = openUpdateFeed(await readFile(await writeUpdateFeed([folder], '1.2.0', updates)), {
      keys: source?.keys ?? [],
      platform,
      arch,
    })
    expect(feed).toMatchObject({ version: '1.2.0', notes: 'Faster.', staging: 25 })
    expect(Date.parse(feed.expires) - Date.parse(feed.released)).toBe(30 * 24 * 60 * 60_000)
    expect(feed.packages).toEqual([
      {
        kind: 'deb',
        name: 'skillet_1.2.0_amd64.deb',
        size: 11,
        sha256: sha256Hex(Buffer.from('the program')),
      },
    ])
  })
})

it('a brand is built in as part of the policy, which may name another', async () => {
  const { policyWithBrand } = await loadScript<{
    policyWithBrand(policy: object | null, brand: object | null): object | null
  }>('packaging/brand.mjs')
  const brand = { name: 'Example Skillet', icon: 'icon.png', logo: '/any/logo.svg' }
  expect(policyWithBrand(null, null)).toBeNull()
  expect(policyWithBrand({ telemetry: 'off' }, null)).toEqual({ telemetry: 'off' })
  expect(policyWithBrand(null, brand)).toEqual({ branding: { name: 'Example Skillet', logo: 'logo.svg' } })
  expect(
    policyWithBrand({ telemetry: 'off', branding: { name: 'Other' } }, { ...brand, logo: null }),
  ).toEqual({
    telemetry: 'off',
    branding: { name: 'Other' },
  })
})

describe('a brand', () => {
  const icon = (width: number, height: number) => {
    const png = Buffer.alloc(24)
    Buffer.from('89504e470d0a1a0a', 'hex').copy(png)
    png.writeUInt32BE(width, 16)
    png.writeUInt32BE(height, 20)
    return png
  }

  it('has a name and a square icon', async () => {
    const { readBrand } = await loadScript<{ readBrand(folder: string): Promise<object> }>(
      'packaging/brand.mjs',
    )
    const brand = async (json: string, png: Buffer) => {
      await writeFile(join(folder, 'brand.json'), json)
      await writeFile(join(folder, 'icon.png'), png)
      return readBrand(folder)
    }
    const name = 'Skillet für Beispiel & Co.'
    const good = JSON.stringify({ name: 'Example Skillet' })
    expect(await brand(good, icon(512, 512))).toMatchObject({ name: 'Example Skillet', logo: null })
    await writeFile(join(folder, 'logo.svg'), '<svg/>')
    expect(await brand(good, icon(512, 512))).toMatchObject({ logo: join(folder, 'logo.svg') })
    await writeFile(join(folder, 'logo.svg'), ' '.repeat(300_000))
    await expect(brand(good, icon(512, 512))).rejects.toThrow('larger than 256 KiB')
    await rm(join(folder, 'logo.svg'))
    for (const bad of [
      JSON.stringify({ name }),
      '{}',
      'no',
      JSON.stringify({ name: 'a\nExec=x' }),
      JSON.stringify({ name: 'Ab', exec: 'x' }),
    ])
      await expect(brand(bad, icon(512, 512))).rejects.toThrow(/brand\.json/)
    for (const [width, height] of [
      [256, 256],
      [512, 600],
      [0, 0],
    ] as const)
      await expect(brand(good, icon(width, height))).rejects.toThrow('square PNG')
  })
})

import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createBrowse, type Browse } from '../../src/engine/catalog/browse.ts'
import { generateSigningKey } from '../../src/trust/sign.ts'
import { openHome } from '../support/install-home.ts'
import { holdOf } from '../support/trust-registry.ts'
import { sampleFiles, startTinyRegistry, type TinyRegistry } from '../support/tiny-registry.ts'

const key = generateSigningKey()
const nobodyThere = 'http://127.0.0.1:1'
const day = 24 * 60 * 60_000

let folder: string
let registry: TinyRegistry
let clock: number
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'skillet-browse-'))
  clock = Date.now()
  registry = await startTinyRegistry(key, { now: () => new Date(clock) })
})
afterEach(async () => {
  await registry.stop()
  await rm(folder, { recursive: true, force: true })
})

/** As a Skillet that has just been started on this computer. */
async function open(options: { registryUrl?: string | null } = {}) {
  const home = await openHome({
    home: join(folder, 'home'),
    registryUrl: registry.url,
    trustRoot: registry.trustRoot,
    now: () => new Date(clock),
    ...options,
  })
  return { home, browse: createBrowse(home) }
}
const everything = { text: '', category: null, fitsOnly: false }
const slugsOf = async (browse: Browse, query: Partial<Parameters<Browse['search']>[0]> = {}) => {
  const { skills, total } = await browse.search({ ...everything, ...query })
  return [...skills.map(({ slug }) => slug), total]
}
async function install(slug: string): Promise<void> {
  const { home } = await open()
  const { planId, asks } = await home.installer.plan({ slug })
  const decisions = Object.fromEntries(
    asks.map(({ capability }) => [capability, { decision: 'allow' as const }]),
  )
  await home.installer.apply(planId, decisions, 'cli')
}
const publishThree = async () => {
  await registry.publish({ slug: 'count-words', manifest: { title: 'Count words' } })
  await registry.publish({ slug: 'sort-words', manifest: { title: 'Sort words', category: 'files' } })
  await registry.publish({
    slug: 'word-images',
    manifest: { title: 'Images of words', requires: { vram_mb: 9_000_000 }, alternatives: ['count-words'] },
  })
}

test('searches what the registry signed, a page at a time, and says how many there are', async () => {
  await publishThree()
  const { browse } = await open()
  expect(await slugsOf(browse)).toEqual(['count-words', 'sort-words', 'word-images', 3])
  expect(await slugsOf(browse, { text: 'count' })).toEqual(['count-words', 'word-images', 'sort-words', 3])
  expect(await slugsOf(browse, { text: 'sort w' })).toEqual(['sort-words', 1])
  expect(await slugsOf(browse, { category: 'files' })).toEqual(['sort-words', 1])
  expect(await slugsOf(browse, { fitsOnly: true })).toEqual(['count-words', 'sort-words', 2])
  expect(await slugsOf(browse, { offset: 1, limit: 1 })).toEqual(['sort-words', 3])
})

test('asks the registry once for many letters', async () => {
  await publishThree()
  const { browse } = await open()
  await slugsOf(browse)
  const before = registry.requests.length
  for (const text of ['w', 'wo', 'wor', 'word']) await slugsOf(browse, { text })
  expect(registry.requests).toHaveLength(before)
})

test('shows who made a skill, and that it is current', async () => {
  await publishThree()
  const { browse } = await open()
  expect(await browse.show('word-images')).toMatchObject({
    summary: { slug: 'word-images', fit: { ok: false }, installedVersion: null },
    provenance: {
      publisher: 'skillet-labs',
      keyid: key.keyid,
      registry: registry.url,
      current: { validUntil: expect.any(String) as string },
    },
    alternative: { slug: 'count-words' },
  })
  expect((await browse.readFile('count-words', '1.0.0', 'notes/read-me.md')).text).toBe('This is 1.0.0.\n')
})

test('a catalog that somebody swapped on the way, and a release that is not listed, are refused', async () => {
  await publishThree()
  const { role } = await registry.repository.state()
  const path = `/tuf/targets/${(await role('registry')).targets['catalog.json']!.hashes.sha256}.catalog.json`
  const forged = (await readFile(join(registry.dataDir, path), 'utf8')).replace('Sort words', 'Send words')
  registry.documents.set(path, Buffer.from(forged))
  const { browse } = await open()
  await expect(browse.search(everything)).rejects.toMatchObject({ code: 'METADATA_INVALID' })
  registry.documents.delete(path)
  expect(await slugsOf(browse, { text: 'sort' })).toEqual(['sort-words', 1])

  await registry.publish({ slug: 'count-words', version: '2.0.0', files: sampleFiles('2.0.0') }, key, false)
  await expect(browse.show('count-words', '2.0.0')).rejects.toMatchObject({ code: 'NOT_FOUND' })
})

test('a catalog that was altered on this computer is fetched again, never searched', async () => {
  await publishThree()
  const { home, browse } = await open()
  await slugsOf(browse)
  const { path } = await home.trust.catalogFile({ maxAgeMs: day })
  await writeFile(path, (await readFile(path, 'utf8')).replace('Sort words', 'Send words'))
  const next = await open()
  expect(await slugsOf(next.browse, { text: 'send' })).toEqual([0])
  expect(await slugsOf(next.browse, { text: 'sort' })).toEqual(['sort-words', 1])
})

test('without a connection, what was verified is searched and shown until it expires', async () => {
  await publishThree()
  await install('count-words')
  await slugsOf((await open()).browse)
  clock += 60 * 60_000
  const { browse } = await open({ registryUrl: nobodyThere })
  expect(await slugsOf(browse, { text: 'count words' })).toEqual([
    'count-words',
    'sort-words',
    'word-images',
    3,
  ])
  expect(await browse.show('count-words', '1.0.0')).toMatchObject({
    summary: { installedVersion: '1.0.0' },
    provenance: { current: { validUntil: expect.any(String) as string } },
  })
  clock += 30 * day
  const later = await open({ registryUrl: nobodyThere })
  await expect(later.browse.search(everything)).rejects.toMatchObject({ code: 'METADATA_EXPIRED' })
  // What is installed can still be looked at; nobody can say whether it is current.
  expect(await later.browse.show('count-words', '1.0.0')).toMatchObject({
    summary: { slug: 'count-words' },
    provenance: { current: null },
  })
})

test('a first start without a connection says so, and searches as soon as there is one', async () => {
  await publishThree()
  const { browse } = await open()
  registry.documents.set('/tuf/metadata/timestamp.json', null)
  await expect(browse.search(everything)).rejects.toMatchObject({ code: 'REGISTRY_UNREACHABLE' })
  registry.documents.clear()
  expect(await slugsOf(browse)).toEqual(['count-words', 'sort-words', 'word-images', 3])
})

test('a withdrawn skill is neither found nor shown', async () => {
  await publishThree()
  await registry.revoke({
    slug: 'sort-words',
    version: '*',
    reason: 'It sent files away.',
    severity: 'high',
    rotate: [],
    revokedAt: '2026-11-02T00:00:00Z',
  })
  const { browse } = await open()
  expect(await slugsOf(browse)).toEqual(['count-words', 'word-images', 2])
  await expect(browse.show('sort-words')).rejects.toMatchObject({ code: 'REVOKED' })
  await expect(browse.show('sort-words', '1.0.0')).rejects.toMatchObject({ code: 'REVOKED' })
})

test('a skill on hold is found by nobody, and shown only to those who have it', async () => {
  await publishThree()
  await install('sort-words')
  await registry.hold(holdOf('sort-words'), holdOf('count-words'))
  const { browse } = await open()
  expect(await slugsOf(browse)).toEqual(['word-images', 1])
  expect(await browse.show('sort-words')).toMatchObject({
    summary: { slug: 'sort-words', installedVersion: '1.0.0' },
    // Nobody says that it is current: the registry doesn't offer it.
    provenance: { current: null, tarballSha256: expect.any(String) as string },
  })
  expect((await browse.readFile('sort-words', undefined, 'notes/read-me.md')).text).toBe('This is 1.0.0.\n')
  for (const version of [undefined, '1.0.0'])
    await expect(browse.show('count-words', version)).rejects.toMatchObject({
      code: 'ON_HOLD',
      message: `count-words is not offered at the moment: ${holdOf('count-words').words}`,
    })
  // An alternative that is on hold isn't one.
  expect(await browse.show('word-images')).toMatchObject({ alternative: null })

  await registry.hold(holdOf('sort-words'))
  const later = await open()
  expect(await slugsOf(later.browse)).toEqual(['count-words', 'word-images', 2])
  expect(await later.browse.show('count-words')).toMatchObject({ summary: { slug: 'count-words' } })
})

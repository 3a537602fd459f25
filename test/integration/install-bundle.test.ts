import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { verifyInstalled } from '../../src/engine/install/integrity.ts'
import { setPinned } from '../../src/engine/install/pin.ts'
import { quarantine } from '../../src/engine/install/quarantine.ts'
import { exportBundle } from '../../src/engine/package/export-bundle.ts'
import { readBundle, writeBundle, type Bundle } from '../../src/trust/bundle-format.ts'
import { generateSigningKey } from '../../src/trust/sign.ts'
import { singleKeyRepository, singleKeyRoots } from '../../src/trust/tuf-single-key.ts'
import { openHome, type InstallHome } from '../support/install-home.ts'
import { startTinyRegistry, type TinyRegistry } from '../support/tiny-registry.ts'
import { holdOf } from '../support/trust-registry.ts'
import { treeOf } from '../support/tree.ts'
import { codeOf } from '../unit/trust/code.ts'

const key = generateSigningKey()
const slug = 'sample-skill'
const day = 24 * 60 * 60_000
const withdrawn = {
  slug,
  version: '*',
  reason: 'It sent files away.',
  severity: 'high' as const,
  rotate: [],
  revokedAt: '2026-11-02T00:00:00Z',
}

let folder: string
let registry: TinyRegistry
let clock: number
let file: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'skillet-bundle-'))
  clock = Date.now()
  registry = await startTinyRegistry(key, { now: () => new Date(clock) })
  file = join(folder, 'sample-skill-1.0.0.skillet')
})
afterEach(async () => {
  await registry.stop()
  await rm(folder, { recursive: true, force: true })
})

const open = (name: string, options: Partial<Parameters<typeof openHome>[0]> = {}) =>
  openHome({
    home: join(folder, name),
    registryUrl: null,
    trustRoot: registry.trustRoot,
    now: () => new Date(clock),
    ...options,
  })

/** Made on a computer with a connection. */
async function make(version = '1.0.0', toFile = file): Promise<void> {
  const online = await open('online', { registryUrl: registry.url })
  const pinnedRoot = new Uint8Array(await readFile(registry.trustRoot))
  await exportBundle({ ...online, pinnedRoot }, { slug, version }, toFile)
}

async function change(edit: (bundle: Bundle) => Partial<Bundle>): Promise<void> {
  const bundle = await readBundle(new Uint8Array(await readFile(file)))
  await writeFile(file, writeBundle({ ...bundle, ...edit(bundle) }))
}

async function install(home: InstallHome, path = file): Promise<unknown> {
  const plan = await home.installer.plan({ file: path })
  return home.installer.apply(plan.planId, { 'fs:read': { decision: 'allow' } }, 'cli')
}

describe('a bundle, without any registry', () => {
  it('installs with the same checks, and brings the signed lists along', async () => {
    await registry.publish()
    await make()
    const home = await open('home')
    const plan = await home.installer.plan({ file })
    expect(plan.provenance.current?.checkedAt).toBe(new Date(clock).toISOString())
    expect(await install(home)).toEqual({ slug, version: '1.0.0' })
    expect((await verifyInstalled(home.store, await home.keys(), slug)).ok).toBe(true)
    expect((await home.store.get(slug))?.source).toBe('sample-skill-1.0.0.skillet')
    expect((await home.trust.status()).root?.threshold).toBe(2)
  })

  it('installs one that was signed by its maker alone, where that key is the trust root', async () => {
    const { envelope, tarball } = await registry.publish()
    const now = new Date(clock)
    const path = `releases/${slug}/1.0.0.dsse.json`
    const { metadata, targets } = singleKeyRepository(key, { path, bytes: envelope }, { version: 1, now })
    await writeFile(file, writeBundle({ release: envelope, payload: tarball, metadata, targets }))
    const trustRoot = join(folder, 'own-root.json')
    await writeFile(trustRoot, singleKeyRoots(key, now)[0]!)
    expect(await install(await open('home', { trustRoot }))).toEqual({ slug, version: '1.0.0' })
    expect(await codeOf(install(await open('other')))).toBe('SIGNER_UNTRUSTED')
    // A registry that is set all the same has no say about it.
    const beside = await open('beside', { trustRoot, registryUrl: registry.url })
    expect(await install(beside)).toEqual({ slug, version: '1.0.0' })
    // Nor does its own word count for that computer, whose one list has no catalog.
    expect(await codeOf(beside.installer.plan({ slug }))).toBe('NOT_FOUND')
  })

  it('is refused when its payload or its release is another than was signed', async () => {
    await registry.publish()
    await make()
    const home = await open('home')
    const before = await treeOf(home.paths.home, /^(audit|trust)(\/|$)/)
    const whole = await readFile(file)
    await change(({ payload }) => ({ payload: payload.map((byte, at) => (at === 30 ? byte ^ 1 : byte)) }))
    expect(await codeOf(install(home))).toBe('DIGEST_MISMATCH')
    await writeFile(file, whole)
    const stranger = await registry.publish({ version: '2.0.0' }, generateSigningKey(), false)
    await change(() => ({ release: stranger.envelope }))
    expect(await codeOf(install(home))).toBe('SIGNER_UNTRUSTED')
    // The publish key alone: signed, and nothing vouches that it was ever offered.
    const unlisted = await registry.publish({ version: '2.0.0' }, key, false)
    await change(() => ({ release: unlisted.envelope }))
    expect(await codeOf(install(home))).toBe('NOT_CURRENT')
    expect(await treeOf(home.paths.home, /^(audit|trust)(\/|$)/)).toEqual(before)
  })

  it('is refused when any of its signed lists was altered or is missing', async () => {
    await registry.publish()
    await make()
    const whole = await readFile(file)
    const { metadata, targets } = await readBundle(new Uint8Array(whole))
    const first = [...metadata.keys()].filter((name) => name !== '1.root.json')
    for (const [index, name] of [...first, ...targets.keys()].entries()) {
      const kind = metadata.has(name) ? 'metadata' : 'targets'
      await writeFile(file, whole)
      await change((bundle) => {
        const files = new Map(bundle[kind])
        const bytes = Buffer.from(files.get(name)!)
        bytes[bytes.length >> 1]! ^= 1
        files.set(name, bytes)
        return { [kind]: files }
      })
      const altered = await codeOf(install(await open(`altered-${index}`)))
      await writeFile(file, whole)
      await change((bundle) => {
        const files = new Map(bundle[kind])
        files.delete(name)
        return { [kind]: files }
      })
      const missing = await codeOf(install(await open(`missing-${index}`)))
      // The release's own bytes are at the top of the bundle as well, and compared with what the lists say.
      const spare = name.startsWith('releases/')
      const refused = spare ? ['returned'] : ['METADATA_INVALID', 'REGISTRY_UNREACHABLE', 'NOT_CURRENT']
      expect.soft(refused, `${name} altered`).toContain(altered)
      expect.soft(refused, `${name} missing`).toContain(missing)
    }
  })

  it('never takes this computer back to older lists, and is judged by the newer ones', async () => {
    await registry.publish()
    await make()
    const old = join(folder, 'old.skillet')
    await writeFile(old, await readFile(file))
    clock += day
    await registry.publish({ version: '2.0.0' })
    await make('2.0.0')
    const home = await open('home')
    await install(home)
    const known = (await home.trust.status()).validUntil
    // Its bin is the one that the newer lists name as well, or nobody can tell: either way nothing goes back.
    expect(['returned', 'NOT_CURRENT']).toContain(await codeOf(install(home, old)))
    expect((await home.trust.status()).validUntil).toBe(known)

    await registry.revoke({ ...withdrawn, version: '1.0.0' })
    await make('2.0.0')
    await home.installer.plan({ file })
    expect(await codeOf(install(home, old))).toBe('REVOKED')
  })

  it('is refused once its lists have run out, and by a computer whose clock was set back', async () => {
    await registry.publish()
    await make()
    clock += 8 * day
    expect(await codeOf(install(await open('late')))).toBe('METADATA_EXPIRED')
    clock -= 10 * day
    expect(await codeOf(install(await open('early')))).toBe('CLOCK_WRONG')
  })

  it('is refused when it is no bundle at all', async () => {
    const home = await open('home')
    await writeFile(file, 'hello')
    expect(await codeOf(install(home))).toBe('ARCHIVE_UNSAFE')
    await rm(file)
    expect(await codeOf(install(home))).toBe('NOT_FOUND')
  })
})

describe('a bundle, with a registry in reach', () => {
  it('is judged by what the registry says now', async () => {
    await registry.publish()
    await make()
    const home = await open('home', { registryUrl: registry.url })
    await install(home)
    await registry.revoke(withdrawn)
    expect(await codeOf(install(home))).toBe('REVOKED')
    // Somebody else only has the file, and no connection: its lists said otherwise when it was made.
    expect(await codeOf(install(await open('offline')))).toBe('returned')
  })

  it('is refused when the registry has another release of that version by now', async () => {
    await registry.publish()
    await make()
    await registry.publish({ release: (release) => ({ ...release, publishedAt: '2026-11-05T00:00:00Z' }) })
    expect(await codeOf(install(await open('home', { registryUrl: registry.url })))).toBe('NOT_CURRENT')
  })
})

describe('a computer that was online before', () => {
  it('knows of a withdrawal that the bundle does not', async () => {
    await registry.publish()
    await make()
    await registry.revoke(withdrawn)
    const online = await open('home', { registryUrl: registry.url })
    await online.trust.refresh()
    expect(await codeOf(install(await open('home')))).toBe('REVOKED')
  })
})

describe('a bundle of a skill that is on hold', () => {
  const words = `${slug} is not offered at the moment: ${holdOf(slug).words}`

  it('is refused with the words of the registry, at its plan or where the hold comes after it', async () => {
    await registry.publish()
    await make()
    const home = await open('home', { registryUrl: registry.url })
    const { planId } = await home.installer.plan({ file })
    await registry.hold(holdOf(slug))
    const apply = home.installer.apply(planId, { 'fs:read': { decision: 'allow' } }, 'cli')
    await expect(apply).rejects.toMatchObject({ code: 'ON_HOLD', message: words })
    await expect(home.installer.plan({ file })).rejects.toMatchObject({ code: 'ON_HOLD', message: words })
    expect(await home.store.list()).toEqual([])
    await registry.hold()
    expect(await install(home)).toEqual({ slug, version: '1.0.0' })
  })

  it('is refused without a connection by a computer that heard of the hold, and by no other', async () => {
    await registry.publish()
    await make()
    await registry.hold(holdOf(slug))
    const online = await open('home', { registryUrl: registry.url })
    await online.trust.refresh()
    for (const registryUrl of [null, 'http://127.0.0.1:1'])
      await expect((await open('home', { registryUrl })).installer.plan({ file })).rejects.toMatchObject({
        code: 'ON_HOLD',
        message: words,
      })
    // Its lists said otherwise when the file was made, and nobody here has heard since.
    expect(await codeOf(install(await open('stranger')))).toBe('returned')
  })

  it('can’t be made', async () => {
    await registry.publish()
    await registry.hold(holdOf(slug))
    const home = await open('online', { registryUrl: registry.url })
    const pinnedRoot = new Uint8Array(await readFile(registry.trustRoot))
    for (const version of ['1.0.0', undefined])
      expect(await codeOf(exportBundle({ ...home, pinnedRoot }, { slug, version }, file))).toBe('ON_HOLD')
  })
})

describe('a bundle of an older version than the installed one', () => {
  const allow = { 'fs:read': { decision: 'allow' as const } }
  let home: InstallHome

  beforeEach(async () => {
    await registry.publish()
    await make()
    await registry.publish({ version: '1.1.0' })
    home = await open('home', { registryUrl: registry.url })
    const { planId } = await home.installer.plan({ slug, version: '1.1.0' })
    await home.installer.apply(planId, allow, 'cli')
  })

  it('is refused where the skill is pinned; one of the same version, and one over what was withdrawn, is not', async () => {
    await setPinned(home, slug, true)
    expect(await codeOf(home.installer.plan({ file }))).toBe('VERSION_PINNED')
    await setPinned(home, slug, false)
    const { planId } = await home.installer.plan({ file })
    await setPinned(home, slug, true)
    expect(await codeOf(home.installer.apply(planId, allow, 'cli'))).toBe('VERSION_PINNED')
    expect(await home.store.get(slug)).toMatchObject({ version: '1.1.0', pinned: true })

    const same = join(folder, 'same.skillet')
    await make('1.1.0', same)
    await install(home, same)
    const { reason, severity, revokedAt } = withdrawn
    await quarantine(home, slug, '1.1.0', { reason, severity, revokedAt, rotate: [], saferVersion: null })
    await install(home)
    expect(await home.store.get(slug)).toMatchObject({ version: '1.0.0', pinned: true, withdrawn: null })
  })

  it('says so, from a file or by its version, and no earlier answer stands for it', async () => {
    for (const source of [{ file }, { slug, version: '1.0.0' }]) {
      const plan = await home.installer.plan(source)
      expect(plan).toMatchObject({ older: true, replaces: '1.1.0', changes: { widens: false } })
      expect(plan.asks.map(({ decided }) => decided)).toEqual([null])
      expect(await codeOf(home.installer.apply(plan.planId, {}, 'cli'))).toBe('PERMISSION_DENIED')
    }
    expect((await home.store.get(slug))?.version).toBe('1.1.0')
    await install(home)
    expect((await home.store.get(slug))?.version).toBe('1.0.0')
    // Forward again, the answers stand.
    const forward = await home.installer.plan({ slug, version: '1.1.0' })
    expect(forward).toMatchObject({ older: false, asks: [{ decided: 'allow' }] })
    expect(await home.installer.apply(forward.planId, {}, 'cli')).toEqual({ slug, version: '1.1.0' })
  })
})

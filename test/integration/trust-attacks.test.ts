import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createRecordReader } from '../../src/engine/install/read-records.ts'
import { createLibrary } from '../../src/engine/library.ts'
import { runnableInstalled } from '../../src/engine/run/runnable.ts'
import { createRegistryTrust } from '../../src/engine/trust/registry-trust.ts'
import { catalogPath, releasePath, signingKeysPath } from '../../src/shared/signed-targets.ts'
import { sha256Hex } from '../../src/trust/digest.ts'
import { toPublishKeys } from '../../src/trust/publish-keys.ts'
import { generateSigningKey } from '../../src/trust/sign.ts'
import { verifyRelease } from '../../src/trust/verify-release.ts'
import { openHome, type InstallHome } from '../support/install-home.ts'
import { startTinyRegistry, type TinyRegistry } from '../support/tiny-registry.ts'
import {
  captivePortal,
  holdStill,
  listRelease,
  setPublishKeys,
  withdrawalOf,
} from '../support/trust-registry.ts'
import { code, codeOf } from '../unit/trust/code.ts'

// Each attack first meets an installer that pins the publish key and checks the signature, as the best of the peers
// do, and gets through. Then it meets ours.

const key = generateSigningKey()
const slug = 'sample-skill'
const day = 24 * 60 * 60_000

let folder: string
let registry: TinyRegistry
let home: InstallHome
let clock: number

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'skillet-trust-'))
  clock = Date.now()
  registry = await startTinyRegistry(key, { now: () => new Date(clock) })
  await registry.publish()
  home = await open()
})
afterEach(async () => {
  await registry.stop()
  await rm(folder, { recursive: true, force: true })
})

const open = () =>
  openHome({
    home: folder,
    registryUrl: registry.url,
    trustRoot: registry.trustRoot,
    now: () => new Date(clock),
  })

async function install(version = '1.0.0', of = slug): Promise<unknown> {
  const { planId } = await home.installer.plan({ slug: of, version })
  return home.installer.apply(planId, { 'fs:read': { decision: 'allow' } }, 'cli')
}

/** Everything that is asked before a run, and nothing of the run itself. */
function beforeRun(of = slug): Promise<unknown> {
  const ports = {
    ...home,
    layers: async () => ({ managed: null, user: {} }),
    settleWithdrawals: async () => undefined,
    recent: new Map(),
  }
  return runnableInstalled(ports, of, () => undefined)
}

/** Pinned key and signature, and nothing else. */
function oldWay(envelope: Uint8Array): string {
  return code(() => verifyRelease(envelope, toPublishKeys([key.publicKey])))
}

async function served(path: string): Promise<Uint8Array> {
  return new Uint8Array(await (await fetch(`${registry.url}${path}`)).arrayBuffer())
}

describe('keys in the wrong hands', () => {
  it('a stolen publish key alone gets nothing installed', async () => {
    const evil = await registry.publish({ version: '6.6.6' }, key, false)
    expect(oldWay(evil.envelope)).toBe('returned')
    expect(await codeOf(install('6.6.6'))).toBe('NOT_FOUND')
  })

  it("the registry's stolen online keys alone get nothing installed", async () => {
    const thief = generateSigningKey()
    const evil = await registry.publish({ version: '6.6.6' }, thief, false)
    await listRelease(registry, slug, '6.6.6', evil.envelope)
    // To somebody who goes by the lists alone it is as good as any other.
    expect(sha256Hex(await home.trust.release(slug, '6.6.6'))).toBe(sha256Hex(evil.envelope))
    expect(await codeOf(install('6.6.6'))).toBe('SIGNER_UNTRUSTED')
  })

  it("nor do they add the thief's own key to those that sign releases", async () => {
    const thief = generateSigningKey()
    const evil = await registry.publish({ version: '6.6.6' }, thief, false)
    await listRelease(registry, slug, '6.6.6', evil.envelope)
    const keys = new Uint8Array(Buffer.from(JSON.stringify(toPublishKeys([key.publicKey, thief.publicKey]))))
    // Under a role that the online keys do sign.
    const { repository } = registry
    const info = await repository.writeTarget(signingKeysPath, keys)
    await repository.change({ catalog: info })
    expect((await home.trust.publishKeys()).keys.map(({ keyid }) => keyid)).toEqual([key.keyid])
    expect(await codeOf(install('6.6.6'))).toBe('SIGNER_UNTRUSTED')
  })

  it('a publish key that is known to be stolen counts for nothing, installed or not', async () => {
    await install()
    const { envelope } = await registry.publish({ version: '2.0.0' })
    const [stolen] = toPublishKeys([key.publicKey]).keys
    const next = generateSigningKey()
    const until = new Date(clock).toISOString()
    await setPublishKeys(registry, {
      schema: 1,
      keys: [{ ...stolen!, status: 'compromised', until }, ...toPublishKeys([next.publicKey]).keys],
    })
    expect(oldWay(envelope)).toBe('returned')
    expect(await codeOf(install('2.0.0'))).toBe('SIGNER_UNTRUSTED')
    clock += 60_000
    const refused = await beforeRun().catch((error: unknown) => error)
    expect(refused).toMatchObject({ code: 'SIGNER_UNTRUSTED', remedy: expect.stringContaining('again') })

    // Another release of the same version is nothing that may slip in this way.
    const changed = (release: Record<string, unknown>) => ({
      ...release,
      publishedAt: '2026-11-05T00:00:00Z',
    })
    await registry.publish({ release: changed }, next)
    clock += 60_000
    expect(await codeOf(beforeRun())).toBe('SIGNER_UNTRUSTED')
    // The very same release, signed anew, is as good as ever, and nobody has to do anything.
    await registry.publish({}, next)
    clock += 60_000
    await beforeRun()
    expect(await home.store.get(slug)).toMatchObject({ keyid: next.keyid, version: '1.0.0' })
  })

  it('also where the plan was made before anybody knew', async () => {
    await registry.publish({ version: '2.0.0' })
    const { planId } = await home.installer.plan({ slug, version: '2.0.0' })
    const [stolen] = toPublishKeys([key.publicKey]).keys
    await setPublishKeys(registry, {
      schema: 1,
      keys: [
        { ...stolen!, status: 'compromised', until: new Date(clock).toISOString() },
        ...toPublishKeys([generateSigningKey().publicKey]).keys,
      ],
    })
    clock += 60_000
    const work = home.installer.apply(planId, { 'fs:read': { decision: 'allow' } }, 'cli')
    expect(await codeOf(work)).toBe('SIGNER_UNTRUSTED')
    expect(await home.store.get(slug)).toBeNull()
  })

  it('once a stolen key is replaced, what was signed anew is repaired, verified and gone back to as ever', async () => {
    const log = () => {}
    const library = createLibrary({
      ...home,
      records: createRecordReader(home.store, home.trust, log),
      lastRunAt: async () => null,
      keysOnlyUsedBy: async () => [],
      settleWithdrawals: async () => {},
      managed: async () => null,
      unseenKeys: async () => ({}),
      log,
    })
    const old = [{ version: '1.0.0' }, { version: '2.0.0' }, { slug: 'other-skill' }]
    for (const one of old) {
      await registry.publish(one)
      await install(one.version, one.slug)
    }
    const next = generateSigningKey()
    const [stolen] = toPublishKeys([key.publicKey]).keys
    await setPublishKeys(registry, {
      schema: 1,
      keys: [
        { ...stolen!, status: 'compromised', until: new Date(clock).toISOString() },
        ...toPublishKeys([next.publicKey]).keys,
      ],
    })
    clock += 60_000
    const path = join(home.store.folderOf(slug, '2.0.0'), 'SKILL.md')
    await chmod(path, 0o644)
    await writeFile(path, 'evil')
    await home.trust.refresh()
    const back = () => library.rollback(slug, '1.0.0', 'cli')
    for (const work of [() => library.repair(slug), back, () => library.verify('other-skill')])
      expect(await codeOf(work())).toBe('SIGNER_UNTRUSTED')
    expect((await library.verify()).skills.map(({ ok }) => ok)).toEqual([false, false])

    for (const one of old) await registry.publish(one, next)
    clock += 60_000
    expect((await library.repair(slug)).keptAt).not.toBeNull()
    expect(await library.verify()).toMatchObject({ ok: true })
    expect(await back()).toEqual({ slug, version: '1.0.0' })
    for (const one of [slug, 'other-skill'])
      expect(await home.store.get(one)).toMatchObject({ keyid: next.keyid, version: '1.0.0' })
    await beforeRun()

    // Another release of the kept version is nothing that may slip in this way.
    const third = generateSigningKey()
    const [second] = toPublishKeys([next.publicKey]).keys
    await setPublishKeys(registry, {
      schema: 1,
      keys: [
        { ...second!, status: 'compromised', until: new Date(clock).toISOString() },
        ...toPublishKeys([third.publicKey]).keys,
      ],
    })
    const release = (signed: Record<string, unknown>) => ({ ...signed, publishedAt: '2026-11-05T00:00:00Z' })
    await registry.publish({ version: '2.0.0', release }, third)
    clock += 60_000
    expect(await codeOf(library.rollback(slug, '2.0.0', 'cli'))).toBe('SIGNER_UNTRUSTED')
  })
})

describe('a mirror that lies', () => {
  it('serves a genuine release of another skill', async () => {
    const other = await registry.publish({ slug: 'other-skill' })
    const { envelope } = await registry.publish({ version: '2.0.0' })
    expect(oldWay(other.envelope)).toBe('returned')
    registry.documents.set(
      `/tuf/targets/releases/${slug}/${sha256Hex(envelope)}.2.0.0.dsse.json`,
      other.envelope,
    )
    expect(await codeOf(install('2.0.0'))).toBe('METADATA_INVALID')
  })

  it('goes back to a time before a withdrawal', async () => {
    await install()
    const before = await holdStill(registry)
    await registry.revoke(withdrawalOf(slug, '1.0.0'))
    await home.trust.refresh()
    before.serve()
    clock += 60_000
    expect(oldWay(await served(`/${releasePath(slug, '1.0.0')}`))).toBe('returned')
    for (const work of [install, beforeRun]) expect(await codeOf(work())).toBe('METADATA_ROLLBACK')
    before.letGo()
    for (const work of [install, beforeRun]) expect(await codeOf(work())).toBe('REVOKED')
  })

  it('stands still, so that a withdrawal never arrives', async () => {
    await install()
    const frozen = await holdStill(registry)
    await registry.revoke(withdrawalOf(slug, '1.0.0'))
    frozen.serve()
    clock += 6 * day
    await beforeRun()
    clock += 2 * day
    expect(oldWay(await served(`/${releasePath(slug, '1.0.0')}`))).toBe('returned')
    const refused = await install().catch((error: unknown) => error)
    expect(refused).toMatchObject({ code: 'METADATA_EXPIRED', remedy: expect.stringContaining('Connect') })
    expect(await codeOf(beforeRun())).toBe('METADATA_EXPIRED')
    expect((await home.trust.status()).problem?.code).toBe('METADATA_EXPIRED')
    // What is installed can still be looked at.
    expect((await home.trust.lastKnownKeys()).keys).toHaveLength(1)
    frozen.letGo()
    expect(await codeOf(beforeRun())).toBe('METADATA_EXPIRED')
    await registry.publish({ slug: 'other-skill' })
    expect(await codeOf(beforeRun())).toBe('REVOKED')
  })

  it('waits until the clock is set back, and offers what has long run out', async () => {
    await install()
    const old = await holdStill(registry)
    clock += 30 * day
    await registry.revoke(withdrawalOf(slug, '1.0.0'))
    await home.trust.refresh()
    clock -= 30 * day
    // An installer that only looks whether lists have run out sees nothing wrong with the old ones.
    old.serve()
    const timestamp = JSON.parse(Buffer.from(await served('/tuf/metadata/timestamp.json')).toString())
    expect(new Date(timestamp.signed.expires).getTime()).toBeGreaterThan(clock)
    for (const work of [install, beforeRun]) expect(await codeOf(work())).toBe('CLOCK_WRONG')
    captivePortal(registry)
    expect(await codeOf(beforeRun())).toBe('CLOCK_WRONG')
  })

  it('sends lists that are no lists', async () => {
    await install()
    clock += 60_000
    const forged = Buffer.from(
      JSON.stringify({ signed: { _type: 'timestamp', version: 99 }, signatures: [] }),
    )
    registry.documents.set('/tuf/metadata/timestamp.json', new Uint8Array(forged))
    for (const work of [install, beforeRun]) expect(await codeOf(work())).toBe('METADATA_INVALID')
  })

  it('is another registry altogether: nothing comes from it, and what is here holds until it runs out', async () => {
    await install()
    const other = await startTinyRegistry(generateSigningKey(), { now: () => new Date(clock) })
    try {
      await other.publish({ version: '2.0.0' })
      home = await openHome({
        home: folder,
        registryUrl: other.url,
        trustRoot: registry.trustRoot,
        now: () => new Date(clock),
      })
      expect(await codeOf(install('2.0.0'))).toBe('METADATA_INVALID')
      await beforeRun()
      expect((await home.trust.status()).problem?.code).toBe('METADATA_INVALID')
      clock += 8 * day
      expect(await codeOf(beforeRun())).toBe('METADATA_EXPIRED')
      const empty = await openHome({
        home: join(folder, 'empty'),
        registryUrl: other.url,
        trustRoot: registry.trustRoot,
      })
      expect(await codeOf(empty.trust.refresh())).toBe('METADATA_INVALID')
    } finally {
      await other.stop()
    }
  })

  it('changes the catalog', async () => {
    const { sha256 } = await home.trust.catalogFile()
    expect(await home.catalog.get(slug)).not.toBeNull()
    await registry.publish({ slug: 'other-skill' })
    const { info } = await registry.repository.readList(catalogPath)
    const genuine = await served(`/tuf/targets/${info.sha256}.${catalogPath}`)
    const changed = Buffer.from(genuine).toString().replace('Counts the words', 'Steals the words')
    expect(changed).toContain('Steals')
    registry.documents.set(`/tuf/targets/${info.sha256}.${catalogPath}`, new Uint8Array(Buffer.from(changed)))
    expect(info.sha256).not.toBe(sha256)
    expect(await codeOf(home.trust.catalogFile())).toBe('METADATA_INVALID')
  })
})

describe('no connection', () => {
  it.each([
    ['a login page', () => captivePortal(registry)],
    ['an error of the registry', () => void registry.documents.set('/tuf/metadata/timestamp.json', null)],
  ])('%s is no attack: the lists on this computer hold until they run out', async (_what, cut) => {
    await install()
    cut()
    clock += 6 * day
    await beforeRun()
    const status = await home.trust.status()
    expect(status).toMatchObject({
      problem: { code: 'REGISTRY_UNREACHABLE' },
      publishKeys: [{ status: 'active' }],
    })
    expect(new Date(status.validUntil!).getTime()).toBeGreaterThan(clock)
    clock += 2 * day
    expect(await codeOf(beforeRun())).toBe('METADATA_EXPIRED')
    expect(await codeOf(install())).toBe('METADATA_EXPIRED')
    registry.documents.clear()
    await registry.publish({ slug: 'other-skill' })
    await beforeRun()
    await install()
  })

  it('a mirror that refuses the lists in the words of a withdrawal stops nothing', async () => {
    await install()
    clock += 60_000
    const error = { code: 'REVOKED', message: 'Your skills were stolen.', remedy: 'Call this number.' }
    const mirror = createServer((_request, response) =>
      response.writeHead(403).end(JSON.stringify({ error })),
    )
    await new Promise<void>((resolve) => mirror.listen(0, '127.0.0.1', resolve))
    try {
      const url = `http://127.0.0.1:${(mirror.address() as AddressInfo).port}`
      home = await openHome({
        home: folder,
        registryUrl: url,
        trustRoot: registry.trustRoot,
        now: () => new Date(clock),
      })
      await beforeRun()
      const { problem } = await home.trust.status()
      expect(problem).toMatchObject({ code: 'REGISTRY_REFUSED', message: expect.stringContaining(url) })
      expect(JSON.stringify(problem)).not.toMatch(/stolen|number/)
    } finally {
      mirror.close()
    }
  })

  it('a registry that falls silent holds a run up no longer than its patience', async () => {
    await install()
    clock += 60_000
    const silent = await openHome({
      home: folder,
      registryUrl: registry.url,
      trustRoot: registry.trustRoot,
      now: () => new Date(clock),
    })
    let asked = 0
    const trust = createRegistryTrust({
      paths: silent.paths,
      pinnedRoot: new Uint8Array(await readFile(registry.trustRoot)),
      registry: {
        url: registry.url,
        tuf: {
          open: () => {
            asked++
            return new Promise(() => {})
          },
        },
      },
      now: () => new Date(clock),
    })
    expect((await trust.revocations({ maxAgeMs: 15_000, patienceMs: 30 })).revocations).toEqual([])
    // Nor is it waited for again at each of the next steps.
    await trust.publishKeys({ maxAgeMs: 15_000, patienceMs: 600_000 })
    expect(asked).toBe(1)
  })
})

describe('freshness', () => {
  it('asks once for many who want to know at the same time, and not again within the age that will do', async () => {
    registry.requests.length = 0
    const asked = () => registry.requests.filter((path) => path.endsWith('/2.root.json')).length
    await Promise.all([home.trust.refresh(), home.trust.revocations(), home.trust.publishKeys()])
    expect(asked()).toBe(1)
    await home.trust.revocations({ maxAgeMs: 15_000 })
    expect(asked()).toBe(1)
    clock += 15_001
    await home.trust.revocations({ maxAgeMs: 15_000 })
    expect(asked()).toBe(2)
    await home.trust.refresh()
    expect(asked()).toBe(3)
    // Another process looks for itself: somebody starts it because something has changed.
    const other = await open()
    await other.trust.revocations({ maxAgeMs: 15_000 })
    expect(asked()).toBe(4)
    await other.trust.refresh({ retryAfterMs: 15_000 })
    expect(asked()).toBe(5)
    captivePortal(registry)
    await other.trust.refresh()
    expect(asked()).toBe(6)
    await other.trust.refresh({ retryAfterMs: 15_000 })
    expect(asked()).toBe(6)
    await other.trust.refresh()
    expect(asked()).toBe(7)
  })

  it('says what it knows without asking, and why when it knows nothing', async () => {
    registry.requests.length = 0
    expect(await home.trust.status()).toEqual({
      registry: registry.url,
      checkedAt: null,
      validUntil: null,
      problem: null,
      root: null,
      publishKeys: [],
    })
    expect(registry.requests).toEqual([])
    const heard: (string | null)[] = []
    home.trust.onStatus(({ validUntil }) => heard.push(validUntil))
    const status = await home.trust.refresh()
    expect(status).toMatchObject({
      checkedAt: new Date(clock).toISOString(),
      root: { version: 1, threshold: 2 },
      publishKeys: [{ keyid: key.keyid, status: 'active' }],
      problem: null,
    })
    expect(status.root?.keyids).toHaveLength(3)
    await expect.poll(() => heard).toEqual([status.validUntil])
    await home.trust.refresh()
    expect(heard).toHaveLength(1)
  })

  it('takes nobody at their word where no trust root is named', async () => {
    const trust = createRegistryTrust({ paths: home.paths, pinnedRoot: null, registry: home.registry })
    for (const work of [trust.refresh, trust.publishKeys, trust.lastKnownKeys])
      expect(await codeOf(work())).toBe('TRUST_ROOT_INVALID')
    expect((await trust.status()).problem?.code).toBe('TRUST_ROOT_INVALID')
  })
})

import { cp, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import pg from 'pg'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { packFolder } from '../../src/engine/package/pack.ts'
import { createRegistryClient } from '../../src/engine/registry-client/client.ts'
import { startEmbeddedDatabase } from '../../src/registry/db/embedded.ts'
import { renewRegistry, rotateRegistryKey } from '../../src/registry/key-rotation.ts'
import { createLog } from '../../src/registry/log.ts'
import { rotatableRoles } from '../../src/registry/rotatable-roles.ts'
import { startRegistry } from '../../src/registry/start.ts'
import { createRepository } from '../../src/registry/tuf/repository.ts'
import { renewOffline } from '../../src/registry/tuf/rotate.ts'
import {
  catalogPath,
  releasePath,
  revocationsPath,
  signingKeysPath,
} from '../../src/shared/signed-targets.ts'
import { chunksOf } from '../../src/trust/archive.ts'
import { readBundle } from '../../src/trust/bundle-format.ts'
import { sha256Hex } from '../../src/trust/digest.ts'
import { parsePublishKeys } from '../../src/trust/publish-keys.ts'
import { parseRevocations } from '../../src/trust/revocations.ts'
import { createTufClient, type TufSource } from '../../src/trust/tuf.ts'
import { verifyRelease } from '../../src/trust/verify-release.ts'
import { createJudge, metadataNames, type Judge } from '../support/registry-judge.ts'
import { packSample, startTestRegistry, type TestRegistry } from '../support/registry.ts'

const cleanups: (() => Promise<unknown>)[] = []
const silent = createLog(() => {})
const quiet = { demo: false, pack: packFolder, log: () => {} }
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

async function temporary(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'registry-'))
  cleanups.push(() => rm(folder, { recursive: true, force: true }))
  return folder
}

async function judgeOf(test: TestRegistry): Promise<Judge> {
  const judge = await createJudge(test.registry.url, test.registry.trustRoot)
  cleanups.push(() => judge.remove())
  return judge
}

async function publish(
  test: TestRegistry,
  slug: string,
  version = '1.0.0',
  changes: Parameters<typeof packSample>[0] = {},
): Promise<Uint8Array> {
  const tarball = await packSample({ slug, version, ...changes })
  const { id } = await test.admin.publish(tarball)
  await test.admin.approve(id, 'ok')
  return tarball
}

/** As whoever owns the database; the registry is stopped. */
async function asAdmin(dataDir: string, statements: string): Promise<void> {
  const database = await startEmbeddedDatabase(dataDir, silent)
  const admin = new pg.Client({ connectionString: database.adminUrl })
  await admin.connect()
  await admin.query(`set search_path = registry; ${statements}`)
  await admin.end()
  await database.stop()
}

const keysOf = async (judge: Judge) => parsePublishKeys((await judge.read(signingKeysPath))!)
const catalogOf = async (judge: Judge) =>
  Buffer.from((await judge.read(catalogPath))!)
    .toString('utf8')
    .match(/(?<=^\{"slug":")[^"]+/gm) ?? []

describe('what is served', () => {
  let test: TestRegistry
  beforeAll(async () => {
    test = await startTestRegistry()
    await publish(test, 'served-skill')
  })
  afterAll(() => test.remove())
  const get = (path: string, headers: Record<string, string> = {}, method = 'GET') =>
    fetch(test.registry.url + path, { headers, method })

  it('keeps everything but the timestamp for ever', async () => {
    const judge = await judgeOf(test)
    await judge.refresh()
    const names = await metadataNames(test.dataDir)
    expect(names.length).toBeGreaterThan(256)
    for (const name of ['timestamp.json', '1.root.json', '1.targets.json', '1.releases-00.json']) {
      const response = await get(`/tuf/metadata/${name}`)
      expect(response.headers.get('cache-control')).toContain(
        name === 'timestamp.json' ? 'no-cache' : 'immutable',
      )
      expect(Buffer.from(await response.arrayBuffer())).toEqual(
        await readFile(join(test.dataDir, 'tuf/metadata', name)),
      )
      const etag = response.headers.get('etag')!
      expect((await get(`/tuf/metadata/${name}`, { 'if-none-match': etag })).status).toBe(304)
    }
    expect((await get('/tuf/metadata/2.root.json')).status).toBe(404)
  })

  it('sends the catalog compressed to whoever takes it, under tags of their own', async () => {
    const raw = (path: string, headers: Record<string, string>, method = 'GET') =>
      new Promise<{ status: number; headers: NodeJS.Dict<string | string[]>; body: Buffer }>((resolve) => {
        const sent = request(test.registry.url + path, { headers, method }, async (response) => {
          const parts: Buffer[] = []
          for await (const part of response) parts.push(part as Buffer)
          resolve({ status: response.statusCode!, headers: response.headers, body: Buffer.concat(parts) })
        })
        sent.end()
      })
    const plain = await raw('/catalog.json', {})
    expect(JSON.parse(plain.body.toString())).toMatchObject({ schema: 1 })
    expect(plain.headers['content-encoding']).toBeUndefined()
    const path = `/tuf/targets/${sha256Hex(plain.body)}.catalog.json`
    const zipped = await raw(path, { 'accept-encoding': 'br;q=1, gzip;q=0.5' })
    expect(zipped.headers).toMatchObject({ 'content-encoding': 'gzip', vary: 'accept-encoding' })
    expect(gunzipSync(zipped.body)).toEqual(plain.body)
    expect(zipped.headers['etag']).not.toBe((await raw(path, {})).headers['etag'])
    expect((await raw(path, { 'accept-encoding': 'gzip;q=0' })).body).toEqual(plain.body)
    const head = await raw(path, {}, 'HEAD')
    expect(head).toMatchObject({ status: 200, body: Buffer.alloc(0) })
    expect(head.headers['content-length']).toBe(String(plain.body.length))
    expect((await raw(path, { 'if-none-match': plain.headers['etag'] as string })).status).toBe(304)
  })

  it('never leaves its folder', async () => {
    const send = (path: string) =>
      new Promise<number>((resolve, reject) => {
        const { hostname, port } = new URL(test.registry.url)
        const sent = request({ hostname, port, path }, (response) => {
          response.resume()
          resolve(response.statusCode!)
        })
        sent.on('error', reject)
        sent.end()
      })
    const secret = 'keys/online/timestamp.json'
    expect((await readFile(join(test.dataDir, secret), 'utf8')).length).toBeGreaterThan(0)
    for (const path of [
      `/tuf/metadata/../../${secret}`,
      `/tuf/metadata/..%2f..%2f${secret.replaceAll('/', '%2f')}`,
      `/tuf/targets/../../${secret}`,
      `/tuf/targets/..%2f..%2f${secret.replaceAll('/', '%2f')}`,
      `/tuf/targets/releases/%2e%2e/%2e%2e/%2e%2e/${secret}`,
      '/tuf/targets/releases/served-skill/',
      '/tuf/metadata/',
      '/tuf/metadata/.json',
      '/tuf/metadata/1.root.json%00',
      '/tuf/targets//etc/passwd',
      '/tuf/metadata/timestamp.json/',
    ])
      expect([path, await send(path)]).toEqual([path, 404])
  })
})

describe('a bundle', () => {
  it('holds all that it takes to judge a release without a network', async () => {
    const test = await startTestRegistry()
    cleanups.push(() => test.remove())
    const pinnedRoot = new Uint8Array(await readFile(test.registry.trustRoot))
    const tarball = await publish(test, 'packed-skill')
    await rotateRegistryKey({ dataDir: test.dataDir }, { role: 'root', compromised: false })
    const bundle = await readBundle(await test.read('/releases/packed-skill/1.0.0.skillet'))
    // Our own client, with nothing but the root that it pinned before and the bundle.
    const client = createTufClient({
      folder: join(await temporary(), 'trust'),
      pinnedRoot,
      essential: [signingKeysPath, revocationsPath],
    })
    const source: TufSource = {
      async open(kind, name) {
        const bytes = bundle[kind === 'target' ? 'targets' : kind].get(name)
        return bytes === undefined ? null : chunksOf(bytes)
      },
    }
    expect(await client.refresh(source)).toMatchObject({ rootVersion: 2 })
    const proved = await client.fetch(releasePath('packed-skill', '1.0.0'), source)
    expect(new Uint8Array(await readFile(proved))).toEqual(bundle.release)
    expect(Buffer.from(bundle.payload)).toEqual(Buffer.from(tarball))
    expect(bundle.release).toEqual(await test.envelope('packed-skill', '1.0.0'))
    const names = [...bundle.metadata.keys()].map((name) =>
      name.replace(/\d+\./, '').replace(/-\w\w\./, '-xx.'),
    )
    expect(names.sort()).toEqual([
      'registry.json',
      'releases-xx.json',
      'releases.json',
      'root.json',
      'root.json',
      'snapshot.json',
      'targets.json',
      'timestamp.json',
    ])
    expect([...bundle.targets.keys()].map((name) => name.replace(/[0-9a-f]{64}/, 'SHA')).sort()).toEqual([
      'SHA.revocations.json',
      'SHA.signing-keys.json',
      'releases/packed-skill/SHA.1.0.0.dsse.json',
    ])
    const anywhere = async (kind: 'metadata' | 'targets', name: string) =>
      new Uint8Array(await readFile(join(test.dataDir, 'tuf', kind, name)))
    for (const kind of ['metadata', 'targets'] as const)
      for (const [name, bytes] of bundle[kind]) expect(await anywhere(kind, name)).toEqual(bytes)
  })

  it('is refused for what was withdrawn, is not there, or needs another plan', async () => {
    const test = await startTestRegistry()
    cleanups.push(() => test.remove())
    await publish(test, 'paid-skill', '1.0.0', { tier: 'operator' })
    await publish(test, 'bad-skill')
    const file = (slug: string) => `/releases/${slug}/1.0.0.skillet`
    await expect(test.read(file('paid-skill'))).rejects.toMatchObject({ code: 'TIER_REQUIRED' })
    const { key } = await test.mint({ account: 'paid', tier: 'pro_plus' })
    const paid = await fetch(test.registry.url + file('paid-skill'), { headers: { 'x-api-key': key } })
    expect(paid.status).toBe(200)
    expect((await readBundle(new Uint8Array(await paid.arrayBuffer()))).payload.length).toBeGreaterThan(100)
    await test.admin.revoke({
      slug: 'bad-skill',
      version: '1.0.0',
      reason: 'It leaked keys.',
      severity: 'high',
      rotate: [],
    })
    await expect(test.read(file('bad-skill'))).rejects.toMatchObject({
      code: 'REVOKED',
      message: expect.stringContaining('It leaked keys.'),
    })
    await expect(test.read(file('no-skill'))).rejects.toMatchObject({ code: 'NOT_FOUND' })
  })
})

describe('rotating keys', () => {
  it('goes on for clients and for the running registry, whichever key it is', async () => {
    const test = await startTestRegistry()
    cleanups.push(() => test.remove())
    await publish(test, 'first-skill')
    const judge = await judgeOf(test)
    await judge.refresh()
    for (const role of rotatableRoles) {
      const before = (await test.admin.signingKey()).fingerprint
      const done = await rotateRegistryKey({ dataDir: test.dataDir }, { role, compromised: false })
      expect(done).toMatchObject({ role, signedAgain: [], trustRoot: test.registry.trustRoot })
      await publish(test, `after-${role}`)
      expect(await catalogOf(judge)).toContain(`after-${role}`)
      for (const slug of ['first-skill', `after-${role}`]) {
        const envelope = await judge.read(releasePath(slug, '1.0.0'))
        verifyRelease(envelope!, await keysOf(judge), { slug, version: '1.0.0' })
      }
      const { fingerprint } = await test.admin.signingKey()
      expect(fingerprint).toBe(role === 'publish' ? done.fingerprint : before)
    }
    expect((await keysOf(judge)).keys.map(({ status }) => status)).toEqual(['active', 'retired'])
    const { rootVersion } = await renewRegistry({ dataDir: test.dataDir })
    expect(JSON.parse(await readFile(test.registry.trustRoot, 'utf8'))).toMatchObject({
      signed: { version: rootVersion },
    })
    // New clients pin the newest root.
    expect(await catalogOf(await judgeOf(test))).toContain('first-skill')
  })

  it('takes everything from a stolen signing key, and signs the same releases again', async () => {
    const dataDir = await temporary()
    const one = await startTestRegistry({ dataDir })
    await publish(one, 'good-skill')
    await publish(one, 'good-skill', '1.1.0')
    await publish(one, 'bad-skill')
    await one.admin.revoke({ slug: 'bad-skill', version: '*', reason: 'x', severity: 'high', rotate: [] })
    const judge = await judgeOf(one)
    const old = (await judge.read(releasePath('good-skill', '1.0.0')))!
    const before = verifyRelease(old, await keysOf(judge))
    await one.registry.stop()

    // Stopped, with the offline keys somewhere else.
    const usb = await temporary()
    await cp(join(dataDir, 'keys/offline'), join(usb, 'keys'), { recursive: true })
    await rm(join(dataDir, 'keys/offline'), { recursive: true })
    await expect(
      rotateRegistryKey({ dataDir, log: () => {} }, { role: 'publish', compromised: true }),
    ).rejects.toMatchObject({ code: 'NOT_FOUND' })
    const done = await rotateRegistryKey(
      { dataDir, offlineKeys: join(usb, 'keys'), log: () => {} },
      { role: 'publish', compromised: true },
    )
    expect(done.signedAgain).toHaveLength(2)
    expect(done.delisted).toEqual([])

    const two = await startTestRegistry({ dataDir })
    cleanups.push(() => two.registry.stop())
    expect(two.registry.offlineKeys).toBeNull()
    const reader = await judgeOf(two)
    const keys = await keysOf(reader)
    expect(keys.keys.map(({ status }) => status)).toEqual(['active', 'compromised'])
    expect(await (await fetch(`${two.registry.url}/api/signing-keys`)).json()).toEqual({ keys: keys.keys })
    expect(() => verifyRelease(old, keys)).toThrow(expect.objectContaining({ code: 'SIGNER_UNTRUSTED' }))
    for (const version of ['1.0.0', '1.1.0']) {
      const listed = (await reader.read(releasePath('good-skill', version)))!
      expect(verifyRelease(listed, keys, { slug: 'good-skill', version }).keyid).toBe(done.fingerprint)
      expect(await two.envelope('good-skill', version)).toEqual(listed)
    }
    const again = verifyRelease((await reader.read(releasePath('good-skill', '1.0.0')))!, keys)
    expect(again.release).toEqual(before.release)
    expect(await reader.read(releasePath('bad-skill', '1.0.0'))).toBeNull()
    await publish(two, 'next-skill')
    expect(await reader.read(releasePath('next-skill', '1.0.0'))).not.toBeNull()

    // A key that was only retired turns out to be stolen as well.
    const place = { dataDir, offlineKeys: join(usb, 'keys') }
    const quietly = { role: 'publish' as const, compromised: false }
    await rotateRegistryKey(place, quietly)
    // By another key, which nobody stole.
    await publish(two, 'last-skill')
    const untouched = await two.envelope('last-skill', '1.0.0')
    await expect(
      rotateRegistryKey(place, { ...quietly, compromised: true, key: 'a'.repeat(64) }),
    ).rejects.toMatchObject({ code: 'INPUT_INVALID' })
    const late = await rotateRegistryKey(place, { ...quietly, compromised: true, key: done.fingerprint })
    expect(late.signedAgain.map(({ slug }) => slug)).toEqual(['good-skill', 'good-skill', 'next-skill'])
    expect(await two.envelope('last-skill', '1.0.0')).toEqual(untouched)
    const last = await keysOf(reader)
    expect(last.keys.map(({ status }) => status)).toEqual(['active', 'retired', 'compromised', 'compromised'])
    expect(verifyRelease((await reader.read(releasePath('next-skill', '1.0.0')))!, last).keyid).toBe(
      late.fingerprint,
    )
  })

  it('gets a registry going again whose keys are lost', async () => {
    const dataDir = await temporary()
    const one = await startTestRegistry({ dataDir })
    await publish(one, 'first-skill')
    await one.registry.stop()
    for (const [role, file] of [
      ['publish', 'signing-key'],
      ['timestamp', 'online/timestamp'],
      ['releases', 'online/releases'],
    ] as const) {
      await rm(join(dataDir, 'keys', `${file}.json`))
      if (role === 'publish')
        await expect(startRegistry({ ...quiet, dataDir })).rejects.toMatchObject({
          code: 'STORE_DAMAGED',
          remedy: expect.stringContaining('rotate-key publish'),
        })
      await rotateRegistryKey({ dataDir }, { role, compromised: false })
    }
    const two = await startTestRegistry({ dataDir })
    cleanups.push(() => two.registry.stop())
    await publish(two, 'second-skill')
    const judge = await judgeOf(two)
    for (const slug of ['first-skill', 'second-skill'])
      verifyRelease((await judge.read(releasePath(slug, '1.0.0')))!, await keysOf(judge))
  })

  it('refuses a folder that holds no registry', async () => {
    await expect(
      rotateRegistryKey({ dataDir: await temporary() }, { role: 'root', compromised: false }),
    ).rejects.toMatchObject({ code: 'NOT_FOUND' })
  })
})

describe('a thief of the whole server', () => {
  it('gets nothing signed that only the database says', async () => {
    const dataDir = await temporary()
    const one = await startTestRegistry({ dataDir })
    await publish(one, 'good-skill')
    const honest = await one.envelope('good-skill', '1.0.0')
    await one.registry.stop()
    const forged = JSON.parse(Buffer.from(honest).toString()) as { payload: string }
    const payload = JSON.parse(Buffer.from(forged.payload, 'base64').toString()) as {
      review: { comment: string }
    }
    payload.review.comment = 'Written by whoever can write to the database.'
    forged.payload = Buffer.from(JSON.stringify(payload)).toString('base64')
    await asAdmin(dataDir, `update envelopes set envelope = '${JSON.stringify(forged)}'`)

    const rotate = { role: 'publish' as const, compromised: true }
    const { signedAgain } = await rotateRegistryKey({ dataDir, log: () => {} }, rotate)
    expect(signedAgain).toMatchObject([{ slug: 'good-skill', version: '1.0.0' }])
    const two = await startTestRegistry({ dataDir })
    const judge = await judgeOf(two)
    const { release } = verifyRelease(
      (await judge.read(releasePath('good-skill', '1.0.0')))!,
      await keysOf(judge),
    )
    expect(release.review.comment).toBe('ok')
    await two.registry.stop()

    // Listed by digest, and in the database with that digest: still not what the key signed.
    const bytes = Buffer.from(JSON.stringify(forged))
    await asAdmin(
      dataDir,
      `update envelopes set envelope = '${bytes.toString()}', sha256 = '${sha256Hex(bytes)}', size = ${bytes.length}`,
    )
    await expect(rotateRegistryKey({ dataDir, log: () => {} }, rotate)).rejects.toMatchObject({
      code: 'STORE_DAMAGED',
      message: expect.stringContaining('good-skill 1.0.0'),
      remedy: expect.stringContaining('revoke good-skill@1.0.0'),
    })
  })

  it('keeps nothing listed that was published since then', async () => {
    const dataDir = await temporary()
    const one = await startTestRegistry({ dataDir })
    await publish(one, 'good-skill')
    await publish(one, 'both-skill')
    await publish(one, 'late-skill')
    const since = new Date()
    await publish(one, 'both-skill', '6.6.6')
    await publish(one, 'thief-skill')
    // The later of the two dates counts: a thief of the key writes into the release, one of the database there.
    const later = new Date(since.getTime() + 3_600_000).toISOString()
    await one.sql(`update releases set published_at = '2020-01-01' where slug = 'thief-skill' returning slug`)
    await one.sql(`update releases set published_at = $1 where slug = 'late-skill' returning slug`, [later])
    const place = { dataDir, log: () => {} }
    const { signedAgain, delisted } = await rotateRegistryKey(place, {
      role: 'publish',
      compromised: true,
      since,
    })
    const names = (list: typeof delisted) => list.map(({ slug, version }) => `${slug}@${version}`)
    expect(names(signedAgain)).toEqual(['good-skill@1.0.0', 'both-skill@1.0.0'])
    expect(names(delisted)).toEqual(['thief-skill@1.0.0', 'both-skill@6.6.6', 'late-skill@1.0.0'])
    expect(delisted.every(({ publishedAt }) => Date.parse(publishedAt) >= since.getTime())).toBe(true)

    const judge = await judgeOf(one)
    const expectDelisted = async (test: TestRegistry) => {
      for (const path of [releasePath('both-skill', '6.6.6'), releasePath('thief-skill', '1.0.0')])
        expect([path, await judge.read(path)]).toEqual([path, null])
      expect(await judge.read(releasePath('both-skill', '1.0.0'))).not.toBeNull()
      const catalog = await test.catalog()
      expect(catalog.find(({ slug }) => slug === 'both-skill')?.version).toBe('1.0.0')
      expect(catalog.find(({ slug }) => slug === 'thief-skill')).toBeUndefined()
      await expect(test.admin.access('thief-skill')).rejects.toMatchObject({ code: 'NOT_FOUND' })
    }
    await expectDelisted(one)
    // Neither what the running registry remembers nor a start brings it back; a new version does.
    await publish(one, 'next-skill')
    await expectDelisted(one)
    await publish(one, 'both-skill', '6.6.7')
    expect((await one.catalog()).find(({ slug }) => slug === 'both-skill')?.version).toBe('6.6.7')
    expect(await judge.read(releasePath('both-skill', '6.6.6'))).toBeNull()
    await one.registry.stop()
    await asAdmin(dataDir, `delete from envelopes where slug = 'both-skill' and version = '6.6.7'`)
    const two = await startTestRegistry({ dataDir })
    cleanups.push(() => two.registry.stop())
    expect((await two.catalog()).find(({ slug }) => slug === 'both-skill')?.version).toBe('1.0.0')
  })
})

describe('withdrawals', () => {
  const revokedIn = async (judge: Judge) =>
    parseRevocations((await judge.read(revocationsPath))!).revocations.map(
      ({ slug, version }) => `${slug}@${version}`,
    )
  const withdraw = (test: TestRegistry, slug: string, version = '1.0.0') =>
    test.admin.revoke({ slug, version, reason: 'It sends files away.', severity: 'high', rotate: ['KEY'] })

  it('are not taken back by a database from a backup, whatever its numbers', async () => {
    const dataDir = await temporary()
    const one = await startTestRegistry({ dataDir })
    for (const slug of ['bad-skill', 'gone-skill', 'good-skill']) await publish(one, slug)
    await withdraw(one, 'bad-skill')
    await withdraw(one, 'gone-skill', '*')
    await one.registry.stop()
    // As before both withdrawals and before gone-skill, with the numbers that later ones will get again.
    await asAdmin(
      dataDir,
      `delete from revocations; alter sequence revocations_serial_seq restart;
       delete from envelopes where slug = 'gone-skill'; delete from releases where slug = 'gone-skill';
       delete from skills where slug = 'gone-skill'`,
    )
    const two = await startTestRegistry({ dataDir })
    cleanups.push(() => two.registry.stop())
    const judge = await judgeOf(two)
    expect(await revokedIn(judge)).toEqual(['bad-skill@1.0.0', 'gone-skill@*'])
    expect(await judge.read(releasePath('bad-skill', '1.0.0'))).toBeNull()
    expect(await catalogOf(judge)).toEqual(['good-skill'])
    expect(two.log.filter((line) => line.includes('revocations.missing_in_database'))).toHaveLength(2)
    expect(
      await two.read('/releases/bad-skill/1.0.0.skillet').catch((error: unknown) => error),
    ).toMatchObject({
      code: 'REVOKED',
    })
    // The skill that the database lost comes again, and stays withdrawn.
    await publish(two, 'gone-skill')
    await withdraw(two, 'good-skill')
    expect(await revokedIn(judge)).toEqual(['bad-skill@1.0.0', 'gone-skill@*', 'good-skill@1.0.0'])
    expect(await judge.read(releasePath('gone-skill', '1.0.0'))).toBeNull()
    expect(await catalogOf(judge)).toEqual([])
  })

  it('are not exchanged for others with the same number while the registry runs', async () => {
    const host = await startEmbeddedDatabase(await temporary(), silent)
    cleanups.push(() => host.stop())
    const test = await startTestRegistry({ databaseUrl: host.adminUrl })
    cleanups.push(() => test.remove())
    for (const slug of ['bad-skill', 'good-skill']) await publish(test, slug)
    await withdraw(test, 'bad-skill')
    const admin = new pg.Client({ connectionString: host.adminUrl })
    await admin.connect()
    await admin.query(`update registry.revocations set slug = 'good-skill'`)
    await admin.end()
    await publish(test, 'next-skill')
    const judge = await judgeOf(test)
    expect(await revokedIn(judge)).toEqual(['bad-skill@1.0.0', 'good-skill@1.0.0'])
    expect(await catalogOf(judge)).toEqual(['next-skill'])
    expect(await judge.read(releasePath('bad-skill', '1.0.0'))).toBeNull()
  })
})

describe('starting', () => {
  it('takes over a folder from before there were signed lists', async () => {
    const dataDir = await temporary()
    const one = await startTestRegistry({ dataDir })
    await publish(one, 'old-skill')
    await publish(one, 'old-skill', '2.0.0')
    await publish(one, 'gone-skill')
    await one.admin.revoke({ slug: 'gone-skill', version: '*', reason: 'x', severity: 'high', rotate: [] })
    const envelope = await one.envelope('old-skill', '2.0.0')
    const { fingerprint } = await one.admin.signingKey()
    await one.registry.stop()
    // As 0.1.0 left it.
    await asAdmin(
      dataDir,
      `alter table releases add column envelope text;
       update releases set envelope = e.envelope from envelopes e
         where e.slug = releases.slug and e.version = releases.version;
       alter table releases alter column envelope set not null;
       drop table envelopes; drop index releases_by_alternative; drop index revocations_by_slug;
       delete from migrations where name = '002-envelopes'`,
    )
    for (const part of ['tuf', 'keys/offline', 'keys/online'])
      await rm(join(dataDir, part), { recursive: true })
    await writeFile(one.registry.trustRoot, '{"schema":1,"keys":[]}\n')

    const two = await startTestRegistry({ dataDir })
    cleanups.push(() => two.registry.stop())
    const judge = await judgeOf(two)
    expect(await judge.read(releasePath('old-skill', '2.0.0'))).toEqual(envelope)
    expect(await judge.read(releasePath('old-skill', '1.0.0'))).not.toBeNull()
    expect(await judge.read(releasePath('gone-skill', '1.0.0'))).toBeNull()
    expect(await catalogOf(judge)).toEqual(['old-skill'])
    expect((await keysOf(judge)).keys[0]).toMatchObject({ keyid: fingerprint, status: 'active' })
    await publish(two, 'new-skill')
    expect(await catalogOf(judge)).toEqual(['new-skill', 'old-skill'])
  })

  it('lists what a killed registry had in its database only', async () => {
    const dataDir = await temporary()
    const one = await startTestRegistry({ dataDir })
    await publish(one, 'first-skill')
    const judge = await judgeOf(one)
    await judge.refresh()
    const before = join(await temporary(), 'tuf')
    await cp(join(dataDir, 'tuf'), before, { recursive: true })
    await publish(one, 'second-skill')
    await one.admin.revoke({
      slug: 'first-skill',
      version: '1.0.0',
      reason: 'x',
      severity: 'low',
      rotate: [],
    })
    await one.registry.stop()
    // As if killed between the database and the lists, twice.
    await rm(join(dataDir, 'tuf'), { recursive: true })
    await rename(before, join(dataDir, 'tuf'))

    const two = await startTestRegistry({ dataDir })
    cleanups.push(() => two.registry.stop())
    const reader = await judgeOf(two)
    expect(await reader.read(releasePath('second-skill', '1.0.0'))).toEqual(
      await two.envelope('second-skill', '1.0.0'),
    )
    expect(await reader.read(releasePath('first-skill', '1.0.0'))).toBeNull()
    expect(await catalogOf(reader)).toEqual(['second-skill'])
  })

  it('lists no more than a database that came back from a backup says', async () => {
    const dataDir = await temporary()
    const one = await startTestRegistry({ dataDir })
    await publish(one, 'first-skill')
    await publish(one, 'second-skill')
    await one.registry.stop()
    await asAdmin(
      dataDir,
      `delete from envelopes where slug = 'second-skill'; delete from releases where slug = 'second-skill'`,
    )
    const two = await startTestRegistry({ dataDir })
    cleanups.push(() => two.registry.stop())
    const judge = await judgeOf(two)
    expect(await judge.read(releasePath('second-skill', '1.0.0'))).toBeNull()
    expect(await catalogOf(judge)).toEqual(['first-skill'])
  })

  it('signs a timestamp of more than an hour ago anew, and says what runs out', async () => {
    const dataDir = await temporary()
    const one = await startTestRegistry({ dataDir })
    await one.registry.stop()
    const past = (hours: number) => () => new Date(Date.now() - hours * 3_600_000)
    const repository = await createRepository({
      dataDir,
      publishKeys: () => Promise.reject(new Error('It is not asked again.')),
      now: past(2),
    })
    await repository.commit({})
    const { version } = (await repository.state()).timestamp

    const two = await startTestRegistry({ dataDir })
    const judge = await judgeOf(two)
    await judge.refresh()
    expect(await judge.version('timestamp')).toBe(version + 1)
    expect(JSON.parse(Buffer.from(await two.read('/status')).toString())).toMatchObject({ warnings: [] })
    await two.registry.stop()

    const shorter = await createRepository({
      dataDir,
      publishKeys: () => Promise.reject(new Error('It is not asked again.')),
      lifetimes: { targets: 20 },
    })
    const keys = join(dataDir, 'keys')
    await renewOffline(shorter, { dataDir, online: join(keys, 'online'), offline: join(keys, 'offline') })
    const three = await startTestRegistry({ dataDir })
    cleanups.push(() => three.registry.stop())
    expect(JSON.parse(Buffer.from(await three.read('/status')).toString())).toMatchObject({
      status: 'ok',
      warnings: [expect.stringContaining('"targets" runs out in')],
    })
    expect(three.log.join('\n')).toContain('trust.runs_out')
  })
})

it('lets two registries on one database and one folder publish at once', async () => {
  const host = await startEmbeddedDatabase(await temporary(), silent)
  cleanups.push(() => host.stop())
  const one = await startTestRegistry({ databaseUrl: host.adminUrl })
  cleanups.push(() => one.remove())
  const other = await startRegistry({ ...quiet, dataDir: one.dataDir, databaseUrl: host.adminUrl })
  cleanups.push(() => other.stop())
  const place = { dataDir: one.dataDir }
  await expect(rotateRegistryKey(place, { role: 'publish', compromised: false })).rejects.toMatchObject({
    code: 'INPUT_INVALID',
    remedy: expect.stringContaining('--database'),
  })
  const admins = [one.admin, createRegistryClient({ url: other.url, apiKey: one.adminKey })]
  const slugs = Array.from({ length: 12 }, (_, skill) => `skill-${String(skill).padStart(2, '0')}`)
  await Promise.all(
    slugs.map(async (slug, index) => {
      const admin = admins[index % 2]!
      const { id } = await admin.publish(await packSample({ slug }))
      await admin.approve(id, 'ok')
      if (index % 6 === 5)
        await admin.revoke({ slug, version: '1.0.0', reason: 'x', severity: 'low', rotate: [] })
    }),
  )
  const gone = ['skill-05', 'skill-11']
  for (const url of [one.registry.url, other.url]) {
    const judge = await createJudge(url, one.registry.trustRoot)
    cleanups.push(() => judge.remove())
    expect(await catalogOf(judge)).toEqual(slugs.filter((slug) => !gone.includes(slug)))
    await rotateRegistryKey({ ...place, databaseUrl: host.adminUrl }, { role: 'publish', compromised: false })
    for (const slug of slugs)
      expect([slug, (await judge.read(releasePath(slug, '1.0.0'))) === null]).toEqual([
        slug,
        gone.includes(slug),
      ])
    expect(JSON.parse(Buffer.from((await judge.read(revocationsPath))!).toString()).revocations).toHaveLength(
      2,
    )
  }
})

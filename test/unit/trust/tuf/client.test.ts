import { createHash, createPublicKey } from 'node:crypto'
import { cp, mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { canonicalize } from '@tufjs/canonical-json'
import { Key, Metadata, MetadataKind, type Root } from '@tufjs/models'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { SkilletError } from '../../../../src/shared/errors.ts'
import { createTufClient, type TufSource } from '../../../../src/trust/tuf.ts'
import { verifyByNobleLeniently } from '../../../support/ed25519/noble.ts'
import { createTufKey, createTufRepository, forge, sourceOf } from '../../../support/tuf-repository.ts'
import { codeOf } from '../code.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'skillet-tuf-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const essential = ['signing-keys.json', 'revocations.json']
const bin = 'releases/a/1.0.0.dsse.json'

function createRegistry() {
  const repo = createTufRepository()
  repo.delegate('registry', { paths: ['catalog.json', 'revocations.json'] })
  repo.delegate('bin', {
    hashPrefixes: ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'],
  })
  repo.put('targets', 'signing-keys.json', 'keys')
  repo.put('registry', 'revocations.json', 'none')
  repo.put('registry', 'catalog.json', 'skills')
  repo.put('bin', bin, 'release')
  repo.publish()
  return repo
}

const pinned = (repo: ReturnType<typeof createTufRepository>) => repo.files.get('metadata/1.root.json')!
const clientOf = (repo: ReturnType<typeof createTufRepository>, where = folder) =>
  createTufClient({ folder: where, pinnedRoot: pinned(repo), essential })
function pemOf(hex: string): string {
  const key = { kty: 'OKP', crv: 'Ed25519', x: Buffer.from(hex, 'hex').toString('base64url') }
  return createPublicKey({ key, format: 'jwk' }).export({ type: 'spki', format: 'pem' }).toString()
}
const read = async (path: Promise<string>) => readFile(await path, 'utf8')

describe('refresh and load', () => {
  it('bring what verified metadata says, and keep it for the next start', async () => {
    const repo = createRegistry()
    const client = clientOf(repo)
    expect(await client.load()).toBeNull()
    const state = await client.refresh(repo.source)
    expect(state).toMatchObject({
      rootVersion: 1,
      timestampVersion: 2,
      signedAt: null,
      root: { threshold: 1 },
    })
    expect(state.root.keyids).toEqual(repo.top.root.keys.map(({ id }) => id))
    expect(await clientOf(repo).load()).toEqual(state)
  })

  it('cost two requests and less than 4 KB when nothing has changed', async () => {
    const repo = createRegistry()
    const client = clientOf(repo)
    await client.refresh(repo.source)
    const served = repo.bytesServed()
    repo.requests.length = 0
    await client.refresh(repo.source)
    expect(repo.requests).toEqual(['metadata/2.root.json', 'metadata/timestamp.json'])
    expect(repo.bytesServed() - served).toBeLessThan(4096)
  })

  it('ask for no more than what has changed', async () => {
    const repo = createRegistry()
    const client = clientOf(repo)
    await client.refresh(repo.source)
    repo.put('bin', 'releases/b/1.0.0.dsse.json', 'another')
    repo.publish('bin', 'snapshot', 'timestamp')
    repo.requests.length = 0
    await client.refresh(repo.source)
    expect(repo.requests).toEqual([
      'metadata/2.root.json',
      'metadata/timestamp.json',
      'metadata/3.snapshot.json',
    ])
  })

  it("give the source's own failure as it is, and keep what was in force", async () => {
    const repo = createRegistry()
    const client = clientOf(repo)
    const state = await client.refresh(repo.source)
    const down: TufSource = {
      open: () => Promise.reject(new SkilletError('REGISTRY_UNREACHABLE', 'No connection.')),
    }
    expect(await codeOf(client.refresh(down))).toBe('REGISTRY_UNREACHABLE')
    expect(await client.load()).toEqual(state)
  })

  it('of new roots alone: what replaced keys signed no longer counts, all else does', async () => {
    const repo = createRegistry()
    const client = clientOf(repo)
    const state = await client.refresh(repo.source)
    const rootsOnly = () => sourceOf(new Map([...repo.files].filter(([name]) => name.endsWith('root.json'))))

    repo.rotate('root')
    expect(await codeOf(client.refresh(rootsOnly()))).toBe('METADATA_INVALID')
    expect(await client.load()).toMatchObject({ rootVersion: 2, timestampVersion: state.timestampVersion })

    repo.rotate('timestamp')
    expect(await codeOf(client.refresh(rootsOnly()))).toBe('METADATA_INVALID')
    for (const one of [client, clientOf(repo)])
      await expect(one.load()).rejects.toMatchObject({
        code: 'METADATA_INVALID',
        remedy: 'Connect to the internet and try again.',
      })
    repo.publish('timestamp')
    expect(await client.refresh(repo.source)).toMatchObject({ rootVersion: 3 })
    expect(await clientOf(repo).load()).toMatchObject({ rootVersion: 3 })
  })

  it('follow a chain of roots of any length in one go', async () => {
    const repo = createRegistry()
    for (let count = 0; count < 300; count++) repo.rotate('root')
    repo.publish('timestamp')
    const state = await clientOf(repo).refresh(repo.source)
    expect(state.rootVersion).toBe(301)
    expect(state.root.keyids).toEqual(repo.top.root.keys.map(({ id }) => id))
  }, 60_000)

  it('refuse a pinned root that is none', async () => {
    const repo = createRegistry()
    const unsigned = forge(pinned(repo), () => undefined, [createTufKey()])
    for (const pinnedRoot of [
      new Uint8Array(),
      Buffer.from('{}'),
      repo.files.get('metadata/timestamp.json')!,
      unsigned,
    ]) {
      const client = createTufClient({ folder, pinnedRoot })
      expect(await codeOf(client.refresh(repo.source))).toBe('TRUST_ROOT_INVALID')
      expect(await codeOf(client.load())).toBe('TRUST_ROOT_INVALID')
    }
    expect(repo.requests).toEqual([])
  })

  it("refuse another registry's folder", async () => {
    const [one, other] = [createRegistry(), createRegistry()]
    await clientOf(one).refresh(one.source)
    expect(await codeOf(clientOf(other).refresh(other.source))).toBe('TRUST_ROOT_INVALID')
    expect(await codeOf(clientOf(other).load())).toBe('TRUST_ROOT_INVALID')
  })
})

describe('a refresh after one that was complete', () => {
  it('asks for the next root and the timestamp at once', async () => {
    const repo = createRegistry()
    const client = clientOf(repo)
    await client.refresh(repo.source)
    let both = () => {}
    const bothAsked = new Promise<void>((resolve) => (both = resolve))
    const source: TufSource = {
      async open(kind, name) {
        if (name === 'timestamp.json') both()
        await bothAsked
        return repo.source.open(kind, name)
      },
    }
    expect((await client.refresh(source)).timestampVersion).toBe(repo.top.timestamp.version)
  })

  it('asks for the timestamp again where another root came with it', async () => {
    const repo = createRegistry()
    const client = clientOf(repo)
    await client.refresh(repo.source)
    const before = sourceOf(repo.freeze())
    repo.rotate('timestamp')
    repo.publish('timestamp')
    let asked = 0
    const source: TufSource = {
      open: (kind, name) =>
        (name === 'timestamp.json' && asked++ === 0 ? before : repo.source).open(kind, name),
    }
    expect(await client.refresh(source)).toMatchObject({
      rootVersion: 2,
      timestampVersion: repo.top.timestamp.version,
    })
    expect(asked).toBe(2)
  })

  it('judges the same bytes by the clock each time', async () => {
    let moment = new Date()
    const repo = createTufRepository()
    repo.setTimestampExtra({ 'x-signed-at': moment.toISOString() })
    repo.publish()
    const client = createTufClient({ folder, pinnedRoot: repo.root(), now: () => moment })
    await client.refresh(repo.source)
    const start = moment.getTime()
    moment = new Date(start + 8 * 86_400_000)
    expect(await codeOf(client.refresh(repo.source))).toBe('METADATA_EXPIRED')
    moment = new Date(start - 2 * 86_400_000)
    expect(await codeOf(client.refresh(repo.source))).toBe('CLOCK_WRONG')
    moment = new Date(start)
    expect(await codeOf(client.refresh(repo.source))).toBe('returned')
  })

  it('heeds a newer timestamp that somebody else verified here and could not complete', async () => {
    const repo = createRegistry()
    const client = clientOf(repo)
    await client.refresh(repo.source)
    const before = sourceOf(repo.freeze())
    repo.publish()
    const cut = sourceOf(new Map([...repo.files].filter(([name]) => !name.endsWith('.snapshot.json'))))
    expect(await codeOf(clientOf(repo).refresh(cut))).toBe('METADATA_INVALID')
    expect(await codeOf(client.refresh(before))).toBe('METADATA_ROLLBACK')
    expect(await codeOf(client.refresh(before))).toBe('METADATA_ROLLBACK')
    expect(await codeOf(client.refresh(repo.source))).toBe('returned')
  })
})

describe('find and fetch', () => {
  it('need no connection for what is essential and what was fetched before', async () => {
    const repo = createRegistry()
    await clientOf(repo).refresh(repo.source)
    const later = clientOf(repo)
    expect(await read(later.fetch('revocations.json', null))).toBe('none')
    expect(await read(later.fetch('signing-keys.json', null))).toBe('keys')
    expect(await codeOf(later.find(bin, null))).toBe('METADATA_INVALID')
    expect(await codeOf(later.fetch('catalog.json', null))).toBe('METADATA_INVALID')

    expect(await read(later.fetch(bin, repo.source))).toBe('release')
    const offline = clientOf(repo)
    expect(await read(offline.fetch(bin, null))).toBe('release')
    const sha256 = createHash('sha256').update('release').digest('hex')
    expect(await offline.find(bin, null)).toEqual({ path: bin, length: 7, sha256 })
  })

  it('say so where nothing was refreshed yet, and where no role vouches', async () => {
    const repo = createRegistry()
    const client = clientOf(repo)
    expect(await codeOf(client.find(bin, repo.source))).toBe('METADATA_INVALID')
    await client.refresh(repo.source)
    expect(await client.find('releases/a/2.0.0.dsse.json', repo.source)).toBeNull()
    expect(await codeOf(client.fetch('releases/a/2.0.0.dsse.json', repo.source))).toBe('NOT_FOUND')
  })

  it('are not led astray by names that objects have of their own', async () => {
    const repo = createRegistry()
    const client = clientOf(repo)
    await client.refresh(repo.source)
    for (const path of ['constructor', '__proto__', 'toString'])
      expect(await client.find(path, repo.source)).toBeNull()
  })

  it('fetch once for many who ask at once', async () => {
    const repo = createRegistry()
    const client = clientOf(repo)
    await client.refresh(repo.source)
    repo.requests.length = 0
    const paths = await Promise.all(
      Array.from({ length: 8 }, () => client.fetch('catalog.json', repo.source)),
    )
    expect(new Set(paths).size).toBe(1)
    expect(repo.requests.filter((name) => name.startsWith('target/'))).toHaveLength(1)
  })

  it('fetch again what somebody changed on this disk', async () => {
    const repo = createRegistry()
    const client = clientOf(repo)
    await client.refresh(repo.source)
    const path = await client.fetch('revocations.json', null)
    await writeFile(path, 'NONE')
    expect(await codeOf(client.fetch('revocations.json', null))).toBe('METADATA_INVALID')
    await client.refresh(repo.source)
    expect(await read(client.fetch('revocations.json', null))).toBe('none')
  })

  it('remove other contents of a path, but never the one in force', async () => {
    const repo = createRegistry()
    const client = clientOf(repo)
    await client.refresh(repo.source)
    await client.fetch('catalog.json', repo.source)
    repo.put('registry', 'catalog.json', 'more skills')
    repo.put('registry', 'revocations.json', 'one')
    repo.publish()

    const withheld = repo.freeze()
    for (const name of withheld.keys()) if (name.startsWith('metadata/2.registry.json')) withheld.delete(name)
    expect(await codeOf(client.refresh(sourceOf(withheld)))).toBe('METADATA_INVALID')
    expect(await read(client.fetch('revocations.json', null))).toBe('none')

    await client.refresh(repo.source)
    expect(await read(client.fetch('catalog.json', repo.source))).toBe('more skills')
    const names = (await readdir(join(folder, 'targets'))).map((name) => name.slice(33)).sort()
    expect(names).toEqual(['catalog.json', 'revocations.json', 'signing-keys.json'])
  })

  it('keep roles apart whatever they are called', async () => {
    const repo = createRegistry()
    // Where case doesn't count, this one's file would be that of the root.
    const names = ['Root', '../up', 'a/b', '__proto__', 'con:', '*']
    for (const [index, name] of names.entries()) {
      repo.delegate(name, { paths: [`odd-${index}`] })
      repo.put(name, `odd-${index}`, name)
    }
    repo.publish()
    const client = clientOf(repo)
    await client.refresh(repo.source)
    for (const [index, name] of names.entries())
      expect(await read(client.fetch(`odd-${index}`, repo.source))).toBe(name)
    const written = (await readdir(folder)).map((name) => name.toLowerCase())
    expect(new Set(written).size).toBe(written.length)
    expect(written.filter((name) => name.startsWith('root.'))).toEqual(['root.json'])
  })
})

describe('what others let pass', () => {
  it('a date that nobody can read would never come', async () => {
    const repo = createRegistry()
    const { timestamp } = repo.top
    const file = 'metadata/timestamp.json'
    const forged = forge(repo.files.get(file)!, (signed) => (signed['expires'] = 'someday'), timestamp.keys)
    const parsed = Metadata.fromJSON(MetadataKind.Timestamp, JSON.parse(Buffer.from(forged).toString()))
    expect(parsed.signed.isExpired(new Date('9999-01-01'))).toBe(false)
    repo.files.set(file, forged)
    expect(await codeOf(clientOf(repo).refresh(repo.source))).toBe('METADATA_INVALID')
  })

  it('a key of small order, for which anybody can sign anything', async () => {
    const repo = createRegistry()
    const neutral = `01${'00'.repeat(31)}`
    const weak = new Key({
      keyID: 'weak',
      keyType: 'ed25519',
      scheme: 'ed25519',
      keyVal: { public: neutral },
    })
    const [honest] = repo.top.timestamp.keys
    repo.top.timestamp.keys = [{ id: 'weak', secret: honest!.secret, public: weak }]
    repo.rotate()
    // No secret was needed for this signature: R is the neutral element, S is zero.
    const bytes = forge(repo.files.get('metadata/timestamp.json')!, (signed) => (signed['version'] = 9), [])
    const json = JSON.parse(Buffer.from(bytes).toString()) as { signatures: unknown[] }
    json.signatures = [{ keyid: 'weak', sig: neutral + '00'.repeat(32) }]
    // OpenSSL's answer depends on its version; a library's, by default, is yes.
    const forged = Metadata.fromJSON(MetadataKind.Timestamp, json as never)
    const claim = {
      message: new TextEncoder().encode(canonicalize(forged.signed.toJSON())),
      signature: new Uint8Array(Buffer.from(neutral + '00'.repeat(32), 'hex')),
      publicKey: new Uint8Array(Buffer.from(neutral, 'hex')),
    }
    expect(verifyByNobleLeniently(claim)).toBe(true)

    repo.files.set('metadata/timestamp.json', new Uint8Array(Buffer.from(JSON.stringify(json))))
    expect(await codeOf(clientOf(repo).refresh(repo.source))).toBe('METADATA_INVALID')
  })

  it.each([
    ['', (hex: string) => hex],
    [', once in capital letters', (hex: string) => hex.toUpperCase()],
    [', once in PEM', pemOf],
  ])('one key under two names%s, which is still one signer', async (_how, respell) => {
    const repo = createRegistry()
    const [key] = repo.top.snapshot.keys
    const { keyType, scheme, keyVal } = key!.public
    const other = { public: respell(keyVal['public']!) }
    const alias = {
      ...key!,
      id: 'alias',
      public: new Key({ keyID: 'alias', keyType, scheme, keyVal: other }),
    }
    repo.top.snapshot.keys = [key!, alias]
    repo.top.snapshot.threshold = 2
    repo.publishOne('root')
    repo.publish('snapshot', 'timestamp')
    const parse = (name: string) => JSON.parse(Buffer.from(repo.files.get(name)!).toString())
    const root: Metadata<Root> = Metadata.fromJSON(MetadataKind.Root, parse('metadata/2.root.json'))
    const snapshot = Metadata.fromJSON(MetadataKind.Snapshot, parse('metadata/3.snapshot.json'))
    expect(() => root.verifyDelegate('snapshot', snapshot)).not.toThrow()
    expect(await codeOf(clientOf(repo).refresh(repo.source))).toBe('METADATA_INVALID')
    // Either spelling is a good signer.
    repo.top.snapshot.threshold = 1
    repo.top.snapshot.keys = [alias]
    repo.publishOne('root')
    repo.publish('snapshot', 'timestamp')
    await clientOf(repo).refresh(repo.source)
  })

  it('a member twice, of which two readers see different ones', async () => {
    const repo = createRegistry()
    const file = 'metadata/timestamp.json'
    const text = Buffer.from(repo.files.get(file)!).toString()
    const doubled = text.replace('"version":2', '"version":1,"version":2')
    const parsed = Metadata.fromJSON(MetadataKind.Timestamp, JSON.parse(doubled))
    const root = Metadata.fromJSON(MetadataKind.Root, JSON.parse(Buffer.from(repo.root()).toString()))
    expect(() => root.verifyDelegate('timestamp', parsed)).not.toThrow()
    repo.files.set(file, new Uint8Array(Buffer.from(doubled)))
    expect(await codeOf(clientOf(repo).refresh(repo.source))).toBe('METADATA_INVALID')
  })
})

describe('a damaged folder', () => {
  async function prepare() {
    const repo = createRegistry()
    const yesterday = sourceOf(repo.freeze())
    repo.rotate('snapshot')
    repo.publish()
    const client = clientOf(repo)
    const state = await client.refresh(repo.source)
    await client.fetch(bin, repo.source)
    return { repo, yesterday, state }
  }

  it('its root is built up again from the pinned one and the roots kept beside it', async () => {
    const { repo, state } = await prepare()
    for (const bytes of ['', '{"signed":', null]) {
      if (bytes === null) await rm(join(folder, 'root.json'))
      else await writeFile(join(folder, 'root.json'), bytes)
      expect(await clientOf(repo).load()).toEqual(state)
    }
    await rm(join(folder, 'roots'), { recursive: true })
    expect((await clientOf(repo).refresh(repo.source)).rootVersion).toBe(2)
  })

  it('a root whose new name a power cut took is found beside it', async () => {
    const { repo, state } = await prepare()
    await writeFile(join(folder, 'root.json'), repo.files.get('metadata/1.root.json')!)
    expect(await clientOf(repo).load()).toEqual(state)
    expect((await clientOf(repo).refresh(repo.source)).rootVersion).toBe(2)
    expect(await readFile(join(folder, 'root.json'))).toEqual(Buffer.from(repo.root()))
  })

  it.each(['timestamp.json', 'snapshot.json', 'targets.json', 'registry.json', 'in-force'])(
    'a cut %s locks nobody out and lets nothing old in',
    async (name) => {
      const { repo, yesterday, state } = await prepare()
      const whole = await readFile(join(folder, name))
      await writeFile(join(folder, name), whole.subarray(0, whole.length >> 1))
      expect(await codeOf(clientOf(repo).refresh(yesterday))).toBe('METADATA_ROLLBACK')
      expect(await clientOf(repo).load()).toEqual(name === 'in-force' ? null : state)
      expect(await clientOf(repo).refresh(repo.source)).toEqual(state)
      expect(await read(clientOf(repo).fetch('revocations.json', null))).toBe('none')
    },
  )

  it('what a kill left half written is cleared away', async () => {
    const { repo } = await prepare()
    await mkdir(join(folder, 'targets'), { recursive: true })
    for (const name of ['root.json.0a.tmp', 'targets/0b.tmp', 'roots/1.json.0c.tmp']) {
      await writeFile(join(folder, name), 'half')
      await utimes(join(folder, name), 1, 1)
    }
    await writeFile(join(folder, 'targets', '0d.tmp'), 'somebody is writing this')
    await clientOf(repo).refresh(repo.source)
    const left = (await readdir(folder, { recursive: true })).filter((name) => name.endsWith('.tmp'))
    expect(left).toEqual([join('targets', '0d.tmp')])
  })
})

describe('several Skillets over one folder', () => {
  it('never write an older state over a newer one, whoever comes last', async () => {
    const repo = createRegistry()
    const states = [repo.freeze()]
    for (let count = 0; count < 6; count++) {
      repo.put('registry', 'revocations.json', `list ${count}`)
      repo.publish()
      states.push(repo.freeze())
    }
    /** Each answer takes a moment, so that they overlap in ever other ways. */
    const slow = (files: ReadonlyMap<string, Uint8Array>): TufSource => ({
      async open(kind, name) {
        await new Promise((resolve) => setTimeout(resolve, Math.random() * 6))
        return sourceOf(files).open(kind, name)
      },
    })
    for (let round = 0; round < 12; round++) {
      const where = join(folder, String(round))
      const codes = await Promise.all(
        [...states]
          .sort(() => Math.random() - 0.5)
          .map((files) => codeOf(clientOf(repo, where).refresh(slow(files)))),
      )
      expect(codes.filter((code) => code !== 'returned' && code !== 'METADATA_ROLLBACK')).toEqual([])
      const after = clientOf(repo, where)
      expect((await after.load())?.timestampVersion).toBe(repo.top.timestamp.version)
      expect(await read(after.fetch('revocations.json', null))).toBe('list 5')
    }
  }, 60_000)

  it('see at once what another one brought', async () => {
    const repo = createRegistry()
    const [one, other] = [clientOf(repo), clientOf(repo)]
    await one.refresh(repo.source)
    expect((await other.load())?.timestampVersion).toBe(2)
    repo.put('registry', 'revocations.json', 'one more')
    repo.publish()
    await one.refresh(repo.source)
    expect((await other.load())?.timestampVersion).toBe(3)
    expect(await read(other.fetch('revocations.json', null))).toBe('one more')
  })

  it('a copy of the folder is as good as the folder', async () => {
    const repo = createRegistry()
    const [where, copy] = [join(folder, 'one'), join(folder, 'copy')]
    const state = await clientOf(repo, where).refresh(repo.source)
    await cp(where, copy, { recursive: true })
    expect(await clientOf(repo, copy).load()).toEqual(state)
    expect(await read(clientOf(repo, copy).fetch('revocations.json', null))).toBe('none')
  })
})

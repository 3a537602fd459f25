import { createHash } from 'node:crypto'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Key, Metadata, MetadataKind, type Root } from '@tufjs/models'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { sealEnvelope, formatEnvelope } from '../../../src/trust/seal-envelope.ts'
import { parsePublishKeys, toPublishKeys } from '../../../src/trust/publish-keys.ts'
import { generateSigningKey, type SigningKey } from '../../../src/trust/sign.ts'
import { createTufClient, type TufClient, type TufSource } from '../../../src/trust/tuf.ts'
import { verifyRelease } from '../../../src/trust/verify-release.ts'
import { releasePayloadType } from '../../../src/shared/release.ts'
import { createTufKey, createTufRepository, forge, sourceOf } from '../../support/tuf-repository.ts'
import { code, codeOf } from './code.ts'
import { release as sampleRelease } from './sample.ts'

// The attacks of the TUF specification, §1.5.2. Each first succeeds against a client that skips the guard, then fails
// against ours.

const dayMs = 86_400_000
const essential = ['signing-keys.json', 'revocations.json']
const oldRelease = 'releases/demo-skill/1.0.0.dsse.json'
const newRelease = 'releases/demo-skill/1.1.0.dsse.json'

let folder: string
let clock: number
const now = () => new Date(clock)
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'skillet-tuf-'))
  clock = Date.parse('2026-11-20T12:00:00Z')
})
afterEach(() => rm(folder, { recursive: true, force: true }))

/** The registry as it is meant to be: offline root and targets, an online role for lists, another for releases. */
function createWorld() {
  const publishKey = generateSigningKey()
  const repo = createTufRepository({ now, rootKeys: 3, rootThreshold: 2 })
  repo.delegate('registry', { paths: ['catalog.json', 'revocations.json'] })
  repo.delegate('bin', { paths: ['releases/*/*'] })
  const say = (name: string, path: string, value: unknown) => repo.put(name, path, JSON.stringify(value))
  say('targets', 'signing-keys.json', toPublishKeys([publishKey.publicKey]))
  say('registry', 'revocations.json', { schema: 1, revocations: [] })
  repo.put('bin', oldRelease, seal('1.0.0', publishKey))
  publish()

  function publish(...names: string[]) {
    repo.setTimestampExtra({ 'x-signed-at': now().toISOString() })
    repo.publish(...names)
  }
  return {
    repo,
    publishKey,
    say,
    publish,
    client: (pinnedRoot = repo.files.get('metadata/1.root.json')!): TufClient =>
      createTufClient({ folder, pinnedRoot, essential, now }),
    /** 1.0.0 is found to be bad: it is withdrawn, and 1.1.0 takes its place. */
    withdrawOld() {
      say('registry', 'revocations.json', { schema: 1, revocations: ['demo-skill 1.0.0'] })
      repo.drop('bin', oldRelease)
      repo.put('bin', newRelease, seal('1.1.0', publishKey))
      publish()
    },
  }
}

function seal(version: string, key: SigningKey, slug = 'demo-skill'): Uint8Array {
  const skill = { ...sampleRelease.skill, slug, version }
  const payload = JSON.stringify({ ...sampleRelease, slug, version, skill })
  return formatEnvelope(sealEnvelope(releasePayloadType, new Uint8Array(Buffer.from(payload)), key.secretKey))
}

/** A root with three new keys of its own, signed by some of those before and some of its own. */
function offerRoot(
  repo: ReturnType<typeof createWorld>['repo'],
  { version, old, own }: { version: number; old: number; own: number },
): TufSource {
  const fresh = [createTufKey(), createTufKey(), createTufKey()]
  const change = (root: Record<string, unknown>) => {
    root['version'] = version
    const keys = root['keys'] as Record<string, unknown>
    for (const key of fresh) keys[key.id] = key.public.toJSON()
    const { root: role } = root['roles'] as Record<string, { keyids: string[]; threshold: number }>
    role!.keyids = fresh.map(({ id }) => id)
  }
  const signers = [...repo.top.root.keys.slice(0, old), ...fresh.slice(0, own)]
  return sourceOf(repo.freeze().set('metadata/2.root.json', forge(repo.root(), change, signers)))
}

async function readAll(source: TufSource, kind: 'metadata' | 'target', name: string): Promise<Buffer> {
  const parts: Uint8Array[] = []
  for await (const part of (await source.open(kind, name))!) parts.push(part)
  return Buffer.concat(parts)
}

/**
 * A client as most are: it asks a server for the newest list, holds the list's signature against the one key that it
 * knows, and takes what is listed. It remembers nothing.
 */
function createSignatureOnlyClient(trustedRoot: Uint8Array) {
  type Meta = Record<string, { version: number }>
  type Listed = Record<string, { hashes: { sha256: string } }>
  const root = Metadata.fromJSON(MetadataKind.Root, JSON.parse(Buffer.from(trustedRoot).toString()))
  const json = async (source: TufSource, name: string) =>
    JSON.parse((await readAll(source, 'metadata', name)).toString()) as { signed: Record<string, unknown> }

  async function list(source: TufSource, role: string): Promise<Listed> {
    const timestamp = (await json(source, 'timestamp.json')).signed['meta'] as Meta
    const snapshot = (await json(source, `${timestamp['snapshot.json']!.version}.snapshot.json`)).signed[
      'meta'
    ] as Meta
    const load = async (name: string) =>
      Metadata.fromJSON(
        MetadataKind.Targets,
        (await json(source, `${snapshot[`${name}.json`]!.version}.${name}.json`)) as never,
      )
    const targets = await load('targets')
    root.verifyDelegate('targets', targets)
    if (role === 'targets') return targets.signed.targets as unknown as Listed
    const delegated = await load(role)
    targets.verifyDelegate(role, delegated)
    return delegated.signed.targets as unknown as Listed
  }

  return {
    list,
    async fetch(source: TufSource, role: string, path: string): Promise<Buffer> {
      const { sha256 } = (await list(source, role))[path]!.hashes
      const slash = path.lastIndexOf('/') + 1
      return readAll(source, 'target', `${path.slice(0, slash)}${sha256}.${path.slice(slash)}`)
    },
  }
}

const text = async (path: string) => (await readFile(path)).toString()

describe('arbitrary software installation', () => {
  it('bytes of another than the registry are taken by a client that trusts its connection, not by ours', async () => {
    const { repo, client } = createWorld()
    const honest = [...repo.files].find(([name]) => name.includes('1.0.0.dsse'))![1]
    // Also as long as what is listed.
    for (const evil of ['evil', 'evil'.padEnd(honest.length)]) {
      const mirror = repo.freeze()
      for (const name of mirror.keys())
        if (name.includes('1.0.0.dsse')) mirror.set(name, new Uint8Array(Buffer.from(evil)))
      const source = sourceOf(mirror)

      const naive = createSignatureOnlyClient(repo.root())
      expect((await naive.fetch(source, 'bin', oldRelease)).toString()).toBe(evil)

      const ours = client()
      await ours.refresh(source)
      expect(await codeOf(ours.fetch(oldRelease, source))).toBe('METADATA_INVALID')
    }
  })

  it.each(['timestamp', 'snapshot', 'targets', 'registry', 'bin'])(
    'a %s list by a stranger is refused',
    async (name) => {
      const { repo, client } = createWorld()
      const file = name === 'timestamp' ? 'timestamp.json' : `${repo.roleOf(name).version}.${name}.json`
      const bytes = repo.files.get(`metadata/${file}`)!
      const mirror = repo.freeze()
      mirror.set(
        `metadata/${file}`,
        forge(bytes, () => undefined, [createTufKey()]),
      )
      const ours = client()
      const source = sourceOf(mirror)
      const work = ours.refresh(source).then(() => ours.fetch(oldRelease, source))
      expect(await codeOf(work)).toBe('METADATA_INVALID')
    },
  )

  // With the right number and digest everywhere: nothing is wrong with these but who signed them.
  it.each([
    ['timestamp', 'snapshot'],
    ['snapshot', 'timestamp'],
    ['targets', 'snapshot'],
    ['registry', 'bin'],
    ['bin', 'registry'],
    ['bin', 'targets'],
    ['timestamp', 'a stranger'],
    ['snapshot', 'a stranger'],
    ['targets', 'a stranger'],
    ['registry', 'a stranger'],
    ['bin', 'a stranger'],
  ])("a %s list that none but %s's keys signed is refused", async (name, signer) => {
    const { repo, client } = createWorld()
    const keys = signer === 'a stranger' ? [createTufKey()] : repo.roleOf(signer).keys
    const order = [name, 'snapshot', 'timestamp']
    const above = order.slice(order.lastIndexOf(name) + 1)
    repo.publishOne(name, keys)
    for (const one of above) repo.publishOne(one)
    const attempt = (ours: TufClient) =>
      ours.refresh(repo.source).then(() => ours.fetch(oldRelease, repo.source))
    expect(await codeOf(attempt(client()))).toBe('METADATA_INVALID')
    for (const one of [name, ...above]) repo.publishOne(one)
    expect(await codeOf(attempt(client()))).toBe('returned')
  })

  it.each([
    ['of its own, however many of the old keys signed it', { version: 2, old: 3, own: 0 }],
    ['before it, however many of its own keys signed it', { version: 2, old: 1, own: 3 }],
  ])('a root that lacks signatures %s, is refused', async (_, { version, old, own }) => {
    const { repo, client } = createWorld()
    expect(await codeOf(client().refresh(offerRoot(repo, { version, old, own })))).toBe('METADATA_INVALID')
    expect((await client().refresh(offerRoot(repo, { version, old: 2, own: 2 }))).rootVersion).toBe(2)
  })

  it('a root that is not the next one is refused, by all keys as it may be', async () => {
    const { repo, client } = createWorld()
    const far = offerRoot(repo, { version: 2 ** 40, old: 3, own: 3 })
    expect(await codeOf(client().refresh(far))).toBe('METADATA_INVALID')
  })

  it('one key under two names makes no second signature of a root', async () => {
    const { repo, client } = createWorld()
    const [key] = repo.top.root.keys
    const { keyType, scheme, keyVal } = key!.public
    const alias = { ...key!, id: 'alias', public: new Key({ keyID: 'alias', keyType, scheme, keyVal }) }
    const before = repo.top.root.keys
    repo.top.root.keys = [key!, alias]
    repo.publishOne('root', [...before, alias])
    expect(await codeOf(client().refresh(repo.source))).toBe('METADATA_INVALID')
  })
})

describe('rollback', () => {
  it('a whole genuine state of yesterday brings a withdrawn version back, but not to ours', async () => {
    const { repo, client, withdrawOld } = createWorld()
    const yesterday = sourceOf(repo.freeze())
    withdrawOld()
    const naive = createSignatureOnlyClient(repo.root())
    expect(await naive.list(yesterday, 'bin')).toHaveProperty([oldRelease])

    await client().refresh(repo.source)
    // Another start of Skillet: what was seen is on the disk.
    const ours = client()
    expect(await codeOf(ours.refresh(yesterday))).toBe('METADATA_ROLLBACK')
    expect(await ours.find(oldRelease, repo.source)).toBeNull()
  })

  it.each(['snapshot', 'targets', 'registry', 'bin'])(
    'an older %s list under a new timestamp, for which online keys suffice, is refused',
    async (name) => {
      const { repo, client, publish } = createWorld()
      publish()
      const ours = client()
      await ours.refresh(repo.source)
      await ours.find(oldRelease, repo.source)
      const rolled = repo.roleOf(name)
      rolled.version -= 2
      publish(...(name === 'snapshot' ? ['snapshot', 'timestamp'] : [name, 'snapshot', 'timestamp']))
      expect(await codeOf(ours.refresh(repo.source))).toBe('METADATA_ROLLBACK')
    },
  )

  it('a list that has gone from the overview is refused', async () => {
    const { repo, client, publish } = createWorld()
    const ours = client()
    await ours.refresh(repo.source)
    delete repo.snapshotMeta['registry.json']
    publish('snapshot', 'timestamp')
    expect(await codeOf(ours.refresh(repo.source))).toBe('METADATA_ROLLBACK')
  })

  it('an older root is refused', async () => {
    const { repo, client } = createWorld()
    repo.rotate('timestamp')
    repo.publish('timestamp')
    const ours = client()
    await ours.refresh(repo.source)
    const mirror = repo.freeze()
    mirror.set('metadata/3.root.json', repo.files.get('metadata/1.root.json')!)
    expect(await codeOf(ours.refresh(sourceOf(mirror)))).toBe('METADATA_ROLLBACK')
  })
})

describe('fast-forward', () => {
  const farAhead = 2 ** 40

  it.each([
    ['timestamp', ['timestamp']],
    ['snapshot', ['snapshot', 'timestamp']],
    ['targets', ['targets', 'snapshot', 'timestamp']],
    ['registry', ['registry', 'snapshot', 'timestamp']],
  ] as const)('%s far ahead: new keys bring everybody back', async (name, republished) => {
    const { repo, client, publish } = createWorld()
    const ours = client()
    await ours.refresh(repo.source)

    // Whoever has the online keys makes versions that can never be reached again.
    const honest = repo.roleOf(name).version
    repo.roleOf(name).version = farAhead
    publish(...republished)
    await ours.refresh(repo.source)

    // A client that only counts up is stuck for ever: every honest list is older.
    repo.roleOf(name).version = honest
    publish(...republished)
    expect(await codeOf(ours.refresh(repo.source))).toBe('METADATA_ROLLBACK')

    // §5.3.11: new keys for timestamp and snapshot, by a root that only the offline keys can make.
    repo.rotate('timestamp', 'snapshot')
    publish('registry', 'bin', 'targets', 'snapshot', 'timestamp')
    const state = await ours.refresh(repo.source)
    expect(state.rootVersion).toBe(2)
    expect((await client().load())?.timestampVersion).toBe(repo.top.timestamp.version)
  })
})

describe('indefinite freeze', () => {
  it('a mirror that never moves is believed for ever by a client that only checks a signature; ours stops', async () => {
    const { repo, client } = createWorld()
    const frozen = sourceOf(repo.freeze())
    const ours = client()
    await ours.refresh(frozen)

    clock += 8 * dayMs
    const naive = createSignatureOnlyClient(repo.root())
    expect(await naive.list(frozen, 'bin')).toHaveProperty([oldRelease])
    expect(await codeOf(ours.refresh(frozen))).toBe('METADATA_EXPIRED')
    expect(await codeOf(ours.load())).toBe('METADATA_EXPIRED')
    expect(await codeOf(ours.find(oldRelease, frozen))).toBe('METADATA_EXPIRED')
    expect(await codeOf(ours.fetch('revocations.json', null))).toBe('METADATA_EXPIRED')
  })

  it('a clock that was set back revives nothing', async () => {
    const { repo, client, publish } = createWorld()
    const frozen = sourceOf(repo.freeze())
    await client().refresh(frozen)
    clock += 20 * dayMs
    publish()
    await client().refresh(repo.source)

    // Without the moment of signing the first state would count again: its dates lie ahead.
    clock -= 20 * dayMs
    const other = createTufClient({ folder: join(folder, 'b'), pinnedRoot: repo.root(), essential, now })
    expect((await other.refresh(frozen)).timestampVersion).toBe(2)

    expect(await codeOf(client().load())).toBe('CLOCK_WRONG')
    expect(await codeOf(client().refresh(frozen))).toBe('CLOCK_WRONG')
    expect(await codeOf(client().fetch('revocations.json', null))).toBe('CLOCK_WRONG')
    clock += 20 * dayMs - dayMs / 2
    expect(await codeOf(client().load())).toBe('returned')
  })

  it('a timestamp from the day after tomorrow is not kept: the clock here, or there, is wrong', async () => {
    const { repo, client, publish } = createWorld()
    const ours = client()
    const before = await ours.refresh(repo.source)
    clock += 3 * dayMs
    publish('timestamp')
    clock -= 3 * dayMs
    expect(await codeOf(ours.refresh(repo.source))).toBe('CLOCK_WRONG')
    expect(await ours.load()).toEqual(before)
  })

  it.each(['root', 'snapshot', 'targets', 'registry'] as const)(
    'an expired %s list ends it too',
    async (name) => {
      const { repo, client, publish } = createWorld()
      repo.roleOf(name).lifetimeMs = dayMs
      if (name === 'root') repo.rotate()
      publish()
      const ours = client()
      const state = await ours.refresh(repo.source)
      expect(state.validUntil).toEqual(new Date(clock + dayMs))
      clock += 2 * dayMs
      expect(await codeOf(ours.load())).toBe('METADATA_EXPIRED')
      publish('timestamp')
      expect(await codeOf(ours.refresh(repo.source))).toBe('METADATA_EXPIRED')
    },
  )

  it('a list of releases that has run out says nothing any more, of what was asked before or of anything else', async () => {
    const { repo, client, publish } = createWorld()
    repo.roleOf('bin').lifetimeMs = dayMs
    publish()
    const ours = client()
    await ours.refresh(repo.source)
    expect(await ours.find(oldRelease, repo.source)).not.toBeNull()
    clock += 2 * dayMs
    for (const path of [oldRelease, newRelease])
      expect(await codeOf(ours.find(path, repo.source))).toBe('METADATA_EXPIRED')
    expect(await codeOf(ours.fetch('revocations.json', null))).toBe('returned')
  })

  it.each(['root', 'timestamp', 'snapshot', 'targets', 'registry'])(
    'behind a %s list that had run out when it came, nothing more is asked for',
    async (name) => {
      const { repo, client, publish } = createWorld()
      const order = ['root', 'timestamp', 'snapshot', 'targets', 'registry', 'revocations']
      repo.roleOf(name).lifetimeMs = -dayMs
      if (name === 'root') repo.rotate()
      publish()
      repo.requests.length = 0
      expect(await codeOf(client().refresh(repo.source))).toBe('METADATA_EXPIRED')
      const asked = (role: string) => repo.requests.some((one) => one.endsWith(`${role}.json`))
      expect(order.filter(asked)).toEqual(order.slice(0, order.indexOf(name) + 1))
    },
  )
})

describe('endless data', () => {
  const chunk = new Uint8Array(1 << 16).fill(0x20)
  const enough = 64 << 20

  /** Answers one request with spaces, which JSON allows, without end. */
  function endless(honest: TufSource, match: (name: string) => boolean) {
    const drawn = { bytes: 0 }
    const source: TufSource = {
      async open(kind, name) {
        if (!match(name)) return honest.open(kind, name)
        return (async function* () {
          for (; drawn.bytes < enough; drawn.bytes += chunk.length) yield chunk
        })()
      },
    }
    return { source, drawn }
  }

  it.each([
    ['2.root.json', 512_000],
    ['timestamp.json', 16_384],
    ['2.snapshot.json', 2_000_000],
    ['2.targets.json', 5_000_000],
    ['1.registry.json', 5_000_000],
    [/revocations\.json$/, 100],
    [/1\.0\.0\.dsse\.json$/, 10_000],
  ])('%s', async (which, limit) => {
    const { repo, client } = createWorld()
    const match = (name: string) => (typeof which === 'string' ? name === which : which.test(name))

    const naive = endless(repo.source, match)
    await readAll(
      naive.source,
      'target',
      [...repo.files.keys()].map((name) => name.slice(name.indexOf('/') + 1)).find(match) ?? String(which),
    )
    expect(naive.drawn.bytes).toBe(enough)

    const { source, drawn } = endless(repo.source, match)
    const ours = client()
    const work = ours.refresh(source).then(() => ours.fetch(oldRelease, source))
    expect(await codeOf(work)).toBe('METADATA_INVALID')
    expect(drawn.bytes).toBeLessThanOrEqual(limit + chunk.length)
  })
})

describe('endless data that a stolen key promises', () => {
  const promised = 1e12
  const enough = 64 << 20
  const chunk = new Uint8Array(1 << 16).fill(0x20)

  it.each([
    ['snapshot', 2_000_000],
    ['targets', 5_000_000],
    ['registry', 5_000_000],
    ['signing-keys.json', 0],
    ['revocations.json', 0],
    [oldRelease, 0],
  ])('%s', async (which, limit) => {
    const { repo, client } = createWorld()
    type Files = Record<string, { length?: number; hashes?: unknown }>
    const change = (role: string, member: 'meta' | 'targets', edit: (files: Files) => void) => {
      const { version, keys } = repo.roleOf(role)
      const name = `metadata/${role === 'timestamp' ? '' : `${version}.`}${role}.json`
      repo.files.set(
        name,
        forge(repo.files.get(name)!, (signed) => edit(signed[member] as Files), keys),
      )
    }
    for (const role of ['targets', 'registry', 'bin'])
      change(role, 'targets', (files) => {
        if (files[which] !== undefined) files[which].length = promised
      })
    for (const role of ['snapshot', 'timestamp'])
      change(role, 'meta', (files) => {
        for (const name of Object.keys(files)) {
          delete files[name]!.hashes
          files[name]!.length = promised
          if (name !== `${which}.json`) delete files[name]!.length
        }
      })

    let drawn = 0
    const file = which.replace(/^.*\//, '').replace(/(\.json)?$/, '.json')
    const source: TufSource = {
      async open(kind, name) {
        if (!name.endsWith(file)) return repo.source.open(kind, name)
        return (async function* () {
          while ((drawn += chunk.length) < enough) yield chunk
        })()
      },
    }
    const ours = client()
    const work = ours.refresh(source).then(() => ours.fetch(oldRelease, source))
    expect(await codeOf(work)).toBe('METADATA_INVALID')
    // Of a target that is listed as too large nothing is asked for at all.
    expect(drawn).toBe(Math.ceil(limit / chunk.length) * chunk.length)
  })
})

describe('extraneous dependencies', () => {
  it('what is listed beside the skill that was asked for is never fetched', async () => {
    // At this level: a target that nobody asked for. What a skill itself brings along is held to its signed release,
    // file by file (test/unit/trust/archive and PAYLOAD_MISMATCH); a release can't name another to be installed.
    const { repo, client, publish } = createWorld()
    const extra = 'releases/miner/1.0.0.dsse.json'
    repo.put('bin', extra, 'coins')
    publish()

    const naive = createSignatureOnlyClient(repo.root())
    const mirrored = Object.keys(await naive.list(repo.source, 'bin'))
    expect(mirrored).toContain(extra)

    repo.requests.length = 0
    const ours = client()
    await ours.refresh(repo.source)
    await ours.fetch(oldRelease, repo.source)
    expect(repo.requests.filter((name) => name.includes('miner'))).toEqual([])
    const fetched = repo.requests.filter((name) => name.startsWith('target/'))
    expect(fetched).toHaveLength(essential.length + 1)
  })
})

describe('mix and match', () => {
  it("today's releases beside yesterday's withdrawals", async () => {
    const { repo, client, publish, say } = createWorld()
    const yesterday = repo.freeze()
    say('registry', 'revocations.json', { schema: 1, revocations: ['demo-skill 1.0.0'] })
    publish()
    const today = repo.freeze()
    // Each file is genuine; the mirror serves an old one under the name of the new.
    const mixed = new Map(today)
    mixed.set('metadata/2.registry.json', yesterday.get('metadata/1.registry.json')!)

    const naive = createSignatureOnlyClient(repo.root())
    const list = await naive.fetch(sourceOf(mixed), 'registry', 'revocations.json')
    expect(JSON.parse(list.toString())).toEqual({ schema: 1, revocations: [] })

    const ours = client()
    const before = await ours.refresh(sourceOf(yesterday))
    expect(await codeOf(ours.refresh(sourceOf(mixed)))).toBe('METADATA_INVALID')
    expect(await ours.load()).toEqual(before)
  })

  // From a registry that names versions, and neither lengths nor digests.
  it.each([
    ['snapshot', 'older', 'METADATA_ROLLBACK'],
    ['targets', 'older', 'METADATA_ROLLBACK'],
    ['bin', 'older', 'METADATA_ROLLBACK'],
    ['snapshot', 'newer', 'METADATA_INVALID'],
    ['targets', 'newer', 'METADATA_INVALID'],
    ['bin', 'newer', 'METADATA_INVALID'],
  ])('a %s list that is %s than the one that is named', async (name, which, expected) => {
    const repo = createTufRepository({ now, hashes: false })
    repo.delegate('bin', { paths: ['releases/*/*'] })
    repo.put('bin', oldRelease, 'old')
    repo.publish()
    repo.publish()
    const { version } = repo.roleOf(name)
    const named = repo.freeze()
    repo.put('bin', newRelease, 'new')
    repo.publishOne(name)
    const other = repo.files.get(`metadata/${which === 'older' ? version - 1 : version + 1}.${name}.json`)!
    const attempt = async (where: string, files: ReadonlyMap<string, Uint8Array>) => {
      const ours = createTufClient({ folder: join(folder, where), pinnedRoot: repo.root(), now })
      await ours.refresh(sourceOf(files))
      await ours.find(oldRelease, sourceOf(files))
    }
    const mixed = new Map(named).set(`metadata/${version}.${name}.json`, other)
    expect(await codeOf(attempt('mixed', mixed))).toBe(expected)
    expect(await codeOf(attempt('named', named))).toBe('returned')
  })
})

describe('a registry that names versions and nothing else', () => {
  function createPlain() {
    const repo = createTufRepository({ now, hashes: false })
    repo.delegate('first', { paths: ['releases/*/*'] })
    repo.delegate('second', { paths: ['releases/*/*'] })
    repo.put('second', oldRelease, 'old')
    repo.publish()
    /** Changes what is signed, where it lies: no number changes, and nobody names a digest. */
    const change = (name: string, edit: (signed: Record<string, unknown>) => void) => {
      const { version, keys } = repo.roleOf(name)
      const file = `metadata/${version}.${name}.json`
      repo.files.set(file, forge(repo.files.get(file)!, edit, keys))
    }
    return { repo, change, ours: createTufClient({ folder, pinnedRoot: repo.root(), now }) }
  }

  it('is followed by its versions', async () => {
    const { repo, ours } = createPlain()
    await ours.refresh(repo.source)
    expect(await ours.find(newRelease, repo.source)).toBeNull()
    repo.put('second', newRelease, 'new')
    repo.publish()
    await ours.refresh(repo.source)
    expect(await ours.find(newRelease, repo.source)).not.toBeNull()
  })

  it('is asked no further behind a list that is said to be the last, nor around in circles', async () => {
    const { repo, change, ours } = createPlain()
    await ours.refresh(repo.source)
    expect(await ours.find(oldRelease, repo.source)).not.toBeNull()

    repo.delegated.get('first')!.terminating = true
    repo.publish()
    await ours.refresh(repo.source)
    expect(await ours.find(oldRelease, repo.source)).toBeNull()

    const [key] = repo.roleOf('first').keys
    const itself = {
      name: 'first',
      keyids: [key!.id],
      threshold: 1,
      terminating: false,
      paths: ['releases/*/*'],
    }
    change('first', (signed) => {
      signed['delegations'] = { keys: { [key!.id]: key!.public.toJSON() }, roles: [itself] }
    })
    const anew = createTufClient({ folder: join(folder, 'anew'), pinnedRoot: repo.root(), now })
    await anew.refresh(repo.source)
    expect(await anew.find(oldRelease, repo.source)).toBeNull()
  })

  it.each([
    ['no digest', { hashes: {} }],
    ['a length that is no number of bytes', { length: 2 ** 60 }],
    ['a digest that leads out of a folder', { hashes: { sha256: '../../../../tmp/evil' } }],
    ['a digest of a kind that is broken', { hashes: { md5: 'bae60998ffe4923b131e3d6e4c19993e' } }],
  ])('is not believed about a file of which it gives %s', async (_, entry) => {
    const { repo, change, ours } = createPlain()
    change('second', ({ targets }) => Object.assign((targets as Record<string, object>)[oldRelease]!, entry))
    for (const name of repo.files.keys())
      if (name.includes('1.0.0.dsse')) repo.files.set(name, new Uint8Array(Buffer.from('bad')))
    await ours.refresh(repo.source)
    expect(await codeOf(ours.find(oldRelease, repo.source))).toBe('METADATA_INVALID')
    expect(await codeOf(ours.fetch(oldRelease, repo.source))).toBe('METADATA_INVALID')
  })
})

describe('delegations', () => {
  it('each way to a role is verified by itself: what one key may say, another way to it does not vouch for', async () => {
    const repo = createTufRepository({ now, hashes: false })
    repo.delegate('one', { paths: ['*/*'] })
    repo.delegate('other', { paths: ['*/*'] })
    repo.delegate('both', { paths: ['one/*'] }, 'one')
    repo.put('both', 'one/a', 'a')
    repo.put('both', 'two/a', 'a')
    repo.publish()
    const offer = (key = createTufKey()) => {
      const delegations = {
        keys: { [key.id]: key.public.toJSON() },
        roles: [{ name: 'both', keyids: [key.id], threshold: 1, terminating: false, paths: ['two/*'] }],
      }
      const file = `metadata/${repo.roleOf('other').version}.other.json`
      const { keys } = repo.roleOf('other')
      repo.files.set(
        file,
        forge(repo.files.get(file)!, (signed) => (signed['delegations'] = delegations), keys),
      )
    }
    const ask = async (where: string) => {
      const ours = createTufClient({ folder: join(folder, where), pinnedRoot: repo.root(), now })
      await ours.refresh(repo.source)
      expect(await ours.find('one/a', repo.source)).not.toBeNull()
      return codeOf(ours.find('two/a', repo.source))
    }
    offer()
    expect(await ask('stranger')).toBe('METADATA_INVALID')
    offer(repo.roleOf('both').keys[0])
    expect(await ask('same')).toBe('returned')
  })

  it('are not followed without end', async () => {
    const repo = createTufRepository({ now })
    for (let count = 0; count < 60; count++) repo.delegate(`role-${count}`, { paths: ['releases/*/*'] })
    repo.put('role-20', oldRelease, 'old')
    repo.publish()
    const ours = createTufClient({ folder, pinnedRoot: repo.root(), now })
    await ours.refresh(repo.source)
    expect(await ours.find(oldRelease, repo.source)).not.toBeNull()
    expect(await codeOf(ours.find(newRelease, repo.source))).toBe('METADATA_INVALID')
    expect(repo.requests.filter((name) => name.includes('role-')).length).toBeLessThan(40)
  })
})

describe('two overviews with one number', () => {
  /** A registry that was restored from a backup counts up again from there, and says something else. */
  function fork({ repo, say, publish }: ReturnType<typeof createWorld>, ...roles: string[]) {
    for (const role of roles) repo.roleOf(role).version--
    say('registry', 'revocations.json', { schema: 1, revocations: ['demo-skill 1.0.0'] })
    publish('registry', 'snapshot', 'timestamp')
  }

  it('the one that the timestamp names counts, not the one that lies here under the same number', async () => {
    const world = createWorld()
    const ours = world.client()
    await ours.refresh(world.repo.source)
    const before = world.repo.roleOf('snapshot').version
    fork(world, 'registry', 'snapshot')
    expect(world.repo.roleOf('snapshot').version).toBe(before)
    for (const client of [ours, world.client()]) {
      await client.refresh(world.repo.source)
      expect(await text(await client.fetch('revocations.json', null))).toContain('demo-skill 1.0.0')
    }
  })

  it('the other one, signed as well as it is, does not do for somebody who comes anew', async () => {
    const world = createWorld()
    const before = world.repo.freeze()
    fork(world, 'registry', 'snapshot')
    const timestamp = 'metadata/timestamp.json'
    // All of it as it was, and the newest word on it.
    const mixed = before.set(timestamp, world.repo.files.get(timestamp)!)
    expect(await codeOf(world.client().refresh(sourceOf(mixed)))).toBe('METADATA_INVALID')
    expect(await codeOf(world.client().refresh(world.repo.source))).toBe('returned')
  })

  it('one that takes a list back is refused', async () => {
    const world = createWorld()
    world.withdrawOld()
    const ours = world.client()
    await ours.refresh(world.repo.source)
    world.repo.roleOf('registry').version--
    fork(world, 'registry', 'snapshot')
    expect(await codeOf(ours.refresh(world.repo.source))).toBe('METADATA_ROLLBACK')
  })

  it('does not hold where it was kept under the other', async () => {
    const world = createWorld()
    await world.client().refresh(world.repo.source)
    const record = join(folder, 'in-force')
    const kept = JSON.parse(await text(record)) as Record<string, string>
    fork(world, 'registry', 'snapshot')
    const { version } = world.repo.roleOf('snapshot')
    const snapshot = Buffer.from(world.repo.files.get(`metadata/${version}.snapshot.json`)!).toString()
    await writeFile(record, JSON.stringify({ ...kept, snapshot }))
    expect(await codeOf(world.client().load())).toBe('METADATA_INVALID')
    await world.client().refresh(world.repo.source)
    expect(await text(await world.client().fetch('revocations.json', null))).toContain('demo-skill 1.0.0')

    // All of it as it was, under the newest word on it.
    const { timestamp } = JSON.parse(await text(record)) as { timestamp: string }
    await writeFile(record, JSON.stringify({ ...kept, timestamp }))
    expect(await codeOf(world.client().load())).toBe('METADATA_INVALID')
  })
})

describe('wrong software', () => {
  it('another genuine release in place of the one that was asked for', async () => {
    const { repo, client, publish, publishKey } = createWorld()
    const other = seal('1.0.0', publishKey, 'another-skill')
    repo.put('bin', 'releases/another-skill/1.0.0.dsse.json', other)
    publish()
    const mirror = repo.freeze()
    for (const name of mirror.keys()) if (name.includes('demo-skill')) mirror.set(name, other)
    const source = sourceOf(mirror)
    const keys = toPublishKeys([publishKey.publicKey])

    const naive = createSignatureOnlyClient(repo.root())
    const given = await naive.fetch(source, 'bin', oldRelease)
    expect(verifyRelease(new Uint8Array(given), keys).release.slug).toBe('another-skill')

    const ours = client()
    await ours.refresh(source)
    expect(await codeOf(ours.fetch(oldRelease, source))).toBe('METADATA_INVALID')
    // And whoever got hold of it elsewhere still asks for a name.
    const expected = { slug: 'demo-skill', version: '1.0.0' }
    expect(code(() => verifyRelease(new Uint8Array(given), keys, expected))).toBe('RELEASE_INVALID')
  })
})

describe('malicious mirrors', () => {
  it('whatever one mirror does, what was in force stays, and an honest one moves it on', async () => {
    const { repo, client, publish, withdrawOld } = createWorld()
    const ours = client()
    const before = await ours.refresh(repo.source)
    const yesterday = repo.freeze()
    publish()
    const withdrawn = repo.freeze()
    withdrawOld()
    const today = repo.freeze()

    const garbage = new Uint8Array(Buffer.from('<html>'))
    const without = (part: string) => new Map([...today].filter(([name]) => !name.includes(part)))
    const mirrors: [string, ReadonlyMap<string, Uint8Array>][] = [
      ['METADATA_INVALID', new Map()],
      ['METADATA_INVALID', new Map([...today].map(([name]) => [name, garbage]))],
      ['METADATA_INVALID', without('.snapshot.json')],
      ['METADATA_INVALID', without('.registry.json')],
      // The withdrawals themselves withheld.
      ['METADATA_INVALID', without('.revocations.json')],
      ['METADATA_INVALID', new Map([...today].map(([name, bytes]) => [name, bytes.slice(0, -1)]))],
      ['METADATA_ROLLBACK', yesterday],
      ['METADATA_ROLLBACK', withdrawn],
    ]
    for (const [expected, files] of mirrors) {
      expect(await codeOf(ours.refresh(sourceOf(files)))).toBe(expected)
      expect(await ours.load()).toEqual(before)
      expect(await codeOf(client().fetch('revocations.json', null))).toBe('returned')
    }
    expect((await ours.refresh(sourceOf(today))).timestampVersion).toBe(repo.top.timestamp.version)
    expect(await ours.find(oldRelease, sourceOf(today))).toBeNull()
  })
})

describe('key compromise', () => {
  it('one of three root keys: enough for a client that asks for any signature, too few for ours', async () => {
    const { repo, client } = createWorld()
    const [stolen] = repo.top.root.keys
    const thief = createTufKey()
    const forged = forge(
      repo.root(),
      (root) => {
        root['version'] = 2
        const keys = root['keys'] as Record<string, unknown>
        const roles = root['roles'] as Record<string, { keyids: string[]; threshold: number }>
        keys[thief.id] = thief.public.toJSON()
        for (const name of Object.keys(roles)) roles[name] = { keyids: [thief.id], threshold: 1 }
      },
      [stolen!, thief],
    )
    const trusted = Metadata.fromJSON(MetadataKind.Root, JSON.parse(Buffer.from(repo.root()).toString()))
    const next: Metadata<Root> = Metadata.fromJSON(
      MetadataKind.Root,
      JSON.parse(Buffer.from(forged).toString()),
    )
    expect(() => trusted.signed.keys[stolen!.id]!.verifySignature(next)).not.toThrow()

    const mirror = repo.freeze()
    mirror.set('metadata/2.root.json', forged)
    const ours = client()
    expect(await codeOf(ours.refresh(sourceOf(mirror)))).toBe('METADATA_INVALID')
    expect((await ours.refresh(repo.source)).rootVersion).toBe(1)
  })

  it('all online keys: they name no one who may sign, and what they list still needs such a signature', async () => {
    const { repo, client, publish, publishKey } = createWorld()
    const thief = generateSigningKey()
    const ours = client()
    await ours.refresh(repo.source)

    // The thief signs with the keys of registry, bin, snapshot and timestamp.
    repo.put('registry', 'signing-keys.json', JSON.stringify(toPublishKeys([thief.publicKey])))
    repo.put('bin', 'signing-keys.json', JSON.stringify(toPublishKeys([thief.publicKey])))
    const evil = seal('6.6.6', thief)
    repo.put('bin', 'releases/demo-skill/6.6.6.dsse.json', evil)
    publish('registry', 'bin', 'snapshot', 'timestamp')

    const naive = createSignatureOnlyClient(repo.root())
    const listed = await naive.fetch(repo.source, 'registry', 'signing-keys.json')
    expect(parsePublishKeys(new Uint8Array(listed)).keys[0]!.keyid).toBe(thief.keyid)

    await ours.refresh(repo.source)
    const keys = parsePublishKeys(new Uint8Array(await readFile(await ours.fetch('signing-keys.json', null))))
    expect(keys.keys.map(({ keyid }) => keyid)).toEqual([publishKey.keyid])
    const got = await readFile(await ours.fetch('releases/demo-skill/6.6.6.dsse.json', repo.source))
    expect(code(() => verifyRelease(new Uint8Array(got), keys))).toBe('SIGNER_UNTRUSTED')
  })

  it('a path outside what a role was given: its word is not heard', async () => {
    const { repo, client, publish } = createWorld()
    repo.put('bin', 'catalog.json', 'theirs')
    publish()
    const ours = client()
    await ours.refresh(repo.source)
    expect(await ours.find('catalog.json', repo.source)).toBeNull()
  })

  it('a publish key alone: its release is genuine, but nobody lists it', async () => {
    const { repo, client, publishKey } = createWorld()
    const stolen = seal('6.6.6', publishKey)
    const keys = toPublishKeys([publishKey.publicKey])
    expect(verifyRelease(stolen, keys).release.version).toBe('6.6.6')

    const ours = client()
    await ours.refresh(repo.source)
    const path = 'releases/demo-skill/6.6.6.dsse.json'
    expect(await ours.find(path, repo.source)).toBeNull()
    expect(await codeOf(ours.fetch(path, repo.source))).toBe('NOT_FOUND')
    // Put in place of a version that is listed, its bytes are others.
    const listed = await ours.find(oldRelease, repo.source)
    expect(listed?.sha256).not.toBe(createHash('sha256').update(stolen).digest('hex'))
  })

  it('after the theft: a root of the offline keys shuts the online keys out, a new list the publish key', async () => {
    const { repo, client, publish, say, publishKey } = createWorld()
    const stolen = { ...repo.top, bin: repo.delegated.get('bin')! }
    const stolenTimestamp = [...stolen.timestamp.keys]
    const ours = client()
    await ours.refresh(repo.source)

    repo.rotate('timestamp', 'snapshot')
    for (const name of ['registry', 'bin'])
      repo.delegated.get(name)!.keys = repo.delegated.get(name)!.keys.map(createTufKey)
    const next = generateSigningKey()
    const [former] = toPublishKeys([publishKey.publicKey]).keys
    say('targets', 'signing-keys.json', {
      schema: 1,
      keys: [
        { ...former, status: 'compromised', until: now().toISOString() },
        ...toPublishKeys([next.publicKey], now()).keys,
      ],
    })
    publish()
    expect((await ours.refresh(repo.source)).rootVersion).toBe(2)
    const keys = parsePublishKeys(new Uint8Array(await readFile(await ours.fetch('signing-keys.json', null))))
    const old = await readFile(await ours.fetch(oldRelease, repo.source))
    expect(code(() => verifyRelease(new Uint8Array(old), keys))).toBe('SIGNER_UNTRUSTED')

    // What the stolen keys sign now is worth nothing, to newcomers too.
    const mirror = repo.freeze()
    const timestamp = forge(
      mirror.get('metadata/timestamp.json')!,
      (signed) => (signed['version'] = 1_000),
      stolenTimestamp,
    )
    mirror.set('metadata/timestamp.json', timestamp)
    expect(await codeOf(ours.refresh(sourceOf(mirror)))).toBe('METADATA_INVALID')
    await rm(folder, { recursive: true })
    expect(await codeOf(client().refresh(sourceOf(mirror)))).toBe('METADATA_INVALID')
    expect(
      await text(
        await client()
          .refresh(repo.source)
          .then(() => client().fetch('revocations.json', null)),
      ),
    ).toContain('[]')
  })
})

import { createHash, generateKeyPairSync, sign as signWith, type KeyObject } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import {
  Key,
  Metadata,
  MetaFile,
  Root,
  Signature,
  Snapshot,
  TargetFile,
  Targets,
  Timestamp,
} from '@tufjs/models'
import type { TufSource } from '../../src/trust/tuf.ts'

/** A key pair, all of it in the test's hand. */
export interface TufKey {
  readonly id: string
  readonly secret: KeyObject
  readonly public: Key
}

export interface TufRole {
  keys: TufKey[]
  threshold: number
  version: number
  /** From the moment of signing, in milliseconds. */
  lifetimeMs: number
}

type Json = Parameters<typeof Targets.fromJSON>[0]
type TopLevel = 'root' | 'targets' | 'snapshot' | 'timestamp'

export interface Delegation {
  /** Path patterns, or prefixes of the path's SHA-256. */
  paths?: string[]
  hashPrefixes?: string[]
  terminating?: boolean
}

const dayMs = 86_400_000

export function createTufKey(): TufKey {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519')
  const raw = publicKey.export({ type: 'spki', format: 'der' }).subarray(-32).toString('hex')
  const id = createHash('sha256').update(`ed25519 ${raw}`).digest('hex')
  return {
    id,
    secret: privateKey,
    public: new Key({ keyID: id, keyType: 'ed25519', scheme: 'ed25519', keyVal: { public: raw } }),
  }
}

/**
 * A whole TUF repository in memory whose owner may also be its attacker: every key is at hand, every file in `files` can be
 * replaced, left out or signed anew with whatever content.
 */
export function createTufRepository({
  now = () => new Date(),
  rootKeys = 1,
  rootThreshold = 1,
  hashes = true,
}: {
  now?: () => Date
  rootKeys?: number
  rootThreshold?: number
  /** Whether snapshot and timestamp name lengths and hashes besides versions. */
  hashes?: boolean
} = {}) {
  const role = (count = 1, threshold = 1, lifetimeMs = 365 * dayMs): TufRole => ({
    keys: Array.from({ length: count }, createTufKey),
    threshold,
    version: 0,
    lifetimeMs,
  })
  const top: Record<TopLevel, TufRole> = {
    root: role(rootKeys, rootThreshold),
    targets: role(),
    snapshot: role(1, 1, 30 * dayMs),
    timestamp: role(1, 1, 7 * dayMs),
  }
  const delegated = new Map<string, TufRole & Delegation & { by: string }>()
  /** role → path → content */
  const listed = new Map<string, Map<string, Uint8Array>>([['targets', new Map()]])
  const snapshotMeta: Record<string, MetaFile> = {}
  /** `metadata/…` and `targets/…` as they are served. */
  const files = new Map<string, Uint8Array>()
  const requests: string[] = []
  let served = 0
  /** Extra members of the timestamp's signed part. */
  let timestampExtra: Json = {}
  let snapshotInTimestamp: MetaFile | null = null

  const roleOf = (name: string): TufRole =>
    Object.hasOwn(top, name) ? top[name as TopLevel] : delegated.get(name)!

  function common(name: string): { version: number; specVersion: string; expires: string } {
    const { version, lifetimeMs } = roleOf(name)
    const expires = new Date(now().getTime() + lifetimeMs)
    return { version, specVersion: '1.0.31', expires: `${expires.toISOString().slice(0, 19)}Z` }
  }

  function buildRoot(): Root {
    const json: Json = {
      _type: 'root',
      spec_version: '1.0.31',
      consistent_snapshot: true,
      ...toCommonJson(common('root')),
      keys: Object.fromEntries(
        Object.values(top).flatMap(({ keys }) => keys.map((key) => [key.id, key.public.toJSON()])),
      ),
      roles: Object.fromEntries(
        Object.entries(top).map(([name, { keys, threshold }]) => [
          name,
          { keyids: keys.map(({ id }) => id), threshold },
        ]),
      ),
    }
    return Root.fromJSON(json)
  }

  function buildTargets(name: string): Targets {
    const targets = Object.fromEntries(
      [...listed.get(name)!].map(([path, bytes]) => [
        path,
        new TargetFile({ path, length: bytes.length, hashes: { sha256: sha256(bytes) } }).toJSON(),
      ]),
    )
    const children = [...delegated].filter(([, { by }]) => by === name)
    const json: Json = {
      _type: 'targets',
      spec_version: '1.0.31',
      ...toCommonJson(common(name)),
      targets,
    }
    if (children.length > 0)
      json['delegations'] = {
        keys: Object.fromEntries(
          children.flatMap(([, { keys }]) => keys.map((key) => [key.id, key.public.toJSON()])),
        ),
        roles: children.map(([child, { keys, threshold, paths, hashPrefixes, terminating }]) => ({
          name: child,
          keyids: keys.map(({ id }) => id),
          threshold,
          terminating: terminating ?? false,
          ...(paths === undefined ? {} : { paths }),
          ...(hashPrefixes === undefined ? {} : { path_hash_prefixes: hashPrefixes }),
        })),
      }
    return Targets.fromJSON(json)
  }

  function meta(name: string, bytes: Uint8Array): MetaFile {
    const { version } = roleOf(name)
    return new MetaFile(
      hashes ? { version, length: bytes.length, hashes: { sha256: sha256(bytes) } } : { version },
    )
  }

  /** The next version of one role, signed by its keys, or by `signers`, and put where clients look for it. */
  function publishOne(name: string, signers = roleOf(name).keys): Uint8Array {
    roleOf(name).version++
    const { version } = roleOf(name)
    if (name === 'root') {
      const bytes = signed(buildRoot(), signers)
      files.set(`metadata/${version}.root.json`, bytes)
      return bytes
    }
    if (name === 'timestamp') {
      const json = new Timestamp({ ...common(name), snapshotMeta: snapshotInTimestamp! }).toJSON()
      const bytes = signed(Timestamp.fromJSON({ ...json, ...timestampExtra }), signers)
      files.set('metadata/timestamp.json', bytes)
      return bytes
    }
    const bytes = signed(
      name === 'snapshot' ? new Snapshot({ ...common(name), meta: { ...snapshotMeta } }) : buildTargets(name),
      signers,
    )
    files.set(`metadata/${version}.${encodeURIComponent(name)}.json`, bytes)
    if (name === 'snapshot') snapshotInTimestamp = meta(name, bytes)
    else snapshotMeta[`${name}.json`] = meta(name, bytes)
    return bytes
  }

  function publish(...names: string[]): void {
    const order = names.length > 0 ? names : [...delegated.keys(), 'targets', 'snapshot', 'timestamp']
    for (const name of order) publishOne(name)
  }

  const source: TufSource = {
    async open(kind, name) {
      requests.push(`${kind}/${name}`)
      const bytes = files.get(`${kind === 'metadata' ? 'metadata' : 'targets'}/${name}`)
      if (bytes === undefined) return null
      served += bytes.length
      return chunks(bytes)
    },
  }

  const repository = {
    top,
    delegated,
    files,
    requests,
    source,
    snapshotMeta,
    publish,
    publishOne,
    roleOf,
    bytesServed: () => served,
    setTimestampExtra: (extra: Json) => void (timestampExtra = extra),
    /** The newest root, as somebody would pin it. */
    root: () => files.get(`metadata/${top.root.version}.root.json`)!,
    /** Lists a file under a role and serves it; `publish` makes it known. */
    put(name: string, path: string, content: string | Uint8Array): void {
      const bytes = typeof content === 'string' ? new Uint8Array(Buffer.from(content)) : content
      listed.get(name)!.set(path, bytes)
      const slash = path.lastIndexOf('/') + 1
      files.set(`targets/${path.slice(0, slash)}${sha256(bytes)}.${path.slice(slash)}`, bytes)
    },
    drop: (name: string, path: string) => void listed.get(name)!.delete(path),
    delegate(name: string, delegation: Delegation, by = 'targets'): void {
      delegated.set(name, { ...role(1, 1, 90 * dayMs), ...delegation, by })
      listed.set(name, new Map())
    },
    /** New keys for a role, vouched for by a new root that old and new root keys sign. */
    rotate(...names: TopLevel[]): void {
      const before = [...top.root.keys]
      for (const name of names) top[name].keys = top[name].keys.map(createTufKey)
      publishOne('root', [...new Set([...before, ...top.root.keys])])
    },
    /** Files as they are now, to be served again later. */
    freeze: () => new Map(files),
    async serve(): Promise<{ url: string; close: () => Promise<void> }> {
      const server = createServer((request, response) => {
        const path = decodeURI(request.url ?? '').slice(1)
        requests.push(path)
        const bytes = files.get(path)
        if (bytes === undefined) response.writeHead(404).end()
        else response.writeHead(200, { 'content-length': bytes.length }).end(bytes)
      })
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
      const { port } = server.address() as AddressInfo
      return {
        url: `http://127.0.0.1:${port}`,
        close: () =>
          new Promise((resolve) => {
            server.closeAllConnections()
            server.close(() => resolve())
          }),
      }
    },
  }
  publish('root', 'targets', 'snapshot', 'timestamp')
  return repository
}

/** Serves these files, whatever they are. */
export function sourceOf(files: ReadonlyMap<string, Uint8Array>): TufSource {
  return {
    async open(kind, name) {
      const bytes = files.get(`${kind === 'metadata' ? 'metadata' : 'targets'}/${name}`)
      return bytes === undefined ? null : chunks(bytes)
    },
  }
}

/** Metadata whose signed part a test has changed as it likes, signed with the keys that it has. */
export function forge(
  bytes: Uint8Array,
  change: (signed: Record<string, unknown>) => void,
  keys: readonly TufKey[],
): Uint8Array {
  const { signed: content } = JSON.parse(Buffer.from(bytes).toString()) as { signed: Record<string, unknown> }
  change(content)
  return signed({ toJSON: () => content } as unknown as Targets, keys)
}

function signed(content: Root | Targets | Snapshot | Timestamp, keys: readonly TufKey[]): Uint8Array {
  const metadata = new Metadata(content)
  for (const { id, secret } of keys)
    metadata.sign((data) => new Signature({ keyID: id, sig: signWith(null, data, secret).toString('hex') }))
  return new Uint8Array(Buffer.from(JSON.stringify(metadata.toJSON())))
}

function toCommonJson({ version, expires }: { version: number; expires: string }): Json {
  return { version, expires }
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}

async function* chunks(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let offset = 0; offset < bytes.length; offset += 65_536) yield bytes.subarray(offset, offset + 65_536)
}

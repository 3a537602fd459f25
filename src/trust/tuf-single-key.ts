import {
  Key,
  MetaFile,
  Metadata,
  Root,
  Signature,
  Snapshot,
  TargetFile,
  Targets,
  Timestamp,
} from '@tufjs/models'
import { revocationsPath, signingKeysPath, type Revocations } from '../shared/signed-targets.ts'
import { sha256Hex } from './digest.ts'
import { toPublishKeys } from './publish-keys.ts'
import { signMessage, type SigningKey } from './sign.ts'

/** One file that the repository vouches for, by its TUF target path. `length` in bytes, `sha256` in lower-case hex. */
export interface ListedTarget {
  readonly path: string
  readonly length: number
  readonly sha256: string
}

/** A repository's files under the names that it is served with, below `metadata/` and `targets/`. */
export interface SingleKeyRepository {
  readonly metadata: ReadonlyMap<string, Uint8Array>
  readonly targets: ReadonlyMap<string, Uint8Array>
}

const specVersion = '1.0.31'
const roles = ['root', 'timestamp', 'snapshot', 'targets'] as const

/**
 * The root metadata that this key stands for, oldest first; the last one is what clients pin. One key holds every role.
 * A key signs the same bytes on every computer: a root for each calendar year from 2026 on, which holds to the end of the
 * year after, so whoever pinned an earlier one follows the chain and nothing has to be kept beside the key.
 */
export function singleKeyRoots(key: SigningKey, now: Date): Uint8Array[] {
  const newest = Math.max(1, now.getUTCFullYear() - 2025)
  return Array.from({ length: newest }, (_, index) => {
    const version = index + 1
    const root = new Root({
      version,
      specVersion,
      expires: `${2027 + version}-01-01T00:00:00Z`,
      consistentSnapshot: true,
    })
    for (const role of roles) root.addKey(tufKey(key), role)
    return signed(new Metadata(root), key)
  })
}

/**
 * A whole TUF repository under one key: `release` is brought along, `alsoListed` is vouched for without its bytes, and
 * nothing is withdrawn. Every version number in it is `version`: the highest that a client has seen wins. Everything
 * holds for a year.
 */
export function singleKeyRepository(
  key: SigningKey,
  release: { readonly path: string; readonly bytes: Uint8Array },
  { version, now, alsoListed = [] }: { version: number; now: Date; alsoListed?: readonly ListedTarget[] },
): SingleKeyRepository {
  const none: Revocations = { schema: 1, revocations: [] }
  const brought = [
    { path: signingKeysPath, bytes: json(toPublishKeys([key.publicKey])) },
    { path: revocationsPath, bytes: json(none) },
    release,
  ].map(({ path, bytes }) => ({ path, bytes, length: bytes.length, sha256: sha256Hex(bytes) }))

  const expires = rfc3339(new Date(now.getTime() + 365 * 86_400_000))
  const common = { version, specVersion, expires }
  const targets = new Targets(common)
  for (const { path, length, sha256 } of [...alsoListed, ...brought])
    targets.addTarget(new TargetFile({ path, length, hashes: { sha256 } }))
  const targetsBytes = signed(new Metadata(targets), key)
  const snapshot = new Snapshot({ ...common, meta: { 'targets.json': metaOf(version, targetsBytes) } })
  const snapshotBytes = signed(new Metadata(snapshot), key)
  const timestamp = new Timestamp({
    ...common,
    snapshotMeta: metaOf(version, snapshotBytes),
    unrecognizedFields: { 'x-signed-at': rfc3339(now) },
  })

  const metadata = new Map<string, Uint8Array>()
  singleKeyRoots(key, now).forEach((root, index) => metadata.set(`${index + 1}.root.json`, root))
  metadata.set(`${version}.targets.json`, targetsBytes)
  metadata.set(`${version}.snapshot.json`, snapshotBytes)
  metadata.set('timestamp.json', signed(new Metadata(timestamp), key))
  return {
    metadata,
    targets: new Map(brought.map(({ path, bytes, sha256 }) => [withHash(path, sha256), bytes])),
  }
}

/** Consistent snapshots put the digest before the file's own name, TUF 1.0 §6.2. */
function withHash(path: string, sha256: string): string {
  const name = path.lastIndexOf('/') + 1
  return `${path.slice(0, name)}${sha256}.${path.slice(name)}`
}

function tufKey(key: SigningKey): Key {
  const keyVal = { public: Buffer.from(key.publicKey).toString('hex') }
  return new Key({ keyID: key.keyid, keyType: 'ed25519', scheme: 'ed25519', keyVal })
}

function metaOf(version: number, bytes: Uint8Array): MetaFile {
  return new MetaFile({ version, length: bytes.length, hashes: { sha256: sha256Hex(bytes) } })
}

function signed(metadata: Metadata<Root | Timestamp | Snapshot | Targets>, key: SigningKey): Uint8Array {
  metadata.sign((bytes) => {
    const sig = Buffer.from(signMessage(bytes, key.secretKey)).toString('hex')
    return new Signature({ keyID: key.keyid, sig })
  })
  return json(metadata.toJSON())
}

function json(value: unknown): Uint8Array {
  return new Uint8Array(Buffer.from(`${JSON.stringify(value)}\n`))
}

/** TUF knows whole seconds only. */
function rfc3339(date: Date): string {
  return `${date.toISOString().slice(0, 19)}Z`
}

import { createReadStream } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { SkilletError } from '../../shared/errors.ts'
import { releasePath, revocationsPath, signingKeysPath } from '../../shared/signed-targets.ts'
import { aroundPayload } from '../../trust/bundle-format.ts'
import { createTufClient, type TufSource } from '../../trust/tuf.ts'
import { verifyRelease } from '../../trust/verify-release.ts'
import { latestVersion, requireRegistry } from '../install/candidate.ts'
import type { Store } from '../install/store.ts'
import { obtainTarball } from '../install/tarball.ts'
import type { CatalogIndex, RegistryClient, RegistryTrust } from '../ports.ts'
import { writeOut } from '../write-out.ts'

interface ExportPorts {
  readonly trust: RegistryTrust
  readonly registry: RegistryClient | null
  readonly catalog: CatalogIndex
  readonly store: Store
  /** The root that this computer pins. */
  readonly pinnedRoot: Uint8Array | null
}

/** No registry has changed its root more often; TUF asks for them one by one. */
const maxRoots = 4096

/**
 * Writes a published skill as a `.skillet` file, put together from what any static mirror serves: the release, its
 * tarball, and exactly those signed lists that a computer without any needs to prove both.
 * @throws SkilletError NOT_FOUND, REVOKED, REGISTRY_UNREACHABLE, TIER_REQUIRED, NOT_WRITABLE, NO_SPACE, and what the
 *   verification throws
 */
export async function exportBundle(
  ports: ExportPorts,
  which: { slug: string; version?: string | undefined },
  toFile: string,
): Promise<{ version: string }> {
  const { trust, store, pinnedRoot } = ports
  const registry = requireRegistry(ports.registry)
  const { slug } = which
  await trust.refresh()
  const lists = { maxAgeMs: 15_000 }
  const version = which.version ?? (await latestVersion(ports, slug, lists))
  const envelope = await trust.release(slug, version, lists)
  const { release } = verifyRelease(envelope, await trust.publishKeys(lists), { slug, version })
  if (pinnedRoot === null) throw new SkilletError('TRUST_ROOT_INVALID', 'No trust root is named.')
  const carried = await collectLists(registry.tuf, pinnedRoot, releasePath(slug, version))
  const tarball = await obtainTarball(store.paths, release.tarball, (one, toPath, hooks) =>
    registry.downloadTarball(one, toPath, hooks),
  )
  const around = aroundPayload({ release: envelope, ...carried }, release.tarball.size)
  await writeOut(toFile, [[around.before], createReadStream(tarball.path), [around.after]])
  return { version }
}

/** What a client that knows nothing but the pinned root asks for, and every root before that for older ones. */
async function collectLists(
  source: TufSource,
  pinnedRoot: Uint8Array,
  release: string,
): Promise<{ metadata: Map<string, Uint8Array>; targets: Map<string, Uint8Array> }> {
  const metadata = new Map<string, Uint8Array>()
  const targets = new Map<string, Uint8Array>()
  const recording: TufSource = {
    async open(kind, name) {
      const body = await source.open(kind, name)
      return body && recorded(body, (bytes) => (kind === 'metadata' ? metadata : targets).set(name, bytes))
    },
  }
  const folder = await mkdtemp(join(tmpdir(), 'skillet-export-'))
  try {
    const client = createTufClient({ folder, pinnedRoot, essential: [signingKeysPath, revocationsPath] })
    const { rootVersion } = await client.refresh(recording)
    await client.fetch(release, recording)
    for (let number = 1; number <= Math.min(rootVersion, maxRoots); number++) {
      if (metadata.has(`${number}.root.json`)) continue
      const body = await recording.open('metadata', `${number}.root.json`)
      if (body !== null) for await (const part of body) void part
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
  return { metadata: new Map([...metadata].sort(byName)), targets: new Map([...targets].sort(byName)) }
}

function byName([a]: [string, unknown], [b]: [string, unknown]): number {
  return a < b ? -1 : 1
}

/** Passes a body on and keeps it once it has come to its end. */
async function* recorded(
  body: AsyncIterable<Uint8Array>,
  keep: (bytes: Uint8Array) => void,
): AsyncGenerator<Uint8Array> {
  const parts: Uint8Array[] = []
  for await (const part of body) {
    parts.push(part)
    yield part
  }
  keep(new Uint8Array(Buffer.concat(parts)))
}

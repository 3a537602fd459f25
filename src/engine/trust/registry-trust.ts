import { readFile } from 'node:fs/promises'
import type { TrustStatus } from '../../shared/contract/overview.ts'
import { SkilletError, toSkilletError } from '../../shared/errors.ts'
import { catalogPath, releasePath, revocationsPath, signingKeysPath } from '../../shared/signed-targets.ts'
import { sha256Hex } from '../../trust/digest.ts'
import { parsePublishKeys } from '../../trust/publish-keys.ts'
import { findRevocation, parseRevocations } from '../../trust/revocations.ts'
import type { TufSource } from '../../trust/tuf.ts'
import type { Paths } from '../paths.ts'
import type { RegistryTrust } from '../ports.ts'
import { assertNotOnHold } from './on-hold.ts'
import { pruneReleases } from './prune-releases.ts'
import { toRevokedError } from './revoked.ts'
import { createSignedLists, type Holding } from './signed-lists.ts'

export interface RegistryTrustOptions {
  readonly paths: Paths
  /** The root metadata that this computer pins; null where nobody has named one: everything throws TRUST_ROOT_INVALID. */
  readonly pinnedRoot: Uint8Array | null
  /** Null: only what is on this computer, and what bundles carry. */
  readonly registry: { readonly url: string; readonly tuf: TufSource } | null
  readonly now?: () => Date
}

/** Releases that are read between two looks at how many of them lie here. */
const pruneEvery = 50

/** One registry's word, over the folder of verified lists that belongs to the pinned root. One a process. */
export function createRegistryTrust(options: RegistryTrustOptions): RegistryTrust {
  const { paths, pinnedRoot, registry, now = () => new Date() } = options
  const lists = createSignedLists({ trustFolder: paths.trust, pinnedRoot, registry, now })
  const keysAt = createFileReader(parsePublishKeys)
  const revocationsAt = createFileReader(parseRevocations)
  const catalogs = new Map<string, Promise<string>>()
  const listeners = new Set<(status: TrustStatus) => void>()
  let shown = ''
  let releases = 0

  async function status(): Promise<TrustStatus> {
    let problem = lists.lastFailure()?.toPlain() ?? null
    const unknown: TrustStatus = {
      registry: registry?.url ?? '',
      checkedAt: null,
      validUntil: null,
      problem,
      root: null,
      publishKeys: [],
    }
    try {
      await lists.local()
    } catch (error) {
      // Why they don't hold matters more than why no newer ones came.
      problem = toSkilletError(error).toPlain()
    }
    try {
      const known = await lists.lastKnown()
      if (known === null) return { ...unknown, problem }
      const { client, state } = known
      const { keys } = await keysAt(await client.fetch(signingKeysPath, null))
      return {
        ...unknown,
        checkedAt: (await lists.marker())?.checkedAt?.toISOString() ?? null,
        validUntil: state.validUntil.toISOString(),
        problem,
        root: {
          version: state.rootVersion,
          threshold: state.root.threshold,
          keyids: [...state.root.keyids],
        },
        publishKeys: keys.map(({ keyid, status, since, until }) => ({ keyid, status, since, until })),
      }
    } catch (error) {
      return { ...unknown, problem: problem ?? toSkilletError(error).toPlain() }
    }
  }

  lists.onCheck(() => {
    if (listeners.size === 0) return
    void status().then((known) => {
      const text = JSON.stringify({ ...known, checkedAt: null })
      if (text === shown) return
      shown = text
      for (const listener of listeners) listener(known)
    })
  })

  /** What wasn't fetched before can't be had without a connection; nothing is wrong with it. */
  async function whileAsked<T>({ unasked }: Holding, work: Promise<T>): Promise<T> {
    try {
      return await work
    } catch (error) {
      if (unasked !== null && error instanceof SkilletError && error.code === 'METADATA_INVALID')
        throw unasked
      throw error
    }
  }

  const find = (holding: Holding, path: string) =>
    whileAsked(holding, holding.client.find(path, holding.source))
  const fetch = (holding: Holding, path: string) =>
    whileAsked(holding, holding.client.fetch(path, holding.source))

  /** Another process may be clearing away what was fetched long ago; then it is fetched again. */
  async function readReleased(holding: Holding, path: string): Promise<Uint8Array> {
    for (let left = 2; ; left--)
      try {
        return new Uint8Array(await readFile(await fetch(holding, path)))
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || left === 0) throw error
      }
  }

  return {
    async refresh(freshness = {}) {
      await lists.holding(freshness)
      return status()
    },
    status,
    async publishKeys(freshness = {}) {
      return keysAt(await fetch(await lists.holding(freshness), signingKeysPath))
    },
    async lastKnownKeys() {
      const known = await lists.lastKnown()
      if (known === null)
        throw new SkilletError(
          'REGISTRY_UNREACHABLE',
          'This computer has never seen the list of keys that sign skills.',
        )
      return keysAt(await known.client.fetch(signingKeysPath, null))
    },
    async revocations(freshness = {}) {
      return revocationsAt(await fetch(await lists.holding(freshness), revocationsPath))
    },
    async release(slug, version, freshness = {}) {
      const holding = await lists.holding(freshness)
      const path = releasePath(slug, version)
      const target = await find(holding, path)
      if (target === null) {
        const revocations = await revocationsAt(await fetch(holding, revocationsPath))
        const revocation = findRevocation(revocations, slug, version)
        if (revocation !== null) throw toRevokedError(revocation, version)
        assertNotOnHold(revocations, slug)
        throw new SkilletError('NOT_FOUND', `The registry doesn't offer ${slug} ${version}.`)
      }
      const bytes = await readReleased(holding, path)
      if (sha256Hex(bytes) !== target.sha256)
        throw new SkilletError('METADATA_INVALID', `The registry replaced ${slug} ${version} just now.`, {
          remedy: 'Try again.',
        })
      if (releases++ % pruneEvery === 0) await pruneReleases(holding.folder)
      return bytes
    },
    async isCurrent(slug, version, envelope, freshness = {}) {
      const holding = await lists.holding(freshness)
      let target
      try {
        target = await find(holding, releasePath(slug, version))
      } catch (error) {
        if (error !== holding.unasked) throw error
        throw new SkilletError(
          'NOT_CURRENT',
          `Without a connection nobody can tell whether ${slug} ${version} is still offered.`,
          {
            remedy: 'Connect to the registry once and try again, or get a newer .skillet file.',
            cause: error,
          },
        )
      }
      return target !== null && target.length === envelope.length && target.sha256 === sha256Hex(envelope)
    },
    async catalogFile(freshness = {}) {
      const holding = await lists.holding(freshness)
      const target = await find(holding, catalogPath)
      if (target === null) throw new SkilletError('NOT_FOUND', 'The registry has no catalog.')
      const { sha256 } = target
      let fetching = catalogs.get(sha256)
      if (fetching === undefined) {
        fetching = fetch(holding, catalogPath).finally(() => catalogs.delete(sha256))
        catalogs.set(sha256, fetching)
      }
      return { path: await fetching, sha256 }
    },
    onStatus(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}

/**
 * Parses a file once for all times that it is asked for. The client has verified it, and a file of another content has
 * another path.
 */
function createFileReader<T>(parse: (bytes: Uint8Array) => T): (path: string) => Promise<T> {
  let known: { path: string; value: T } | null = null
  return async (path) => {
    if (known?.path !== path) known = { path, value: parse(new Uint8Array(await readFile(path))) }
    return known.value
  }
}

import { basename } from 'node:path'
import type { Provenance } from '../../shared/contract/skills.ts'
import { SkilletError } from '../../shared/errors.ts'
import type { Release } from '../../shared/release.ts'
import type { InstallSource } from '../api.ts'
import { extractPayload, readBundle, type Bundle } from '../package/bundle.ts'
import type { Freshness, RegistryClient } from '../ports.ts'
import { currentUntil } from '../trust/current.ts'
import { assertNotOnHold } from '../trust/on-hold.ts'
import { assertNotAmong, assertNotRevoked, toRevokedError } from '../trust/revoked.ts'
import { verifyReleaseOnce } from '../trust/verified-releases.ts'
import type { InstallPorts } from './install-ports.ts'
import type { FetchTarball } from './tarball.ts'

/** A release whose signature holds and which the registry's lists name as current, and where its tarball comes from. */
export interface Candidate {
  readonly release: Release
  readonly keyid: string
  /** The signed release exactly as it was received. */
  readonly envelope: Uint8Array
  /** The registry's address, or the bundle's file name. */
  readonly origin: string
  readonly current: Provenance['current']
  readonly fetch: FetchTarball
  /** The file that it came in; null for the registry's own. */
  readonly bundle: Bundle | null
  /** The same questions to the lists again, for just before it takes force. @throws SkilletError REVOKED, ON_HOLD, NOT_CURRENT */
  assertStillCurrent(): Promise<void>
}

export interface CandidateHooks {
  onAccess?: () => void
  onSignature?: () => void
  signal?: AbortSignal | undefined
  /** What an earlier look at the same source found. */
  earlier?: Candidate | undefined
}

type Ports = Pick<InstallPorts, 'trust' | 'registry' | 'catalog'>

/** Within one install the lists are asked for once, and once more before the result takes force. */
const sameCheckMs = 15_000

/**
 * Access pre-flight, fresh lists, signed release, signature, revocation: the first steps of an install, in this order.
 * @throws SkilletError TIER_REQUIRED, UNAUTHORIZED, NOT_FOUND, REGISTRY_UNREACHABLE, METADATA_…, CLOCK_WRONG,
 *   SIGNATURE_INVALID, SIGNER_UNTRUSTED, RELEASE_INVALID, REVOKED, ON_HOLD, NOT_CURRENT …
 */
export async function findCandidate(
  ports: Ports,
  source: InstallSource,
  hooks: CandidateHooks = {},
): Promise<Candidate> {
  if ('file' in source) return fromBundle(ports, source.file, hooks)
  const registry = requireRegistry(ports.registry)
  const { trust } = ports
  const { slug } = source
  const refreshing = trust.refresh({ signal: hooks.signal })
  // Whether this key may have the skill is heard first.
  refreshing.catch(() => undefined)
  await registry.access(slug)
  const status = await refreshing
  const lists: Freshness = { maxAgeMs: sameCheckMs, signal: hooks.signal }
  const version = source.version ?? (await latestVersion(ports, slug, lists))
  hooks.onAccess?.()
  const envelope = await trust.release(slug, version, lists)
  const keys = await trust.publishKeys(lists)
  const verified = verifyReleaseOnce(envelope, keys, { slug, version })
  await assertNotRevoked(trust, slug, version, lists)
  hooks.onSignature?.()
  return {
    ...verified,
    envelope,
    origin: registry.url,
    current: currentUntil(status),
    fetch: (tarball, toPath, { onProgress, signal }) =>
      registry.downloadTarball(tarball, toPath, { onProgress, signal }),
    bundle: null,
    assertStillCurrent: () => assertCurrent(ports, verified.release, envelope, { maxAgeMs: sameCheckMs }),
  }
}

/** The registry's lists decide; where it can't be reached, those that the bundle carries, or newer ones known here. */
async function fromBundle(ports: Ports, path: string, hooks: CandidateHooks): Promise<Candidate> {
  const { trust } = ports
  const bundle = await readBundle(path, hooks.earlier?.bundle)
  const status = await trust.refresh({ signal: hooks.signal, carried: bundle.tuf })
  hooks.onAccess?.()
  const lists: Freshness = { maxAgeMs: sameCheckMs, signal: hooks.signal, carried: bundle.tuf }
  const keys = await trust.publishKeys(lists)
  const verified = verifyReleaseOnce(bundle.release, keys)
  await assertCurrent(ports, verified.release, bundle.release, lists)
  hooks.onSignature?.()
  return {
    ...verified,
    envelope: bundle.release,
    origin: basename(path),
    current: currentUntil(status),
    fetch: (_tarball, toPath, { signal }) => extractPayload(path, toPath, signal),
    bundle,
    assertStillCurrent: () =>
      assertCurrent(ports, verified.release, bundle.release, { maxAgeMs: sameCheckMs, carried: bundle.tuf }),
  }
}

async function assertCurrent(
  { trust }: Ports,
  { slug, version }: Release,
  envelope: Uint8Array,
  lists: Freshness,
): Promise<void> {
  const revocations = await trust.revocations(lists)
  assertNotAmong(revocations, slug, version)
  assertNotOnHold(revocations, slug)
  if (!(await trust.isCurrent(slug, version, envelope, lists)))
    throw new SkilletError('NOT_CURRENT', `The registry no longer offers this copy of ${slug} ${version}.`)
}

export function requireRegistry<R extends RegistryClient>(registry: R | null): R {
  if (registry !== null) return registry
  throw new SkilletError('REGISTRY_UNREACHABLE', 'No registry is set.', {
    remedy: 'Name one with --registry or SKILLET_REGISTRY.',
  })
}

/**
 * The newest version that the registry offers; never a withdrawn one.
 * @throws SkilletError NOT_FOUND; ON_HOLD; REVOKED where all of it was withdrawn
 */
export async function latestVersion(
  { trust, catalog }: Pick<Ports, 'trust' | 'catalog'>,
  slug: string,
  lists: Freshness = { maxAgeMs: sameCheckMs },
): Promise<string> {
  const entry = await catalog.get(slug)
  const listed = await trust.revocations(lists)
  const withdrawn = listed.revocations.filter((one) => one.slug === slug)
  const found =
    entry === null
      ? withdrawn[0]
      : withdrawn.find((one) => one.version === '*' || one.version === entry.version)
  if (found !== undefined) throw toRevokedError(found, entry?.version ?? found.version)
  assertNotOnHold(listed, slug)
  if (entry === null) throw new SkilletError('NOT_FOUND', `There is no skill ${slug} in the catalog.`)
  return entry.version
}

import { open } from 'node:fs/promises'
import { basename } from 'node:path'
import { SkilletError } from '../../shared/errors.ts'
import type { Release } from '../../shared/release.ts'
import { maxEnvelopeBytes } from '../../trust/envelope.ts'
import { verifyRelease } from '../../trust/verify-release.ts'
import type { InstallSource } from '../api.ts'
import { maxBundleBytes, readBundle, type Bundle } from '../package/bundle.ts'
import type { RegistryClient } from '../ports.ts'
import type { InstallPorts } from './install-ports.ts'
import { fetchFromBytes, type FetchTarball } from './tarball.ts'

/** A release whose signature holds, and where its tarball comes from. */
export interface Candidate {
  readonly release: Release
  readonly keyid: string
  /** The signed release exactly as it was received. */
  readonly envelope: Uint8Array
  /** The registry's address, or the bundle's file name. */
  readonly origin: string
  readonly fetch: FetchTarball
}

export interface CandidateHooks {
  onAccess?: () => void
  onSignature?: () => void
}

/**
 * Access pre-flight, signed release, signature, revocation: the first steps of an install, in this order.
 * @throws SkilletError TIER_REQUIRED, UNAUTHORIZED, NOT_FOUND, REGISTRY_UNREACHABLE, SIGNATURE_INVALID,
 *   SIGNER_UNTRUSTED, RELEASE_INVALID, REVOKED …
 */
export async function findCandidate(
  ports: Pick<InstallPorts, 'root' | 'registry' | 'revocations'>,
  source: InstallSource,
  hooks: CandidateHooks = {},
): Promise<Candidate> {
  if ('file' in source) return fromBundle(ports, source.file, hooks)
  const registry = requireRegistry(ports.registry)
  await registry.access(source.slug)
  const version = source.version ?? (await latestVersion(registry, source.slug))
  hooks.onAccess?.()
  const envelope = await registry.releaseEnvelope(source.slug, version)
  if (envelope.length > maxEnvelopeBytes)
    throw new SkilletError('ENVELOPE_INVALID', 'The signed document is too large.')
  const { release, keyid } = verifyRelease(envelope, ports.root, { slug: source.slug, version })
  await ports.revocations.assertNotRevoked(release.slug, release.version)
  hooks.onSignature?.()
  const fetch: FetchTarball = (tarball, toPath, { onProgress, signal }) =>
    registry.downloadTarball(tarball, toPath, { onProgress, signal })
  return { release, keyid, envelope, origin: registry.url, fetch }
}

async function fromBundle(
  ports: Pick<InstallPorts, 'root' | 'revocations'>,
  path: string,
  hooks: CandidateHooks,
): Promise<Candidate> {
  const bundle = await readBundleFile(path)
  hooks.onAccess?.()
  const { release, keyid } = verifyRelease(bundle.release, ports.root)
  await ports.revocations.assertNotRevoked(release.slug, release.version, bundle.revocations)
  hooks.onSignature?.()
  // Read again when it is needed rather than kept in memory; its digest is checked then in any case.
  const fetch = fetchFromBytes(async () => (await readBundleFile(path)).payload)
  return { release, keyid, envelope: bundle.release, origin: basename(path), fetch }
}

/** A `.skillet` file from disk. @throws SkilletError NOT_FOUND, TOO_LARGE, ARCHIVE_UNSAFE */
export async function readBundleFile(path: string): Promise<Bundle> {
  let file
  try {
    file = await open(path, 'r')
  } catch (error) {
    throw new SkilletError('NOT_FOUND', `The file ${path} can't be opened.`, {
      remedy: 'Check the name of the file.',
      cause: error,
    })
  }
  try {
    const stats = await file.stat()
    if (!stats.isFile()) throw new SkilletError('NOT_FOUND', `${path} is not a file.`)
    if (stats.size > maxBundleBytes) throw new SkilletError('TOO_LARGE', 'The bundle is too large.')
    return await readBundle(new Uint8Array(await file.readFile()))
  } finally {
    await file.close()
  }
}

export function requireRegistry(registry: RegistryClient | null): RegistryClient {
  if (registry !== null) return registry
  throw new SkilletError('REGISTRY_UNREACHABLE', 'No registry is set.', {
    remedy: 'Name one with --registry or SKILLET_REGISTRY.',
  })
}

/** @throws SkilletError NOT_FOUND when the catalog doesn't have it */
export async function latestVersion(registry: RegistryClient, slug: string): Promise<string> {
  const entry = (await registry.catalog()).skills.find((skill) => skill.slug === slug)
  if (entry === undefined) throw new SkilletError('NOT_FOUND', `There is no skill ${slug} in the catalog.`)
  return entry.version
}

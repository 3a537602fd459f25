import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { cp, mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join, resolve } from 'node:path'
import { exists, statIfThere } from '../engine/disk.ts'
import { extractTarball } from '../engine/install/extract.ts'
import { extractPayload, readBundle, type Bundle } from '../engine/package/bundle.ts'
import { createPaths } from '../engine/paths.ts'
import { createRegistryTrust } from '../engine/trust/registry-trust.ts'
import { loadPinnedRoot } from '../engine/trust-root.ts'
import type { TrustStatus } from '../shared/contract/overview.ts'
import { SkilletError, toSkilletError } from '../shared/errors.ts'
import { envelopeSchema, type Release } from '../shared/release.ts'
import type { Revocation } from '../shared/signed-targets.ts'
import { findRevocation } from '../trust/revocations.ts'
import { parseRelease, verifyRelease } from '../trust/verify-release.ts'
import type { Settings } from './context.ts'

export interface InspectedBundle {
  /** What the bundle says of itself; believed only where `problem` is null. */
  readonly release: Release
  /** Fingerprints of the keys that it claims to be signed with. */
  readonly keyids: readonly string[]
  /** Why it is not proven genuine and current; null where it is. */
  readonly problem: SkilletError | null
  /** Whose word counted, and until when it holds; null where there was nobody's. */
  readonly trust: TrustStatus | null
  /** Why it was withdrawn, as far as this computer and the bundle know. */
  readonly revocation: Revocation | null
}

/**
 * Reads a `.skillet` file and proves it without a connection, by the lists in it and those on this computer. A bundle
 * that can't be proven is still shown, with the reason. Throws NOT_FOUND, ARCHIVE_UNSAFE, TOO_LARGE, ENVELOPE_INVALID,
 * RELEASE_INVALID where there is nothing to show.
 */
export async function inspectBundle(
  file: string,
  settings: Pick<Settings, 'home' | 'trustRootFile'>,
): Promise<InspectedBundle> {
  const path = resolve(file)
  const bundle = await readBundle(path)
  const { release, keyids } = claimsOf(bundle.release)
  // A file that is only looked at must change neither what this computer pins nor what it has verified.
  const scratch = await mkdtemp(join(tmpdir(), 'skillet-inspect-'))
  try {
    const proof = await prove({ path, bundle, release, settings, scratch })
    return { release, keyids, ...proof }
  } finally {
    await rm(scratch, { recursive: true, force: true })
  }
}

async function prove({
  path,
  bundle,
  release,
  settings,
  scratch,
}: {
  path: string
  bundle: Bundle
  release: Release
  settings: Pick<Settings, 'home' | 'trustRootFile'>
  scratch: string
}): Promise<Pick<InspectedBundle, 'problem' | 'trust' | 'revocation'>> {
  const paths = createPaths(scratch)
  await copyTrust(createPaths(settings.home).trust, paths.trust)
  let trust: TrustStatus | null = null
  let revocation: Revocation | null = null
  try {
    const pinnedRoot = await loadPinnedRoot(paths, settings.trustRootFile)
    if (pinnedRoot === null)
      throw new SkilletError('SIGNER_UNTRUSTED', 'No trust root is named, so no signer is trusted.', {
        remedy: 'Add --trust-root FILE, or set SKILLET_TRUST_ROOT.',
      })
    const lists = createRegistryTrust({ paths, pinnedRoot, registry: null })
    const carried = { carried: bundle.tuf }
    await lists.refresh(carried)
    trust = await lists.status()
    revocation = findRevocation(await lists.revocations(carried), release.slug, release.version)
    verifyRelease(bundle.release, await lists.publishKeys(carried))
    if (revocation !== null)
      throw new SkilletError(
        'REVOKED',
        `${release.slug} ${release.version} was withdrawn: ${revocation.reason}`,
      )
    if (!(await lists.isCurrent(release.slug, release.version, bundle.release, carried)))
      throw new SkilletError(
        'NOT_CURRENT',
        `${release.slug} ${release.version} is no longer offered like this.`,
        {
          remedy: 'Get a newer .skillet file.',
        },
      )
    const payload = join(scratch, 'payload')
    await extractPayload(path, payload)
    if ((await sha256OfFile(payload)) !== release.tarball.sha256)
      throw new SkilletError('DIGEST_MISMATCH', 'The archive inside is not the one that was signed.')
    await extractTarball(payload, release, join(scratch, 'files'))
    return { problem: null, trust, revocation }
  } catch (error) {
    return { problem: toSkilletError(error), trust, revocation }
  }
}

const copyTries = 5

/**
 * What this computer has verified, as it stood at one moment: a check that goes on elsewhere writes there. Without it a
 * withdrawal that is known here would not count, so a copy that can't be had is an error.
 * @throws SkilletError BUSY
 */
export async function copyTrust(from: string, to: string): Promise<void> {
  for (let left = copyTries; left > 0; left--) {
    if (!(await exists(from))) return
    try {
      const before = await stateOf(from)
      await cp(from, to, { recursive: true, filter: matters })
      if ((await stateOf(from)) === before) return
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    }
    await rm(to, { recursive: true, force: true })
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  throw new SkilletError('BUSY', 'Another Skillet is changing the signed lists on this computer.')
}

/** The catalog stays behind: it may be large, and says nothing about a bundle. What is half written, and who writes, too. */
function matters(path: string): boolean {
  return !/catalog\.json$|\.tmp$|lock$/.test(basename(path))
}

async function stateOf(folder: string): Promise<string> {
  const entries = (await readdir(folder, { withFileTypes: true })).filter(({ name }) => matters(name))
  const states = entries.map(async (entry) => {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) return `${path}\n${await stateOf(path)}`
    const stats = await statIfThere(path)
    return `${path} ${stats?.ino} ${stats?.size} ${stats?.mtimeMs}`
  })
  return (await Promise.all(states)).sort().join('\n')
}

async function sha256OfFile(path: string): Promise<string> {
  const hash = createHash('sha256')
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer)
  return hash.digest('hex')
}

function claimsOf(envelopeBytes: Uint8Array): { release: Release; keyids: string[] } {
  let envelope
  try {
    envelope = envelopeSchema.parse(JSON.parse(new TextDecoder().decode(envelopeBytes)))
  } catch (cause) {
    throw new SkilletError('ENVELOPE_INVALID', 'The signed release in the file is damaged.', { cause })
  }
  return {
    release: parseRelease(new Uint8Array(Buffer.from(envelope.payload, 'base64'))),
    keyids: envelope.signatures.map(({ keyid }) => keyid),
  }
}

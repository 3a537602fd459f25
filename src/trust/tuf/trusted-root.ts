import { basename } from 'node:path'
import { MetadataKind, type Metadata, type Root } from '@tufjs/models'
import { sha256Hex } from '../digest.ts'
import { parseMetadata } from './parse-metadata.ts'
import { rootInvalid } from './refusal.ts'
import { assertSigned } from './signatures.ts'
import type { TrustFiles } from './trust-files.ts'
import { createTopLevelVerifier } from './verify-top-level.ts'

/** Expiry is for others to judge: an expired root still says which root comes next, TUF 1.0 §5.3. */
const anyTime = new Date(0)

/** A root that is well-formed and signed by its own keys. @throws SkilletError TRUST_ROOT_INVALID */
export function parseRoot(bytes: Uint8Array): Metadata<Root> {
  return createTopLevelVerifier(Buffer.from(bytes), anyTime).root()
}

/** Digests of roots that were held to it already: the same bytes give the same answer. */
const heldStrictly = new Set<string>()

/** parseRoot for bytes from outside: held to Skillet's own strictness as well. @throws SkilletError TRUST_ROOT_INVALID */
export function parsePinnedRoot(bytes: Uint8Array): Metadata<Root> {
  const root = parseRoot(bytes)
  const digest = sha256Hex(bytes)
  if (heldStrictly.has(digest)) return root
  try {
    assertSigned(root, MetadataKind.Root, parseMetadata(bytes).document)
  } catch (error) {
    throw rootInvalid('it is not signed by its own keys', error)
  }
  heldStrictly.clear()
  heldStrictly.add(digest)
  return root
}

/**
 * The newest root that this computer has reason to trust (TUF 1.0 §5.2): the one in the folder, or the pinned one where
 * that is newer or the other is damaged; then, from there, as far as the roots kept beside it lead.
 * @throws SkilletError TRUST_ROOT_INVALID, also where the folder belongs to another registry
 */
export async function loadTrustedRoot(
  files: TrustFiles,
  pinned: Buffer,
): Promise<{ bytes: Buffer; onDisk: Buffer | null }> {
  const onDisk = await files.read('root.json')
  const current = onDisk === null ? null : tryParse(onDisk)
  if (onDisk === null || current === null)
    return { bytes: await follow(pinned, parseRoot(pinned), files), onDisk }
  if (onDisk.equals(pinned)) return { bytes: await follow(onDisk, current, files), onDisk }
  const pinnedRoot = parseRoot(pinned)
  const known =
    basename(files.folder) === folderName(pinned) ||
    isSameLineage(pinned, [onDisk, ...(await files.rootHistory(0))])
  if (!known) throw rootInvalid(`what is kept in ${files.folder} belongs to another registry`)
  const bytes =
    current.signed.version >= pinnedRoot.signed.version
      ? await follow(onDisk, current, files)
      : await follow(pinned, pinnedRoot, files)
  return { bytes, onDisk }
}

/** What a folder is called that began with this root: evidence of its own should the roots in it get lost. */
export function folderName(pinned: Uint8Array): string {
  return sha256Hex(pinned).slice(0, 16)
}

/**
 * Whether a pinned root and the roots of a folder belong to one registry: it is among them, or the newest of them vouches
 * for it as a later one, or it vouches for one of them.
 * @throws SkilletError TRUST_ROOT_INVALID when the pinned root is no root
 */
export function isSameLineage(pinned: Uint8Array, folderRoots: readonly Uint8Array[]): boolean {
  if (folderRoots.some((bytes) => Buffer.compare(bytes, pinned) === 0)) return true
  const root = parseRoot(pinned)
  const others = folderRoots.flatMap((bytes) => tryParse(bytes) ?? [])
  const newest = Math.max(...others.map(({ signed }) => signed.version))
  return others.some((other) =>
    other.signed.version > root.signed.version
      ? vouches(root, other)
      : other.signed.version === newest && newest < root.signed.version && vouches(other, root),
  )
}

async function follow(start: Buffer, root: Metadata<Root>, files: TrustFiles): Promise<Buffer> {
  let bytes = start
  for (const next of await files.rootHistory(root.signed.version)) {
    const verifier = createTopLevelVerifier(bytes, anyTime)
    try {
      verifier.acceptRoot(next)
      bytes = next
    } catch {
      // Damaged: it and what follows are asked of the registry.
      break
    }
  }
  return bytes
}

function vouches(one: Metadata<Root>, other: Metadata<Root>): boolean {
  try {
    one.verifyDelegate(MetadataKind.Root, other)
    return true
  } catch {
    return false
  }
}

function tryParse(bytes: Uint8Array): Metadata<Root> | null {
  try {
    return parseRoot(bytes)
  } catch {
    return null
  }
}

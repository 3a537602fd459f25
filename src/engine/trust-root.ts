import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { SkilletError } from '../shared/errors.ts'
import { parsePinnedRoot } from '../trust/tuf/trusted-root.ts'
import { sha256Hex } from '../trust/digest.ts'
import { writeFileAtomic } from './disk.ts'
import type { Paths } from './paths.ts'
import type { RootPin } from './policy/registry-choice.ts'

/**
 * The pinned root metadata (TUF 1.0 §5.2): from the file that was named, else from the copy under `trust/` that the first
 * start with one left behind: only a well-formed root takes that place, or that of something that is none. Null where there
 * is neither. Whether the result is well-formed shows when it is used. `pin`: what administrators decided instead.
 * @throws SkilletError TRUST_ROOT_INVALID, POLICY_DENIED for another root than the one that administrators pinned
 */
export async function loadPinnedRoot(
  paths: Paths,
  named: string | null,
  pin: RootPin | null = null,
): Promise<Uint8Array | null> {
  if (pin === null) return loadChosenRoot(paths, named)
  if ('root' in pin) return pin.root
  const pinned = join(paths.trust, 'root.json')
  const candidates = [named, pinned].filter((path) => path !== null)
  const roots = (await Promise.all(candidates.map(readIfThere))).filter((bytes) => bytes !== null)
  const right = roots.find((bytes) => sha256Hex(bytes) === pin.sha256)
  if (right === undefined && roots.length > 0)
    throw new SkilletError('POLICY_DENIED', 'Your administrator pinned another trust root than this one.', {
      remedy: 'Start Skillet with the trust root that your administrator names: --trust-root FILE',
    })
  return right ?? null
}

async function loadChosenRoot(paths: Paths, named: string | null): Promise<Uint8Array | null> {
  const pinned = join(paths.trust, 'root.json')
  if (named === null) return readIfThere(pinned)
  const bytes = await readIfThere(named)
  if (bytes === null) throw new SkilletError('TRUST_ROOT_INVALID', `The trust root ${named} does not exist.`)
  const kept = await readIfThere(pinned)
  // Named again at every start, mostly.
  if (kept !== null && Buffer.compare(kept, bytes) === 0) return bytes
  if (isRoot(bytes) && (kept === null || !isRoot(kept))) await writeFileAtomic(pinned, bytes)
  return bytes
}

function isRoot(bytes: Uint8Array): boolean {
  try {
    parsePinnedRoot(bytes)
    return true
  } catch {
    // What is wrong with it is said when it is used.
    return false
  }
}

async function readIfThere(path: string): Promise<Uint8Array | null> {
  try {
    return new Uint8Array(await readFile(path))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw new SkilletError('TRUST_ROOT_INVALID', `The trust root ${path} can't be read.`, { cause: error })
  }
}

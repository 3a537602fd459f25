import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { SkilletError } from '../shared/errors.ts'
import type { PublishKeys } from '../shared/signed-targets.ts'
import { parsePublishKeys } from '../trust/publish-keys.ts'
import { writeFileAtomic } from './disk.ts'
import type { Paths } from './paths.ts'

/**
 * The pinned keys: from the file that was named, else from the copy under `trust/` that the first start with one left
 * behind. Null where there is neither. @throws SkilletError TRUST_ROOT_INVALID
 */
export async function loadTrustRoot(paths: Paths, named: string | null): Promise<PublishKeys | null> {
  const pinned = join(paths.trust, 'trust-root.json')
  if (named === null) {
    const bytes = await readIfThere(pinned)
    return bytes === null ? null : parsePublishKeys(bytes)
  }
  const bytes = await readIfThere(named)
  if (bytes === null) throw new SkilletError('TRUST_ROOT_INVALID', `The trust root ${named} does not exist.`)
  const root = parsePublishKeys(bytes)
  if ((await readIfThere(pinned)) === null) await writeFileAtomic(pinned, bytes)
  return root
}

async function readIfThere(path: string): Promise<Uint8Array | null> {
  try {
    return new Uint8Array(await readFile(path))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw new SkilletError('TRUST_ROOT_INVALID', `The trust root ${path} can't be read.`, { cause: error })
  }
}

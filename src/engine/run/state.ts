import { mkdir, realpath } from 'node:fs/promises'
import { join } from 'node:path'
import { SkilletError } from '../../shared/errors.ts'
import { withDiskErrors } from '../disk.ts'
import { findPlace } from '../sandbox/identity.ts'
import type { StateFolder } from '../sandbox/profile.ts'

/**
 * Makes the folders that survive a run and proves that each is where it says:
 * an earlier run may have put a link in the place of a folder below one that it can write.
 */
export async function prepareState(root: string, folders: readonly string[]): Promise<StateFolder[]> {
  if (folders.length === 0) return []
  // A folder below a writable one could be exchanged for a link between this check and the bind.
  if (folders.some((one) => folders.some((other) => one !== other && one.startsWith(`${other}/`))))
    throw new SkilletError(
      'MANIFEST_INVALID',
      'Its folders lie within each other, so nothing can hold it to them.',
    )
  return withDiskErrors(async () => {
    await mkdir(root, { recursive: true, mode: 0o700 })
    const base = await realpath(root)
    const prepared: StateFolder[] = []
    for (const inside of folders) {
      let at = base
      let identity = ''
      for (const part of inside.split('/')) {
        at = join(at, part)
        await mkdir(at, { mode: 0o700 }).catch((error: NodeJS.ErrnoException) => {
          if (error.code !== 'EEXIST') throw error
        })
        const found = await findPlace(at)
        if (found.source !== at || found.kind !== 'folder')
          throw new SkilletError('STORE_DAMAGED', `${at} is not a folder of its own. Nothing was run.`)
        identity = found.identity
      }
      prepared.push({ inside, host: at, identity })
    }
    return prepared
  })
}

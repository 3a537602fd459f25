import { statSync } from 'node:fs'
import { copyFile, constants, readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { SkilletError } from '../../../shared/errors.ts'
import { readJson, syncFile, syncFolder, toDiskError, withDiskErrors, writeFileAtomic } from '../../disk.ts'

const seenSchema = z.strictObject({ schema: z.literal(1), vault: z.string(), generation: z.int().positive() })

/** Room for thousands of keys of the longest kind. */
const largestBytes = 64 * 1024 * 1024

/**
 * The vault on the disk: `keys.vault`, replaced whole, and `seen.json`, which says how far it had come, so that an older
 * copy that somebody puts in its place is noticed. Changes are made under `lock`.
 */
export function createVaultFile(folder: string) {
  const path = join(folder, 'keys.vault')
  const seen = join(folder, 'seen.json')

  /** Which state of the file this is; empty where there is none. */
  function stamp(): string {
    try {
      const { ino, mtimeNs, size } = statSync(path, { bigint: true })
      return `${ino} ${mtimeNs} ${size}`
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return ''
      throw toDiskError(error)
    }
  }
  /** What a kill left of a write. */
  async function sweep(): Promise<void> {
    const names = await readdir(folder)
    for (const name of names.filter((one) => one.endsWith('.tmp')))
      await rm(join(folder, name), { force: true })
  }

  return {
    path,
    lock: join(folder, 'lock'),
    stamp,
    exists: () => stamp() !== '' || statSync(seen, { throwIfNoEntry: false }) !== undefined,
    /** @throws SkilletError VAULT_DAMAGED where it is gone or no file */
    async read(): Promise<{ text: string; stamp: string }> {
      const before = stamp()
      const stats = statSync(path, { throwIfNoEntry: false })
      if (stats === undefined || !stats.isFile() || stats.size > largestBytes)
        throw new SkilletError(
          'VAULT_DAMAGED',
          stats === undefined
            ? `${path}, where your keys are kept, is gone.`
            : `${path} is no file of Skillet's.`,
          {
            remedy: `Put a backup of it back. To start anew without those keys, remove the folder ${folder}.`,
          },
        )
      return { text: await withDiskErrors(() => readFile(path, 'latin1')), stamp: before }
    },
    /** @throws SkilletError VAULT_OLDER */
    async assertNotOlder(vault: string, generation: number): Promise<void> {
      const known = await readJson(seen, () => seenSchema)
      if (known?.vault === vault && generation < known.generation)
        throw new SkilletError(
          'VAULT_OLDER',
          `${path}, where your keys are kept, is an earlier copy than the one that was there.`,
          {
            remedy: `Put the newer file back. If you put the earlier one there yourself, from a backup, remove ${seen} and try again.`,
          },
        )
    },
    /** The old content stays until the new one is on the disk. Under the lock. */
    async write(text: string, vault: string, generation: number): Promise<void> {
      await withDiskErrors(sweep)
      await writeFileAtomic(path, text)
      await writeFileAtomic(seen, `${JSON.stringify({ schema: 1, vault, generation })}\n`)
    },
    async keepDamaged(generation: number): Promise<void> {
      const copy = join(folder, `damaged-${generation}.vault`)
      await withDiskErrors(async () => {
        await copyFile(path, copy, constants.COPYFILE_EXCL).catch((error: NodeJS.ErrnoException) => {
          if (error.code !== 'EEXIST') throw error
        })
        await syncFile(copy)
      })
    },
    /** Without `seen.json` a vault is still one; the other way round it would be missed. Under the lock. */
    async discard(): Promise<void> {
      await withDiskErrors(async () => {
        await rm(seen, { force: true })
        await rm(path, { force: true })
        await syncFolder(folder)
      })
    },
  }
}

import { randomBytes } from 'node:crypto'
import { link, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { SkilletError } from '../../shared/errors.ts'
import { readIfThere, writeWhole } from '../whole-file.ts'

/**
 * 32 random bytes of the registry's own under `keys/NAME.key` (0600), made by whichever server starts first. Servers that
 * work on one registry share that folder.
 * @throws SkilletError STORE_DAMAGED where the file holds something else
 */
export async function secretFile(dataDir: string, name: string): Promise<Uint8Array> {
  const path = join(dataDir, 'keys', `${name}.key`)
  const known = await readIfThere(path)
  if (known !== null) return parse(known, path)
  const mine = `${path}.${randomBytes(6).toString('hex')}`
  await writeWhole(mine, `${randomBytes(32).toString('hex')}\n`)
  try {
    // Unlike a rename, this leaves the one of a server that was faster.
    await link(mine, path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  } finally {
    await rm(mine, { force: true })
  }
  return parse((await readIfThere(path)) ?? '', path)
}

function parse(text: string, path: string): Uint8Array {
  if (/^[0-9a-f]{64}\n$/.test(text)) return new Uint8Array(Buffer.from(text.trim(), 'hex'))
  throw new SkilletError('STORE_DAMAGED', `${path} is not a key of this registry.`, {
    remedy: 'Restore it from a backup, or delete it: then everybody has to sign in again.',
  })
}

import { randomBytes } from 'node:crypto'
import { constants } from 'node:fs'
import { mkdir, open, rename, rm, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { ClientError } from './client-error.ts'

/** The token that was kept; null where there is none. @throws ClientError UNTRUSTED where others may read or change it */
export async function readToken(path: string): Promise<string | null> {
  const file = await open(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0)).catch(
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return null
      throw new ClientError('UNTRUSTED', `${path} can't be read.`, { cause: error })
    },
  )
  if (file === null) return null
  try {
    const { uid, mode } = await file.stat()
    const me = process.getuid?.()
    if (me !== undefined && (uid !== me || (mode & 0o077) !== 0))
      throw new ClientError('UNTRUSTED', `${path} belongs to somebody else, or others may read it.`, {
        remedy: 'Remove it, remove the agent in Skillet, and connect again.',
      })
    return (await file.readFile('utf8')).trim() || null
  } finally {
    await file.close()
  }
}

/** Mode 0600, in a folder of mode 0700; whole or not at all. */
export async function keepToken(path: string, token: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  const temporary = `${path}.${randomBytes(6).toString('hex')}.tmp`
  try {
    await writeFile(temporary, `${token}\n`, { flag: 'wx', mode: 0o600 })
    await rename(temporary, path)
  } catch (error) {
    await rm(temporary, { force: true })
    throw error
  }
}

export function forgetToken(path: string): Promise<void> {
  return rm(path, { force: true })
}

import { randomBytes } from 'node:crypto'
import { constants } from 'node:fs'
import { mkdir, open, rename, rm, unlink } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { SkilletError } from '../../shared/errors.ts'
import { sha256Hex } from '../../trust/digest.ts'
import { statIfThere, syncFolder, toDiskError } from '../disk.ts'
import { discard, namesIn } from '../install/store.ts'

/** No agent's settings are this large. */
const maxBytes = 16 * 1024 * 1024
/** How many copies of a file from before our changes stay beside it. */
const maxBackups = 3

/** A file of settings that isn't ours, as it is now. `text` null: there is none. */
export interface ConfigFile {
  readonly path: string
  readonly text: string | null
  readonly digest: string | null
}

/**
 * Reads somebody else's settings. A link is refused, as what it leads to may belong to something else (a folder of
 * settings under version control, another user's), and so is what can't be written back as it was read.
 * @throws SkilletError CONFIG_REFUSED
 */
export async function readConfigFile(path: string): Promise<ConfigFile> {
  const info = await statIfThere(path).catch((error: unknown) => {
    throw refused(path, "it can't be read", error)
  })
  if (info === null) return { path, text: null, digest: null }
  if (info.isSymbolicLink()) throw refused(path, 'it is a link to another file')
  if (!info.isFile()) throw refused(path, 'it is no file')
  if (info.nlink > 1) throw refused(path, 'it has a second name, which would be left with the old content')
  if (info.size > maxBytes) throw refused(path, 'it is too large')
  let bytes: Buffer
  try {
    const file = await open(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0))
    try {
      bytes = await file.readFile()
    } finally {
      await file.close()
    }
  } catch (error) {
    throw refused(path, "it can't be read", error)
  }
  const text = bytes.toString('utf8')
  if (!Buffer.from(text).equals(bytes)) throw refused(path, 'it is not text in UTF-8')
  return { path, text, digest: sha256Hex(new Uint8Array(bytes)) }
}

/**
 * Puts new settings in place of those that were read; `text` null deletes the file. Mode and owner stay. What was there is
 * copied beside it first (0600). Between the last look and the exchange there is no moment's work, but the system has no
 * way to make them one step.
 * @throws SkilletError CONFIG_REFUSED where somebody has written to it since, NO_SPACE, NOT_WRITABLE
 */
export async function replaceConfigFile(read: ConfigFile, text: string | null): Promise<void> {
  const { path } = read
  const folder = dirname(path)
  const temporary = join(folder, `.${basename(path)}.${randomBytes(6).toString('hex')}.tmp`)
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 })
    const info = await statIfThere(path)
    // What is deleted is what Skillet made, to the last byte.
    if (read.text !== null && text !== null) await backUp(path, read.text)
    if (text !== null) {
      const file = await open(temporary, 'wx', 0o600)
      try {
        await file.writeFile(text)
        if (info !== null && process.platform !== 'win32') {
          const own = await file.stat()
          if (own.uid !== info.uid || own.gid !== info.gid) await file.chown(info.uid, info.gid)
          await file.chmod(info.mode & 0o7777)
        }
        await file.sync()
      } finally {
        await file.close()
      }
    }
    if ((await readConfigFile(path)).digest !== read.digest) throw changedSince(path)
    if (text === null) await unlink(path)
    else await rename(temporary, path)
    await syncFolder(folder)
  } catch (error) {
    await rm(temporary, { force: true })
    const known = toDiskError(error)
    if (known instanceof SkilletError && known.code === 'NOT_WRITABLE')
      throw new SkilletError('NOT_WRITABLE', `${path} can't be written to.`, {
        remedy: 'Make that file and its folder writable for you, then try again.',
        cause: error,
      })
    throw known
  }
}

export function changedSince(path: string): SkilletError {
  return new SkilletError('CONFIG_REFUSED', `${path} has changed since you looked at it.`)
}

export function refused(path: string, why: string, cause?: unknown): SkilletError {
  return new SkilletError('CONFIG_REFUSED', `${path} was left alone: ${why}.`, {
    remedy: 'Add Skillet there by hand, as the documentation of that program says.',
    cause,
  })
}

async function backUp(path: string, text: string): Promise<void> {
  const prefix = `${basename(path)}.skillet-backup-`
  const folder = dirname(path)
  const at = new Date().toISOString().replace(/[-:]|\.\d+/g, '')
  const file = await open(join(folder, `${prefix}${at}-${randomBytes(2).toString('hex')}`), 'wx', 0o600)
  try {
    await file.writeFile(text)
    await file.sync()
  } finally {
    await file.close()
  }
  const old = (await namesIn(folder)).filter((name) => name.startsWith(prefix)).slice(0, -maxBackups)
  for (const name of old) await discard(join(folder, name))
}

import { randomBytes } from 'node:crypto'
import { chmod, lstat, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { makeFolder } from '../engine/disk.ts'
import { SkilletError } from '../shared/errors.ts'

export interface SocketPlace {
  /** Absolute path of the socket, or the name of the pipe. */
  readonly path: string
  /** Once it is there: nobody but this person may connect. */
  lock(): Promise<void>
  clear(): Promise<void>
}

/** unix(7): `sun_path` has 108 bytes on Linux, 104 on macOS, its end included. */
const longestPath = 103

/**
 * Where the socket goes: into a folder that only this person may enter, so that nobody else can reach it, take its place
 * or put a link there. A home whose path is too long for a socket gets a folder with a random name instead. A pipe's name
 * is random, so that nobody can have made it before.
 */
export async function prepareSocketPlace(
  home: string,
  platform: NodeJS.Platform = process.platform,
): Promise<SocketPlace> {
  if (platform === 'win32')
    return {
      path: `\\\\.\\pipe\\skillet-${randomBytes(16).toString('hex')}`,
      lock: async () => undefined,
      clear: async () => undefined,
    }
  const usual = join(home, 'bridge')
  const isTemporary = Buffer.byteLength(join(usual, 'agents.sock')) > longestPath
  const folder = isTemporary
    ? await mkdtemp(join(process.env['XDG_RUNTIME_DIR'] || tmpdir(), 'skillet-'))
    : usual
  if (!isTemporary) await makeFolder(folder)
  await assertOwn(folder)
  const path = join(folder, 'agents.sock')
  // Left by a Skillet that was killed: the bridge's lock says that none is there. A link goes, what it leads to stays.
  await rm(path, { force: true })
  return {
    path,
    lock: () => chmod(path, 0o600),
    clear: () => rm(isTemporary ? folder : path, { force: true, recursive: isTemporary }),
  }
}

/** @throws SkilletError STORE_DAMAGED for a link, and for a folder of somebody else's */
async function assertOwn(folder: string): Promise<void> {
  const stats = await lstat(folder)
  if (!stats.isDirectory() || stats.uid !== process.getuid?.())
    throw new SkilletError('STORE_DAMAGED', `${folder} isn’t a folder of yours.`, {
      remedy: 'Look into who put it there, remove it, and start Skillet again.',
    })
  if ((stats.mode & 0o077) !== 0) await chmod(folder, 0o700)
}

import { constants } from 'node:fs'
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { ClientError } from './client-error.ts'

/** What `bridge.json` in Skillet's folder says: where Skillet listens, and the key by which it proves itself. */
export interface BridgeFile {
  readonly url: string
  readonly socket: string
  readonly key: string
}

const mostBytes = 4096

/**
 * Follows no link and believes no file that somebody else could have written: its key would prove nothing.
 * @throws ClientError NOT_RUNNING where no Skillet listens, UNTRUSTED
 */
export async function readBridgeFile(home: string): Promise<BridgeFile> {
  const path = join(home, 'bridge.json')
  const flags = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0)
  const file = await open(path, flags).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') throw notRunning(error)
    throw new ClientError('UNTRUSTED', `${path} can't be read as what Skillet wrote.`, { cause: error })
  })
  try {
    const stats = await file.stat()
    const me = process.getuid?.()
    const isOurs = me === undefined || (stats.uid === me && (stats.mode & 0o077) === 0)
    if (!stats.isFile() || stats.size > mostBytes || !isOurs)
      throw new ClientError('UNTRUSTED', `${path} belongs to somebody else, or others may change it.`)
    const { url, socket, key } = JSON.parse(await file.readFile('utf8')) as Partial<BridgeFile>
    if (typeof url !== 'string' || typeof socket !== 'string' || typeof key !== 'string')
      throw new ClientError('UNTRUSTED', `${path} isn't what Skillet wrote.`)
    return { url, socket, key }
  } catch (error) {
    if (error instanceof SyntaxError) throw new ClientError('UNTRUSTED', `${path} isn't what Skillet wrote.`)
    throw error
  } finally {
    await file.close()
  }
}

export function notRunning(cause?: unknown): ClientError {
  return new ClientError('NOT_RUNNING', 'Skillet does not run, or does not let agents ask.', {
    remedy: 'Open Skillet, or start: skillet serve',
    cause,
  })
}

import { constants } from 'node:fs'
import { open, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { writeFileAtomic } from '../engine/disk.ts'
import { SkilletError } from '../shared/errors.ts'

/** `bridge.json` in Skillet's folder: where agents reach it, and how to know that it is the real one (`proof.ts`). */
export const discoverySchema = z.object({
  schema: z.literal(1),
  /** Of the process that listens. */
  pid: z.int().positive(),
  program: z.enum(['app', 'serve']),
  startedAt: z.iso.datetime(),
  /** `http://127.0.0.1:PORT` */
  url: z.string(),
  /** Absolute path of the Unix socket, or the name of the pipe. */
  socket: z.string(),
  /** 32 random bytes in base64url, new at each start. */
  key: z.string(),
})
export type Discovery = z.infer<typeof discoverySchema>

export const discoveryFile = (home: string): string => join(home, 'bridge.json')

const mostBytes = 4096

/** Mode 0600. It takes a name's place, whatever was there, and never follows a link. */
export async function writeDiscovery(home: string, discovery: Discovery): Promise<void> {
  // It says nothing any more after a power cut.
  await writeFileAtomic(discoveryFile(home), JSON.stringify(discovery), { sync: false })
}

/**
 * Null where no Skillet listens. A file that somebody else could have written is refused: its key would prove nothing.
 * @throws SkilletError STORE_DAMAGED
 */
export async function readDiscovery(home: string): Promise<Discovery | null> {
  const path = discoveryFile(home)
  const damaged = (why: string, cause?: unknown) =>
    new SkilletError('STORE_DAMAGED', `${path} ${why}`, {
      remedy: 'Remove it, and start Skillet again.',
      cause,
    })
  const flags = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0)
  const file = await open(path, flags).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null
    throw damaged(error.code === 'ELOOP' ? 'is a link.' : 'can’t be read.', error)
  })
  if (file === null) return null
  try {
    const { mode, uid, size, isFile } = await file.stat().then((stats) => ({
      mode: stats.mode,
      uid: stats.uid,
      size: stats.size,
      isFile: stats.isFile(),
    }))
    if (!isFile || size > mostBytes) throw damaged('isn’t what Skillet wrote.')
    // Windows has neither.
    const me = process.getuid?.()
    if (me !== undefined && (uid !== me || (mode & 0o077) !== 0))
      throw damaged('belongs to somebody else, or others may change it.')
    const parsed = discoverySchema.safeParse(parse(await file.readFile('utf8')))
    if (!parsed.success) throw damaged('isn’t what Skillet wrote.', parsed.error)
    return parsed.data
  } finally {
    await file.close()
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

/** Takes away what this process has written, and nothing that another has written since. */
export async function removeDiscovery(home: string, key: string): Promise<void> {
  const there = await readDiscovery(home).catch(() => null)
  if (there?.key === key) await rm(discoveryFile(home), { force: true })
}

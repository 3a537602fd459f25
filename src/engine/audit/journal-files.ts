import { randomBytes } from 'node:crypto'
import {
  appendFileSync,
  closeSync,
  fstatSync,
  openSync,
  readdirSync,
  statSync,
  type BigIntStats,
} from 'node:fs'
import { open, rename, rm, truncate } from 'node:fs/promises'
import { join } from 'node:path'
import { allDone, syncFolder, withDiskErrors, makeFolder } from '../disk.ts'
import { readBytes } from './journal-lines.ts'

/** Remembers the journal's last line. */
export const headName = 'head.json'
/** Where the damaged part of a journal lies once it was set aside. */
export const sealedFolder = 'sealed'
const month = /^\d{4}-\d{2}\.jsonl$/

/** The journal's files, one a month, oldest first; none where the folder doesn't exist yet. */
export async function journalFiles(dir: string): Promise<string[]> {
  try {
    return readdirSync(dir)
      .filter((name) => month.test(name))
      .sort()
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
}

/** The last whole line, and what comes after it: an entry that a crash cut short. `wholeBytes`: up to and with its line break. */
export async function readLastLine(
  path: string,
): Promise<{ line: string | null; torn: Buffer; wholeBytes: number }> {
  const file = await open(path, 'r')
  try {
    const { size } = await file.stat()
    for (let wanted = 16_384; ; wanted *= 4) {
      const start = Math.max(0, size - wanted)
      const tail = await readBytes(file, start, size)
      const end = tail.lastIndexOf(0x0a)
      const before = end > 0 ? tail.lastIndexOf(0x0a, end - 1) : -1
      if (start > 0 && (end === -1 || before === -1)) continue
      return {
        line: end === -1 ? null : tail.toString('utf8', before + 1, end),
        torn: tail.subarray(end + 1),
        wholeBytes: start + end + 1,
      }
    }
  } finally {
    await file.close()
  }
}

/**
 * Adds one line, remembers the new end in `head`, and waits until both are on disk. One wait serves both: the new `head`
 * gets its name only after that, so it never speaks of a line that a power cut can take away. `isNew`: the file isn't
 * there yet.
 */
export async function appendLine(
  dir: string,
  line: { file: string; text: string; isNew: boolean },
  head: { path: string; text: string },
): Promise<void> {
  await withDiskErrors(async () => {
    await makeFolder(dir)
    const temporary = `${head.path}.${randomBytes(6).toString('hex')}.tmp`
    try {
      // First, so that a full disk refuses before the line is there.
      const newHead = await open(temporary, 'wx', 0o600)
      try {
        await newHead.writeFile(head.text)
        const file = await open(join(dir, line.file), 'a', 0o600)
        try {
          await file.appendFile(`${line.text}\n`)
          await allDone([file.datasync(), newHead.datasync(), ...(line.isNew ? [syncFolder(dir)] : [])])
        } finally {
          await file.close()
        }
      } finally {
        await newHead.close()
      }
      await rename(temporary, head.path)
    } catch (error) {
      await rm(temporary, { force: true })
      throw error
    }
  })
}

/**
 * What tells that somebody has changed a file since; null where there is none. The last time can't be set by anybody. At
 * once: it takes microseconds, and asking a thread for it many times that.
 */
export function identityOf(path: string): string | null {
  const found = statSync(path, { bigint: true, throwIfNoEntry: false })
  return found === undefined ? null : identity(found)
}

function identity({ dev, ino, size, mtimeNs, ctimeNs }: BigIntStats): string {
  return [dev, ino, size, mtimeNs, ctimeNs].join(' ')
}

/** Adds one line, which goes to memory and not yet to the disk. The file, a descriptor, stays open for that. */
export async function writeLine(path: string, line: string): Promise<{ file: number; identity: string }> {
  return withDiskErrors(async () => {
    const file = openSync(path, 'a', 0o600)
    try {
      appendFileSync(file, `${line}\n`)
      return { file, identity: identity(fstatSync(file, { bigint: true })) }
    } catch (error) {
      // A full disk may have taken a part of it.
      closeSync(file)
      const { torn, wholeBytes } = await readLastLine(path)
      if (torn.length > 0) await truncate(path, wholeBytes)
      throw error
    }
  })
}

/** Moves what a crash cut short into a file of its own, and returns that file's name. */
export async function setTornAside(
  dir: string,
  name: string,
  torn: Uint8Array,
  wholeBytes: number,
): Promise<string> {
  const aside = `${name}.torn-${randomBytes(4).toString('hex')}`
  await withDiskErrors(async () => {
    const kept = await open(join(dir, aside), 'wx', 0o600)
    try {
      await kept.writeFile(torn)
      await kept.sync()
    } finally {
      await kept.close()
    }
    await syncFolder(dir)
    const file = await open(join(dir, name), 'r+')
    try {
      await file.truncate(wholeBytes)
      await file.sync()
    } finally {
      await file.close()
    }
  })
  return aside
}

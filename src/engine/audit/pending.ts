import { randomBytes } from 'node:crypto'
import { close, fdatasync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { promisify } from 'node:util'
import { allDone, syncFolder, writeNewFile } from '../disk.ts'
import type { ChainHead } from './chain.ts'

interface PendingPorts {
  readonly dir: string
  readonly headFile: string
  /** Puts a new `head.json` in place, unless what is remembered is newer, or the journal goes another way by now. */
  readonly remember: (head: ChainHead, newFile: string) => Promise<void>
}

interface Line {
  /** The file that it was written to, an open descriptor; closed once it is on disk. */
  readonly file: number
  readonly head: ChainHead
  /** The file had to be made for it. */
  readonly isNew: boolean
}

export interface Pending {
  /** Brings a written line to the disk; several at once where they come fast. `head.json` follows a little later. */
  add(line: Line): Promise<void>
  /** Once everything that was added by now is settled, `head.json` included, well or not. */
  settled(): Promise<void>
}

/** How long `head.json` may stay behind, in milliseconds. Each entry that waits for the disk itself takes it along. */
const behindMs = 200

/**
 * Lines that are in the journal and not yet surely on the disk. `head.json` speaks of a line only after that, so that a
 * power cut can't make a whole journal look cut.
 */
export function createPending({ dir, headFile, remember }: PendingPorts): Pending {
  let lines: Line[] = []
  let next: Promise<void> | null = null
  let current: Promise<void> = Promise.resolve()
  let synced: ChainHead | null = null
  let timer: NodeJS.Timeout | undefined

  const bring = async (): Promise<void> => {
    const batch = lines
    lines = []
    next = null
    try {
      await allDone([
        ...batch.map(({ file }) => promisify(fdatasync)(file)),
        ...(batch.some(({ isNew }) => isNew) ? [syncFolder(dir)] : []),
      ])
    } finally {
      await Promise.allSettled(batch.map(({ file }) => promisify(close)(file)))
    }
    synced = batch.at(-1)!.head
    timer ??= setTimeout(() => void catchUp().catch(() => {}), behindMs).unref()
  }

  /** Where it fails, `head.json` stays behind, which is no harm, until the next line. */
  const catchUp = async (): Promise<void> => {
    clearTimeout(timer)
    timer = undefined
    const head = synced
    synced = null
    if (head === null) return
    const temporary = `${headFile}.${randomBytes(6).toString('hex')}.tmp`
    try {
      await writeNewFile(temporary, JSON.stringify(head))
      await remember(head, temporary)
    } finally {
      await rm(temporary, { force: true })
    }
  }

  return {
    add(line) {
      lines.push(line)
      if (next === null) {
        next = current.then(bring, bring)
        current = next
        // Whoever wants to know asks; a line that nobody asks about must not end the process.
        current.catch(() => {})
      }
      return next
    },
    async settled() {
      await current.catch(() => {})
      await catchUp().catch(() => {})
    },
  }
}

import { lstatSync, mkdirSync, watch, type FSWatcher } from 'node:fs'
import { basename, dirname } from 'node:path'
import type { z } from 'zod'
import { withFileLock } from '../../engine/audit/file-lock.ts'
import { readJson, writeFileAtomic } from '../../engine/disk.ts'
import { SkilletError } from '../../shared/errors.ts'

/** A small file that several Skillets on this computer read and change; each sees at once what another wrote. */
export interface Book<T> {
  /** What it says now. Costs one look at the file's date where nobody has written since. @throws SkilletError STORE_DAMAGED */
  read(): Promise<T>
  /**
   * Alone among all processes: `edit` gets what is there and gives what is to be there, the same object for no change, and a
   * result. It is on the disk when this returns. @throws SkilletError BUSY, STORE_DAMAGED, NO_SPACE, NOT_WRITABLE
   */
  change<R>(edit: (content: T) => readonly [T, R]): Promise<R>
  /** Hears of every change, whoever made it; the result stops listening. */
  onChange(listener: () => void): () => void
}

interface BookPorts<S extends z.ZodType> {
  readonly file: string
  readonly schema: () => S
  readonly empty: z.output<S>
}

export function createBook<S extends z.ZodType>({ file, schema, empty }: BookPorts<S>): Book<z.output<S>> {
  type Content = z.output<S>
  let known: { identity: string; content: Content } | null = null
  let queue: Promise<unknown> = Promise.resolve()
  const listeners = new Set<() => void>()
  let watcher: FSWatcher | null = null

  async function read(): Promise<Content> {
    // Looked at before it is read: what is written in between is seen the next time.
    const identity = identityOf(file)
    if (known !== null && known.identity === identity) return known.content
    const content = (await readJson(file, schema)) ?? empty
    known = { identity, content }
    return content
  }

  function startWatching(): void {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
    // By the folder: each write puts another file in its place.
    watcher = watch(dirname(file), { persistent: false }, (_event, name) => {
      if (name === basename(file)) tell()
    })
    // Whoever waits also looks again from time to time.
    watcher.on('error', () => stopWatching())
  }

  function stopWatching(): void {
    watcher?.close()
    watcher = null
  }

  function tell(): void {
    for (const listener of [...listeners]) listener()
  }

  return {
    read,
    change(edit) {
      const turn = queue.then(async () => {
        const { changed, result } = await withFileLock(`${file}.lock`, async () => {
          const before = await read()
          const [after, given] = edit(before)
          if (after === before) return { changed: false, result: given }
          await writeFileAtomic(file, `${JSON.stringify(schema().parse(after), null, 2)}\n`)
          known = null
          return { changed: true, result: given }
        })
        if (changed) tell()
        return result
      })
      queue = turn.catch(() => undefined)
      return turn
    },
    onChange(listener) {
      listeners.add(listener)
      if (watcher === null) startWatching()
      return () => {
        listeners.delete(listener)
        if (listeners.size === 0) stopWatching()
      }
    },
  }
}

/** Another one for each write, since each makes a new file. Through a link nobody would see when what it leads to changes. */
function identityOf(file: string): string {
  const stats = lstatSync(file, { bigint: true, throwIfNoEntry: false })
  if (stats !== undefined && !stats.isFile())
    throw new SkilletError('STORE_DAMAGED', `${file} is not a plain file.`)
  return stats === undefined ? '' : `${stats.ino} ${stats.size} ${stats.mtimeNs} ${stats.ctimeNs}`
}

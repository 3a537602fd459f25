import { SkilletError } from '../../shared/errors.ts'

const head = Buffer.from('{"schema":1,"skills":[')
const foot = Buffer.from(']}')
const newline = 0x0a
const comma = 0x2c

/** Hears of the JSON of an entry: the bytes from `start` to `end`, the first of which is at `offset` in the file. */
export type OnEntry = (bytes: Buffer, start: number, end: number, offset: number) => void

export interface CatalogLines {
  /** Goes through the whole lines in the next part of the file and tells how many bytes those are. */
  read(bytes: Buffer): number
  /** @throws SkilletError METADATA_INVALID where the file hasn't come to its end, or `rest` bytes are left */
  end(rest: number): void
}

/**
 * Finds the entries of a `catalog.json`, which has one on each line, a comma behind each but the last, in a frame that is
 * always the same. @throws SkilletError METADATA_INVALID
 */
export function createCatalogLines(onEntry: OnEntry): CatalogLines {
  let lines = 0
  let offset = 0
  let expected: 'head' | 'entry or foot' | 'entry' | 'foot' | 'nothing' = 'head'

  function readLine(bytes: Buffer, start: number, end: number): void {
    const isFrame = (frame: Buffer) => bytes.compare(frame, 0, frame.length, start, end) === 0
    if (expected === 'head') {
      if (!isFrame(head)) throw damagedCatalog('it is not laid out as a catalog')
      expected = 'entry or foot'
    } else if (expected !== 'entry' && expected !== 'nothing' && isFrame(foot)) {
      expected = 'nothing'
    } else if (expected === 'entry' || expected === 'entry or foot') {
      const hasNext = bytes[end - 1] === comma
      onEntry(bytes, start, hasNext ? end - 1 : end, offset)
      expected = hasNext ? 'entry' : 'foot'
    } else {
      throw damagedCatalog(`line ${lines + 1} is not expected there`)
    }
    lines++
    offset += end + 1 - start
  }

  return {
    read(bytes) {
      let start = 0
      for (let stop = bytes.indexOf(newline); stop !== -1; stop = bytes.indexOf(newline, start)) {
        readLine(bytes, start, stop)
        start = stop + 1
      }
      return start
    },
    end(rest) {
      if (expected !== 'nothing' || rest > 0) throw damagedCatalog('it is cut off, or has more than its end')
    },
  }
}

export function damagedCatalog(why: string, cause?: unknown): SkilletError {
  return new SkilletError('METADATA_INVALID', `The registry's catalog can't be used: ${why}.`, { cause })
}

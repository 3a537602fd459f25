import { open, type FileHandle } from 'node:fs/promises'

/** Read at a time, in bytes: what is done with so many lines takes a millisecond or two, then others have their turn. */
const blockBytes = 64 * 1024

/** Some lines of a file, without their line breaks. `torn`: after its last one, what a crash cut short. */
export interface LineBlock {
  readonly lines: readonly string[]
  readonly torn: string
}

/** A file's whole lines in their order. */
export async function* readLines(path: string): AsyncGenerator<LineBlock, void> {
  const file = await open(path, 'r')
  try {
    let rest: Buffer[] = []
    for (let at = 0; ;) {
      const block = await readBytes(file, at, at + blockBytes)
      at += block.length
      if (block.length === 0) break
      const end = block.lastIndexOf(0x0a)
      if (end === -1) rest.push(block)
      else {
        const text = Buffer.concat([...rest, block.subarray(0, end)]).toString('utf8')
        rest = [block.subarray(end + 1)]
        yield { lines: text.split('\n'), torn: '' }
      }
    }
    yield { lines: [], torn: Buffer.concat(rest).toString('utf8') }
  } finally {
    await file.close()
  }
}

/** A file's whole lines, the last one first: whoever wants the newest few reads no more than those. */
export async function* readLinesFromEnd(path: string): AsyncGenerator<readonly string[], void> {
  const file = await open(path, 'r')
  try {
    let behind: Buffer[] = []
    for (let { size: at } = await file.stat(); at > 0;) {
      const from = Math.max(0, at - blockBytes)
      const block = await readBytes(file, from, at)
      at = from
      const start = from === 0 ? 0 : block.indexOf(0x0a) + 1
      if (from > 0 && start === 0) behind.unshift(block)
      else {
        const lines = Buffer.concat([block.subarray(start), ...behind])
          .toString('utf8')
          .split('\n')
        behind = [block.subarray(0, start)]
        // What follows the last line break: nothing, or at the file's end what a crash cut short.
        lines.pop()
        yield lines.reverse()
      }
    }
  } finally {
    await file.close()
  }
}

/** The bytes from `from` up to `to`, fewer where the file ends before. */
export async function readBytes(file: FileHandle, from: number, to: number): Promise<Buffer> {
  const bytes = Buffer.alloc(to - from)
  let read = 0
  while (read < bytes.length) {
    const { bytesRead } = await file.read(bytes, read, bytes.length - read, from + read)
    if (bytesRead === 0) break
    read += bytesRead
  }
  return bytes.subarray(0, read)
}

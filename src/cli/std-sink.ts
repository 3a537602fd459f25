import { fstatSync, writeSync } from 'node:fs'
import type { TextSink } from './output.ts'

/** A standard stream of this process, and the end of all that was written to it. */
export interface StdSink {
  readonly sink: TextSink
  flushed(): Promise<void>
}

/**
 * Standard output or error. Into a file or a pipe it is written at once, as Node's own streams do there as well. They take
 * a while to open, so that is left for a terminal, and for a pipe that somebody closed or made one that doesn't wait.
 */
export function createStdSink(fd: 1 | 2, stream: () => NodeJS.WriteStream): StdSink {
  let opened = fstatSync(fd).isCharacterDevice() ? stream() : null

  function write(text: string): boolean {
    let rest = Buffer.from(text)
    try {
      while (opened === null && rest.length > 0) rest = rest.subarray(writeSync(fd, rest))
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException
      if (code !== 'EAGAIN' && code !== 'EPIPE') throw error
      opened = stream()
    }
    return rest.length === 0 || opened!.write(rest)
  }

  return {
    sink: opened ?? { write },
    flushed: () =>
      new Promise((resolve) => {
        if (opened === null) resolve()
        else opened.write('', () => resolve())
      }),
  }
}

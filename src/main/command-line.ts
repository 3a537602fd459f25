import { Worker } from 'node:worker_threads'
import thread from 'thread:./command-line-thread.ts'

/** Words that ask for an answer at the terminal although they look like switches. */
const answered = new Set(['--help', '-h', '--version', '--json'])

/**
 * Whether the installed program was called as a command (`skillet list`) and not to open its window. A window is opened
 * by no words at all, by switches of Chromium's, and by what is opened with Skillet: `.skillet` files and its links.
 *
 * @param words those after the program's own
 */
export function isCommandLine(words: readonly string[]): boolean {
  return words.some((word) => {
    if (word.startsWith('-')) return answered.has(word)
    return !/\.skillet$/i.test(word) && !/^(?:skillet|file):/i.test(word)
  })
}

/**
 * Runs the compiled command line in this process and ends the process with its status.
 *
 * Electron reaches for a display as soon as this thread comes back to it, and a server has none. So the command line runs
 * in a thread of its own, which has a loop of its own, and this one waits for it. (A second Electron as plain Node would
 * be the other way; the packaged one can't be that, so that nobody makes it run what they like.)
 */
export function runCommandLine(script: string, words: readonly string[]): never {
  const ended = new Int32Array(new SharedArrayBuffer(2 * Int32Array.BYTES_PER_ELEMENT))
  const worker = new Worker(thread, { argv: [...words], workerData: { script, ended } })
  worker.unref()
  Atomics.wait(ended, 0, 0)
  const status = Atomics.load(ended, 1)
  // What `process.exit` runs first are Electron's own farewells, which need what was never started.
  return (process as unknown as { reallyExit(status: number): never }).reallyExit(status)
}

import { createReadStream, createWriteStream, fstatSync, writeSync } from 'node:fs'
import { createRequire } from 'node:module'
import { Socket } from 'node:net'
import { isatty, ReadStream, WriteStream } from 'node:tty'
import { workerData } from 'node:worker_threads'

// A thread's standard streams go through the thread that started it, and that one waits. So they are opened anew here.

const { script, ended } = workerData as { script: string; ended: Int32Array }

const open: Readonly<Record<'stdin' | 'stdout' | 'stderr', () => unknown>> = {
  stdin: () => {
    if (isatty(0)) return new ReadStream(0)
    const kind = fstatSync(0)
    return kind.isFIFO() || kind.isSocket() ? new Socket({ fd: 0 }) : createReadStream('', { fd: 0 })
  },
  stdout: () => output(1),
  stderr: () => output(2),
}
for (const [name, stream] of Object.entries(open)) {
  let opened: unknown = null
  Object.defineProperty(process, name, { configurable: true, get: () => (opened ??= stream()) })
}

function output(fd: number): unknown {
  return isatty(fd) ? new WriteStream(fd) : createWriteStream('', { fd, autoClose: false })
}

process.on('uncaughtExceptionMonitor', (error) => void writeSync(2, `${error.stack ?? String(error)}\n`))
process.on('exit', (status) => {
  Atomics.store(ended, 1, status)
  Atomics.store(ended, 0, 1)
  Atomics.notify(ended, 0)
})
createRequire(script)(script)

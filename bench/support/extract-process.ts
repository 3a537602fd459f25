import { readFileSync, writeFileSync } from 'node:fs'
import { setTimeout } from 'node:timers/promises'
import { extractInThread, hasDigest } from '../../src/engine/install/extract.ts'
import type { Release } from '../../src/shared/release.ts'

/** What `install.bench.ts` asks of a process of its own; its one argument is the path of this in JSON. */
export interface ExtractTask {
  readonly tarball: string
  readonly release: Pick<Release, 'files' | 'tarball'>
  /** Neither exists. */
  readonly warmUp: string
  readonly folder: string
}

export interface MemoryReport {
  /** Bytes of memory in use with a warm thread and nothing to do. */
  readonly idle: number
  /** The most at any instant while verifying and extracting, as the kernel counted it. */
  readonly peak: number
}

const task = JSON.parse(readFileSync(process.argv[2]!, 'utf8')) as ExtractTask
const first = task.release.files.slice(0, 1)
// The wrong listing ends it at the second file: the thread is warm, and nothing is kept.
await extractInThread(task.tarball, first, task.warmUp).catch(() => undefined)
await setTimeout(500)
const idle = memory('VmRSS')
// proc(5), clear_refs: 5 sets the peak back to what is in use now.
writeFileSync('/proc/self/clear_refs', '5')
if (!(await hasDigest(task.tarball, task.release.tarball))) throw new Error('digest')
await extractInThread(task.tarball, task.release.files, task.folder)
const report: MemoryReport = { idle, peak: memory('VmHWM') }
process.stdout.write(JSON.stringify(report))

function memory(field: string): number {
  const status = readFileSync('/proc/self/status', 'utf8')
  return Number(new RegExp(`^${field}:\\s+(\\d+) kB$`, 'm').exec(status)![1]) * 1024
}

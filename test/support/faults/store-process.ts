import { execFile, spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { build } from 'vite'
import { threadFiles } from '../../../scripts/lib/thread-files.mjs'
import type { StoreJob, StoreReport } from './store-child.ts'

/** Where the layer in `faults.c` stops the process, and how; see there. */
export interface Fault {
  folder: string
  /** Counted from 1; 0 for never. */
  at: number
  /** errno; 0: kill -9. */
  error?: number
  /** Gets a line for each call that changes something under the folder. */
  log?: string
  /** Gets a copy of the folder before each such call, named by its number: what kill -9 there leaves. */
  copies?: string
}

interface End<Report> {
  status: number | null
  signal: NodeJS.Signals | null
  stderr: string
  report: Report | null
}
export type StoreEnd = End<StoreReport>

export const buildStoreChild = () => buildChild<StoreJob, StoreReport>('store-child.ts')

/**
 * Bundles a child beside this file and compiles the layer once, so that starting them is quick. `started` of a job: faults
 * count from when the child makes that file; null: from its start.
 */
export async function buildChild<Job extends { started: string | null }, Report>(entry: string) {
  const folder = await mkdtemp(join(tmpdir(), 'skillet-child-'))
  const layer = join(folder, 'faults.so')
  await promisify(execFile)('cc', [
    ...['-O1', '-shared', '-fPIC', '-o', layer],
    ...[join(import.meta.dirname, 'faults.c'), '-ldl', '-pthread'],
  ])
  await build({
    configFile: false,
    logLevel: 'error',
    plugins: [threadFiles()],
    build: {
      ssr: join(import.meta.dirname, entry),
      outDir: folder,
      emptyOutDir: false,
      target: 'node20',
      rollupOptions: { output: { entryFileNames: 'child.mjs', format: 'es', codeSplitting: false } },
    },
    ssr: { noExternal: true },
  })
  return {
    /** `wrap` puts another program in front, for example one that makes a small disk. */
    start(
      job: Job,
      { fault, wrap = (command) => command }: { fault?: Fault; wrap?: (command: string[]) => string[] } = {},
    ): Promise<End<Report>> {
      const [program, ...args] = wrap([process.execPath, join(folder, 'child.mjs'), JSON.stringify(job)])
      const environment = fault && {
        LD_PRELOAD: layer,
        FAULT_FOLDER: fault.folder,
        FAULT_AT: String(fault.at),
        FAULT_ERROR: String(fault.error ?? 0),
        FAULT_LOG: fault.log ?? '',
        FAULT_COPIES: fault.copies ?? '',
        FAULT_START: job.started ?? '',
      }
      const child = spawn(program!, args, {
        stdio: ['ignore', 'pipe', 'pipe'],
        env: { ...process.env, ...environment },
      })
      let stdout = ''
      let stderr = ''
      child.stdout.on('data', (text: Buffer) => (stdout += text.toString()))
      child.stderr.on('data', (text: Buffer) => (stderr += text.toString()))
      return new Promise((resolve, reject) => {
        child.on('error', reject)
        child.on('close', (status, signal) =>
          resolve({
            status,
            signal,
            stderr,
            report: status === 0 ? (JSON.parse(stdout) as Report) : null,
          }),
        )
      })
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  }
}

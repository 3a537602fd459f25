import { Worker } from 'node:worker_threads'
import file from 'thread:./lint-thread.ts'
import type { LintReport } from '../shared/finding.ts'
import { completeFindings } from './complete.ts'
import type { LintOptions } from './lint.ts'
import { toReport } from './report.ts'
import type { SourceFile } from './source-file.ts'

export interface LintJob {
  readonly path: string
  readonly files: readonly SourceFile[]
  readonly options: LintOptions
}

export interface LintBounds {
  readonly deadlineMs: number
  /** Memory that the thread's own objects may take. */
  readonly memoryMb: number
}

/** Ten times what the largest skill that publishing accepts needs on a slow computer. */
const usualBounds: LintBounds = { deadlineMs: 30_000, memoryMb: 1024 }

/**
 * `lintFiles` in a thread of its own, one skill after another. A skill that isn't done in time, or needs more memory
 * than there is for it, fails: nobody has looked through it. The thread is started by the first call and kept; it keeps
 * no process alive.
 * @throws what `lintFiles` throws
 */
export function createBoundedLint(bounds: LintBounds = usualBounds) {
  let worker: Worker | null = null
  let turn: Promise<unknown> = Promise.resolve()

  function start(): Worker {
    const started = new Worker(file, {
      name: 'review',
      execArgv: [],
      resourceLimits: { maxOldGenerationSizeMb: bounds.memoryMb },
    })
    started.unref()
    // One that dies while nobody waits for it is started again by the next call.
    started.on('error', () => (worker = worker === started ? null : worker))
    started.on('exit', () => (worker = worker === started ? null : worker))
    return started
  }

  async function once(job: LintJob): Promise<LintReport> {
    const current = (worker ??= start())
    const drop = () => {
      if (worker === current) worker = null
      // Ends at the next step of the program; until then it goes on for nobody.
      void current.terminate()
    }
    current.ref()
    let timer: NodeJS.Timeout | undefined
    let forget = () => {}
    try {
      return await new Promise<LintReport>((resolve, reject) => {
        const failed = (error: NodeJS.ErrnoException) => {
          drop()
          if (error.code !== 'ERR_WORKER_OUT_OF_MEMORY') return reject(error)
          resolve(
            notScanned(
              job.path,
              `Looking through this skill takes more than ${bounds.memoryMb} MB of memory.`,
            ),
          )
        }
        const ended = (code: number) => {
          drop()
          reject(new Error(`The review ended with ${code}.`))
        }
        timer = setTimeout(() => {
          forget()
          drop()
          resolve(
            notScanned(
              job.path,
              `This skill could not be looked through within ${bounds.deadlineMs / 1000} seconds.`,
            ),
          )
        }, bounds.deadlineMs)
        current.on('message', resolve).on('error', failed).on('exit', ended)
        forget = () => current.off('message', resolve).off('error', failed).off('exit', ended)
        current.postMessage(job)
      })
    } finally {
      clearTimeout(timer)
      forget()
      current.unref()
    }
  }

  return (path: string, files: readonly SourceFile[], options: LintOptions = {}): Promise<LintReport> => {
    const result = turn.then(() => once({ path, files, options }))
    turn = result.catch(() => {})
    return result
  }
}

function notScanned(path: string, message: string): LintReport {
  return toReport(
    path,
    completeFindings([{ rule: 'code/not-scanned', severity: 'high', file: '', line: null, message }], []),
  )
}

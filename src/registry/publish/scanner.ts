import { fork, type ChildProcess } from 'node:child_process'
import script from 'thread:./scanner-process.ts'
import { SkilletError, type PlainError } from '../../shared/errors.ts'
import type { LintReport } from '../../shared/finding.ts'
import type { SkillManifest } from '../../shared/skill-manifest.ts'
import { sha256Hex } from '../../trust/digest.ts'

/** Looks at tarballs of strangers in processes of its own, so that none of them can hold up or end the server. */
export interface Scanner {
  /**
   * Every rule's word on a tarball, whose name is held against those of others. Throws INTERNAL where the scan ran out
   * of time or room.
   */
  report(tarball: Uint8Array, names: readonly string[]): Promise<LintReport>
  /** Throws what makes the manifest unreadable: ARCHIVE_UNSAFE, MANIFEST_INVALID and others; INTERNAL as above. */
  manifest(tarball: Uint8Array): Promise<SkillManifest>
  close(): void
}

export interface ScannerLimits {
  /** Milliseconds for one tarball. */
  readonly deadlineMs: number
  /** Megabytes of memory of one process. */
  readonly memoryMb: number
  /** Tarballs looked at side by side. */
  readonly processes: number
}
const defaults: ScannerLimits = { deadlineMs: 60_000, memoryMb: 1536, processes: 2 }

export type ScanRequest =
  | { readonly call: 'report'; readonly tarball: Uint8Array; readonly names: readonly string[] }
  | { readonly call: 'manifest'; readonly tarball: Uint8Array }
export type ScanReply =
  { readonly value: unknown } | { readonly refusal: PlainError } | { readonly broken: string }

/** Reports that are remembered: the steps of one submission ask one after the other for the same. */
const remembered = 64

export function createScanner(limits: Partial<ScannerLimits> = {}): Scanner {
  const { deadlineMs, memoryMb, processes } = { ...defaults, ...limits }
  const idle: ChildProcess[] = []
  const all = new Set<ChildProcess>()
  const queue: (() => void)[] = []
  const reports = new Map<string, Promise<LintReport>>()
  let busy = 0
  let closed = false

  function start(): ChildProcess {
    const child = fork(script, [String(memoryMb * 1024 * 1024)], {
      execArgv: [`--max-old-space-size=${Math.floor(memoryMb / 2)}`],
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
      // None of the server's secrets, which are in its environment.
      env: { PATH: process.env['PATH'], ELECTRON_RUN_AS_NODE: process.env['ELECTRON_RUN_AS_NODE'] },
    })
    all.add(child)
    // A call under way learns of it too; without a call there is nobody to tell.
    child.on('error', () => undefined)
    child.once('exit', () => {
      all.delete(child)
      const at = idle.indexOf(child)
      if (at >= 0) idle.splice(at, 1)
    })
    return child
  }

  async function ask(request: ScanRequest): Promise<unknown> {
    if (busy >= processes) await new Promise<void>((resolve) => queue.push(resolve))
    busy += 1
    try {
      if (closed) throw broken('The registry is stopping.')
      const child = idle.pop() ?? start()
      const reply = await answerOf(child, request)
      idle.push(child)
      if ('value' in reply) return reply.value
      if ('broken' in reply) throw broken(reply.broken)
      const { code, message, remedy } = reply.refusal
      throw new SkilletError(code, message, { remedy })
    } finally {
      busy -= 1
      queue.shift()?.()
    }
  }

  /** The process of a call that fails is ended: nobody knows what state it is in. */
  function answerOf(child: ChildProcess, request: ScanRequest): Promise<ScanReply> {
    return new Promise((resolve, reject) => {
      const fail = (reason: string) => {
        settle()
        child.kill('SIGKILL')
        reject(broken(reason))
      }
      const onMessage = (reply: unknown) => {
        settle()
        resolve(reply as ScanReply)
      }
      const onEnd = () => fail('The scan ended early; it may have needed too much memory.')
      const timer = setTimeout(() => fail(`The scan took longer than ${deadlineMs} ms.`), deadlineMs)
      const settle = () => {
        clearTimeout(timer)
        child.off('message', onMessage).off('exit', onEnd).off('error', onEnd)
      }
      child.on('message', onMessage).on('exit', onEnd).on('error', onEnd)
      child.send(request, (error) => {
        if (error !== null) onEnd()
      })
    })
  }

  return {
    report(tarball, names) {
      const about = `${sha256Hex(tarball)} ${sha256Hex(Buffer.from(names.join(' ')))}`
      const known = reports.get(about)
      if (known !== undefined) return known
      const report = ask({ call: 'report', tarball, names }) as Promise<LintReport>
      reports.set(about, report)
      report.catch(() => reports.delete(about))
      const [oldest] = reports.keys()
      if (reports.size > remembered && oldest !== undefined) reports.delete(oldest)
      return report
    },
    manifest: (tarball) => ask({ call: 'manifest', tarball }) as Promise<SkillManifest>,
    close() {
      closed = true
      for (const child of all) child.kill('SIGKILL')
      for (const go of queue.splice(0)) go()
    },
  }
}

function broken(reason: string): SkilletError {
  return new SkilletError('INTERNAL', 'The scan could not be carried out.', { cause: new Error(reason) })
}

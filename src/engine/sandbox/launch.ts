import { spawn, type ChildProcess } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { Socket as DatagramSocket } from 'node:dgram'
import { Server } from 'node:net'
import { createInterface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'
import { StringDecoder } from 'node:string_decoder'
import { SkilletError } from '../../shared/errors.ts'
import type { RunResult } from '../../shared/receipt.ts'
import type { SandboxBackend } from './backend.ts'
import { descriptors } from './bubblewrap.ts'
import { hostsFile } from './direct-hosts.ts'
import { type Dialer, type EgressLog, type EgressRules, serveEgress } from './egress.ts'
import { serveNames } from './name-server.ts'
import type { SandboxProfile } from './profile.ts'
import { parseObservation, type Observation } from './observation.ts'

export interface LaunchOptions {
  readonly backend: SandboxBackend
  readonly egress: EgressRules
  readonly dialer?: Dialer
  /** What the command reads from its standard input; nothing by default. */
  readonly stdin?: string | null
  readonly onOutput?: (stream: 'stdout' | 'stderr', text: string) => void
  readonly signal?: AbortSignal
}

/** How a sandboxed process ended, and everything that was seen of it. */
export interface Launched {
  readonly exitCode: number | null
  readonly signal: string | null
  readonly reason: RunResult['reason']
  readonly durationMs: number
  readonly peakMemoryBytes: number
  readonly observations: readonly Observation[]
  readonly egress: EgressLog
  readonly refusedHosts: readonly { host: string; why: string; times: number }[]
}

/**
 * Runs one command inside a sandbox and resolves when the last process is gone.
 * Throws SANDBOX_UNAVAILABLE when the sandbox could not be completed; the command was then never started.
 */
export async function launch(profile: SandboxProfile, options: LaunchOptions): Promise<Launched> {
  const { stdin = null } = options
  const line = await options.backend.command(profile)
  const words = nulTerminated(line.words)
  const bubblewrapOptions = nulTerminated(line.options)
  if (options.signal?.aborted) throw new SkilletError('CANCELLED', 'Stopped before it started.')
  const started = performance.now()
  const child = spawn(options.backend.program, line.args, {
    // bubblewrap's own environment stays readable inside, in /proc/1/environ.
    env: {},
    cwd: '/',
    // A process group of its own: until the sandbox stands, that is what reaches all of it.
    detached: true,
    stdio: [stdin === null ? 'ignore' : 'pipe', 'pipe', 'pipe', 'ipc', 'pipe', 'pipe', 'pipe', 'pipe'],
  })
  const refused = new Map<string, { host: string; why: string; times: number }>()
  const egress: EgressLog = {
    contacted: new Set(),
    requests: 0,
    bytesOut: 0,
    bytesIn: 0,
    onRefused: (host, why) => {
      const known = refused.get(host)
      if (known) known.times++
      else if (refused.size < 200) refused.set(host, { host, why, times: 1 })
    },
  }

  let cause: RunResult['reason'] | null = null
  let killing: NodeJS.Timeout | undefined
  const stop = (why: RunResult['reason']) => {
    cause ??= why
    if (killing !== undefined) return
    const deadline = Date.now() + STOP_PATIENCE_MS
    // Once the sandbox stands, the outer bubblewrap's death takes the first process of the namespace with it and the
    // kernel the rest. While it is being built a signal can fall between two processes, so it is sent until all is over.
    const kill = () => {
      killGroup(child)
      if (Date.now() < deadline) return
      clearInterval(killing)
      for (const stream of child.stdio) stream?.destroy()
      child.disconnect?.()
    }
    kill()
    killing = setInterval(kill, 10)
  }
  const timer = setTimeout(() => stop('time'), profile.limits.timeoutMs)
  const onAbort = () => stop('stopped')
  options.signal?.addEventListener('abort', onAbort, { once: true })
  if (options.signal?.aborted) onAbort()

  const servers: (() => void)[] = []
  let over = false
  child.on('message', (_message, handle) => {
    if (!(handle instanceof Server || handle instanceof DatagramSocket)) return
    if (over) handle.close()
    else if (handle instanceof Server)
      servers.push(serveEgress(handle, options.egress, egress, options.dialer))
    else servers.push(serveNames(handle, options.egress.hosts, egress))
  })
  const pipes: readonly (Readable | Writable | null | undefined)[] = child.stdio
  // A skill need not read what it is given.
  child.stdin?.on('error', () => {})
  child.stdin?.end(stdin)
  const wordsPipe = pipes[descriptors.words] as Writable
  wordsPipe.on('error', () => {})
  wordsPipe.end(words)
  const optionsPipe = pipes[descriptors.options] as Writable
  // bubblewrap may be gone before it has read its options; its exit tells.
  optionsPipe.on('error', () => {})
  optionsPipe.end(bubblewrapOptions)
  const hostsPipe = pipes[descriptors.hosts] as Writable
  hostsPipe.on('error', () => {})
  hostsPipe.end(hostsFile(profile.hosts))

  let outputBytes = 0
  let complaint = ''
  const ready = { seen: false }
  const forward = (stream: 'stdout' | 'stderr', source: Readable) => {
    const decoder = new StringDecoder('utf8')
    const emit = (text: string) => {
      if (!ready.seen && stream === 'stderr') complaint = (complaint + text).slice(0, 2000)
      if (text) options.onOutput?.(stream, text)
    }
    source.on('data', (data: Buffer) => {
      outputBytes += data.length
      if (outputBytes > profile.limits.outputBytes) return stop('output')
      emit(decoder.write(data))
    })
    source.on('end', () => emit(decoder.end()))
  }
  forward('stdout', child.stdout!)
  forward('stderr', child.stderr!)

  const observations: Observation[] = []
  let garbled = false
  const reports = createInterface({ input: pipes[descriptors.report] as Readable })
  const reportsEnd = new Promise<void>((resolve) => reports.on('close', resolve))
  reports.on('line', (text) => {
    const observation = parseObservation(text)
    if (observation === null) {
      garbled = true
      return stop('stopped')
    }
    if (observation.type === 'ready') ready.seen = true
    observations.push(observation)
    // The launcher's last word. What is left ends now; firejail would give it another 100 ms.
    if (observation.type === 'exit' || observation.type === 'memory') killFirstInside(child)
  })

  try {
    await new Promise<void>((resolve, reject) => {
      child.on('error', reject)
      child.on('close', () => resolve())
    })
    await reportsEnd
  } catch (error) {
    throw new SkilletError(
      'SANDBOX_UNAVAILABLE',
      `The sandbox program (${options.backend.name}) could not be started.`,
      { cause: error },
    )
  } finally {
    over = true
    clearTimeout(timer)
    clearInterval(killing)
    options.signal?.removeEventListener('abort', onAbort)
    for (const close of servers) close()
  }

  const exit = observations.find((seen) => seen.type === 'exit')
  const outOfMemory = observations.find((seen) => seen.type === 'memory')
  const failed = observations.find((seen) => seen.type === 'failed')
  if (garbled)
    throw new SkilletError(
      'SANDBOX_UNAVAILABLE',
      "The sandbox's own report could not be understood. The run was stopped.",
    )
  if (failed || (!ready.seen && cause === null))
    throw new SkilletError(
      'SANDBOX_UNAVAILABLE',
      failed
        ? `The sandbox could not be completed (${failed.what}, error ${failed.errno}). Nothing was run.`
        : `The sandbox could not be set up. Nothing was run. ${complaint.trim()}`.trim(),
    )
  const reason = cause ?? (outOfMemory ? 'memory' : 'exit')
  const ended = reason === 'exit' ? exit : undefined
  return {
    exitCode: ended && ended.signal === 0 ? ended.code : null,
    signal: ended && ended.signal !== 0 ? signalName(ended.signal) : reason === 'exit' ? null : 'SIGKILL',
    reason,
    durationMs: performance.now() - started,
    peakMemoryBytes: Math.max(0, ...observations.map((seen) => ('peak' in seen ? seen.peak : 0))),
    observations,
    egress,
    refusedHosts: [...refused.values()],
  }
}

const STOP_PATIENCE_MS = 3000

/** What would end a word early could begin another option. */
function nulTerminated(words: readonly string[]): string {
  if (words.some((word) => word.includes('\0')))
    throw new SkilletError(
      'INPUT_INVALID',
      'A value for this run contains a zero character, which no program can be given.',
    )
  return words.map((word) => `${word}\0`).join('')
}

/** Ends the sandbox from its first process on. The outer one reaps that, and cleans up after itself. */
function killFirstInside({ pid }: ChildProcess): void {
  try {
    const [inside] = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ')
    if (inside) process.kill(Number(inside), 'SIGKILL')
  } catch {
    // It is gone already.
  }
}

/** Ends bubblewrap and whatever of it hasn't left its process group yet. */
function killGroup(child: ChildProcess): void {
  if (child.pid === undefined) return
  try {
    process.kill(-child.pid, 'SIGKILL')
  } catch {
    // The group is gone, which is what was wanted.
  }
}

const signalNames: Record<number, string> = {
  1: 'SIGHUP',
  2: 'SIGINT',
  4: 'SIGILL',
  6: 'SIGABRT',
  8: 'SIGFPE',
  9: 'SIGKILL',
  11: 'SIGSEGV',
  13: 'SIGPIPE',
  15: 'SIGTERM',
  24: 'SIGXCPU',
  25: 'SIGXFSZ',
  31: 'SIGSYS',
}
const signalName = (number: number): string => signalNames[number] ?? `SIG${number}`

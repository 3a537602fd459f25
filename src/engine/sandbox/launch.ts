import { Server, type AddressInfo } from 'node:net'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { StringDecoder } from 'node:string_decoder'
import { SkilletError } from '../../shared/errors.ts'
import type { RunResult } from '../../shared/receipt.ts'
import type { SandboxBackend } from './backend.ts'
import { type Dialer, type EgressLog, type EgressRules, serveEgress, systemDialer } from './egress.ts'
import { lookUpSparingly } from './name-lookup.ts'
import { serveNames } from './name-server.ts'
import { proxyPort, type SandboxProfile } from './profile.ts'
import { parseObservation, type Observation } from './observation.ts'
import { createRelay } from './relay.ts'
import { nulTerminated, startSandbox } from './started.ts'
import type { Spares } from './spares.ts'

export interface LaunchOptions {
  readonly backend: SandboxBackend
  /** Where a sandbox may stand ready; without them each is built when it is needed. */
  readonly spares?: Spares
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
  /** To disk, by all its processes. */
  readonly writtenBytes: number
  readonly observations: readonly Observation[]
  readonly egress: EgressLog
  readonly refusedHosts: readonly { host: string; why: string; times: number }[]
}

/** A sandbox that is being built, or stands, around a command that hasn't started. One of the two must be called. */
export interface Standby {
  /** What went out so far. */
  readonly egress: Pick<EgressLog, 'bytesOut'>
  /**
   * Lets the command start as soon as the sandbox is complete; resolves when the last process is gone.
   * @throws SkilletError SANDBOX_UNAVAILABLE when it could not be completed, or its report is no report; see `mayHaveRun`
   */
  start(): Promise<Launched>
  /** After `start` has failed: whether the command may have started all the same. */
  readonly mayHaveRun: boolean
  /** Takes the sandbox away; the command never starts. Resolves when the last process is gone. */
  abandon(): Promise<void>
}

/** `standby`, started at once. */
export async function launch(profile: SandboxProfile, options: LaunchOptions): Promise<Launched> {
  return (await standby(profile, options)).start()
}

/**
 * Builds a sandbox around a command and holds the command back.
 * @throws SkilletError CANCELLED when the signal has ended already, and what the backend throws
 */
export async function standby(profile: SandboxProfile, options: LaunchOptions): Promise<Standby> {
  const { stdin = null } = options
  const { words, ...frame } = await options.backend.command(profile)
  if (options.signal?.aborted) throw new SkilletError('CANCELLED', 'Stopped before it started.')
  const { program } = options.backend
  // Before anything is started that would then wait for them.
  const told = nulTerminated(['--stdin', stdin === null ? '0' : '1', ...words])
  const sandbox = options.spares?.take(program, frame) ?? startSandbox(program, frame)
  sandbox.tell(told)
  sandbox.stdin.end(stdin)
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
      sandbox.kill()
      if (Date.now() < deadline) return
      clearInterval(killing)
      sandbox.letGo()
    }
    kill()
    killing = setInterval(kill, 10)
  }
  let tooSlow = false
  let timer = setTimeout(() => {
    tooSlow = true
    stop('stopped')
  }, BUILD_PATIENCE_MS)
  const onAbort = () => stop('stopped')
  options.signal?.addEventListener('abort', onAbort, { once: true })
  if (options.signal?.aborted) onAbort()

  const servers: (() => void)[] = []
  const relay = createRelay(options.backend.relay)
  let over = false
  const dialer = lookUpSparingly(options.dialer ?? systemDialer, () => over)
  sandbox.onHandedOver((handle) => {
    if (handle instanceof Server) {
      const { port } = handle.address() as AddressInfo
      const directPort = port === proxyPort ? null : port
      servers.push(serveEgress(handle, options.egress, egress, dialer, relay, directPort))
    } else servers.push(serveNames(handle, options.egress.hosts, egress))
  })

  let outputBytes = 0
  let ready = false
  /** What came on stderr before the sandbox was reported complete: its own complaint, or the skill's first words. */
  let early = ''
  const forward = (stream: 'stdout' | 'stderr', source: Readable) => {
    const decoder = new StringDecoder('utf8')
    const emit = (text: string) => {
      if (!ready && stream === 'stderr') early += text
      else if (text) options.onOutput?.(stream, text)
    }
    source.on('data', (data: Buffer) => {
      outputBytes += data.length
      if (outputBytes > profile.limits.outputBytes) return stop('output')
      emit(decoder.write(data))
    })
    source.on('end', () => emit(decoder.end()))
  }
  forward('stdout', sandbox.stdout)
  forward('stderr', sandbox.stderr)

  const observations: Observation[] = []
  let garbled = false
  const { report } = sandbox
  const reports = createInterface({ input: report })
  // One that is killed before it has read the word resets the channel.
  reports.on('error', () => {})
  let wanted = false
  reports.on('line', (text) => {
    const observation = parseObservation(text)
    if (observation === null) {
      garbled = true
      return stop('stopped')
    }
    if (observation.type === 'ready') {
      ready = true
      if (wanted) report.write(GO)
      if (early) options.onOutput?.('stderr', early)
    }
    observations.push(observation)
    // The launcher's last word. What is left ends now; firejail would give it another 100 ms.
    if (observation.type === 'exit' || observation.type === 'memory' || observation.type === 'disk')
      sandbox.endInside()
  })

  const gone = sandbox.gone.finally(async () => {
    over = true
    clearTimeout(timer)
    clearInterval(killing)
    options.signal?.removeEventListener('abort', onAbort)
    for (const close of servers) close()
    await relay.close()
  })
  // Whoever asks for the outcome hears of it; until then nobody may be asking.
  gone.catch(() => {})

  return {
    egress,
    get mayHaveRun() {
      return ready && wanted && garbled
    },
    async start() {
      const started = performance.now()
      clearTimeout(timer)
      if (!over) timer = setTimeout(() => stop('time'), profile.limits.timeoutMs)
      wanted = true
      // A word to one that failed would meet a closed end, and with that its own last words would be lost.
      if (ready) report.write(GO)
      await gone.catch((error: unknown) => {
        throw unavailable(`The sandbox program (${options.backend.name}) could not be started.`, error)
      })
      if (garbled) throw unavailable("The sandbox's own report could not be understood. The run was stopped.")
      const failed = observations.find((seen) => seen.type === 'failed')
      if (failed)
        throw unavailable(
          failed.what === 'exchanged'
            ? 'A file or folder was exchanged for another one after it was checked. Nothing was run.'
            : `The sandbox could not be completed (${failed.what}, error ${failed.errno}). Nothing was run.`,
        )
      if (!ready && (tooSlow || cause === null))
        throw unavailable(
          `The sandbox could not be set up${tooSlow ? ' in time' : ''}. Nothing was run. ${early.slice(0, 2000)}`.trim(),
        )
      options.spares?.prepare(program, frame)
      return {
        ...ending(observations, cause),
        durationMs: performance.now() - started,
        observations,
        egress,
        refusedHosts: [...refused.values()],
      }
    },
    async abandon() {
      stop('stopped')
      await gone.catch(() => {})
    },
  }
}

/** How it ended, and what it used until then. */
function ending(
  observations: readonly Observation[],
  cause: RunResult['reason'] | null,
): Pick<Launched, 'exitCode' | 'signal' | 'reason' | 'peakMemoryBytes' | 'writtenBytes'> {
  const hit = (limit: 'memory' | 'disk') => (observations.some(({ type }) => type === limit) ? limit : null)
  const exit = observations.find((seen) => seen.type === 'exit')
  const reason = cause ?? hit('memory') ?? hit('disk') ?? 'exit'
  const byItself = reason === 'exit' && exit !== undefined
  return {
    reason,
    exitCode: byItself && exit.signal === 0 ? exit.code : null,
    // Where nobody says how it ended, the supervisor itself was killed from outside, and everything with it.
    signal: byItself ? (exit.signal === 0 ? null : signalName(exit.signal)) : 'SIGKILL',
    peakMemoryBytes: Math.max(0, ...observations.map((seen) => ('peak' in seen ? seen.peak : 0))),
    writtenBytes: Math.max(0, ...observations.map((seen) => ('written' in seen ? seen.written : 0))),
  }
}

function unavailable(message: string, cause?: unknown): SkilletError {
  return new SkilletError('SANDBOX_UNAVAILABLE', message, { cause })
}

/** What the launcher waits for. */
const GO = 'g'

/** Longer than any sandbox takes to build, even on a busy computer. */
const BUILD_PATIENCE_MS = 30_000

const STOP_PATIENCE_MS = 3000

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

import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { findProgram } from '../../src/engine/probe/programs.ts'
import type { BackendName, SandboxBackend } from '../../src/engine/sandbox/backend.ts'
import { createBubblewrapBackend } from '../../src/engine/sandbox/bubblewrap-backend.ts'
import type { Dialer } from '../../src/engine/sandbox/egress.ts'
import { createFirejailBackend } from '../../src/engine/sandbox/firejail-backend.ts'
import type { GuardedKey } from '../../src/engine/sandbox/key-guard.ts'
import { launch, type Launched } from '../../src/engine/sandbox/launch.ts'
import {
  fixedLimits,
  type HostPath,
  type Limits,
  type SandboxProfile,
} from '../../src/engine/sandbox/profile.ts'
import { toReceipt } from '../../src/engine/sandbox/receipt.ts'
import type { Spares } from '../../src/engine/sandbox/spares.ts'
import { createRuntimeFinder } from '../../src/engine/sandbox/runtime.ts'
import type { Receipt } from '../../src/shared/receipt.ts'

export const launcher = resolve('out/sandbox/skillet-launcher')
if (!existsSync(launcher))
  throw new Error('out/sandbox/skillet-launcher is missing: run "npm run build" first')

const findRuntime = createRuntimeFinder()
const temporary: string[] = []
process.once('exit', () => {
  for (const folder of temporary) rmSync(folder, { recursive: true, force: true })
})

export interface Inside extends Launched {
  stdout: string
  stderr: string
  receipt: Receipt
}

export interface InsideOptions {
  /** bubblewrap by default. */
  backend?: BackendName
  /** Programs by name; the first one runs. */
  programs?: string[]
  files?: Record<string, string>
  state?: { inside: string; host: string }[]
  paths?: HostPath[]
  hosts?: string[]
  environment?: Record<string, string>
  limits?: Partial<Limits>
  dialer?: Dialer
  signal?: AbortSignal
  maxBytesOut?: number
  maxRequests?: number
  /** Keys that the run holds, with the hosts that they may go to. */
  keys?: Record<string, GuardedKey>
  stdin?: string
  /** Where a sandbox may stand ready; none by default. */
  spares?: Spares
  /** Hears what it prints as it comes. */
  onOutput?: (text: string) => void
}

/** Runs one command of a throw-away skill in the real sandbox. */
export async function runInside(args: string[], options: InsideOptions = {}): Promise<Inside> {
  const skillFolder = mkdtempSync(join(tmpdir(), 'skillet-test-'))
  temporary.push(skillFolder)
  for (const [path, text] of Object.entries(options.files ?? {})) {
    mkdirSync(dirname(join(skillFolder, path)), { recursive: true })
    writeFileSync(join(skillFolder, path), text)
  }
  const programs = await Promise.all(
    (options.programs ?? ['python3']).map(async (name) => ({ name, path: await real(name) })),
  )
  const profile: SandboxProfile = {
    skillFolder,
    state: options.state ?? [],
    paths: options.paths ?? [],
    runtime: await findRuntime(programs),
    command: [programs[0]!.path, ...args],
    environment: options.environment ?? {},
    hosts: options.hosts ?? [],
    graphics: false,
    limits: { ...fixedLimits, timeoutMs: 20_000, memoryBytes: 512 * 1024 * 1024, ...options.limits },
  }
  let stdout = ''
  let stderr = ''
  const launched = await launch(profile, {
    backend: await backendOf(options.backend ?? 'bubblewrap'),
    egress: {
      hosts: options.hosts ?? [],
      maxRequests: options.maxRequests ?? 100,
      maxBytesOut: options.maxBytesOut ?? 1024 * 1024,
      ...(options.keys ? { keys: options.keys } : {}),
    },
    onOutput: (stream, text) => {
      if (stream === 'stdout') stdout += text
      else stderr += text
      options.onOutput?.(text)
    },
    ...(options.spares ? { spares: options.spares } : {}),
    ...(options.dialer ? { dialer: options.dialer } : {}),
    ...(options.signal ? { signal: options.signal } : {}),
    ...(options.stdin === undefined ? {} : { stdin: options.stdin }),
  })
  const seen = toReceipt(launched, {
    profile,
    backend: options.backend ?? 'bubblewrap',
    egress: { requests: options.maxRequests ?? 100, bytesOut: options.maxBytesOut ?? 1024 * 1024 },
    left: { runs: 0, bytesOut: 0 },
  })
  return { ...launched, stdout, stderr, receipt: { ...seen, redacted: [], journal: null } }
}

async function backendOf(name: BackendName): Promise<SandboxBackend> {
  const bubblewrap = await real('bwrap')
  return name === 'bubblewrap'
    ? createBubblewrapBackend(bubblewrap, launcher)
    : createFirejailBackend(await real('firejail'), bubblewrap, launcher)
}

/** Runs the same command with nothing around it. */
export async function runOutside(
  args: string[],
  program = 'python3',
): Promise<{ stdout: string; stderr: string }> {
  const { stdout, stderr } = spawnSync(await real(program), args, { encoding: 'utf8', timeout: 30_000 })
  return { stdout, stderr }
}

export async function real(name: string): Promise<string> {
  const path = await findProgram(name)
  if (path === null) throw new Error(`${name} is not installed`)
  return path
}

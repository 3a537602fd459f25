import { mkdir, mkdtemp, copyFile, chmod, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { SkilletError } from '../../shared/errors.ts'
import type { RunResult } from '../../shared/receipt.ts'
import type { findProgram } from '../probe/programs.ts'
import type { SandboxBackend } from './backend.ts'
import { launch } from './launch.ts'
import type { Observation } from './observation.ts'
import { packageCommand } from './package-command.ts'
import { fixedLimits, type Limits } from './profile.ts'
import type { createRuntimeFinder, Runtime } from './runtime.ts'
import { brokenIn, type Guarantee, probeScript } from './self-test-script.ts'

export interface SelfTestPorts {
  readonly findProgram: typeof findProgram
  readonly findRuntime: ReturnType<typeof createRuntimeFinder>
}

export interface SelfTested {
  /** What didn't hold, each once; `[]`: everything did. */
  readonly broken: readonly Guarantee[]
  /** The kernel's version of Landlock; 0: it has none. */
  readonly landlock: number
}

const MIB = 1024 * 1024

/**
 * Proves a sandbox on this computer before anything runs in it, by real launches: one skill looks for everything that
 * it must not find or be able to do, one never ends, one takes memory without end. Anything unexpected is "broken".
 * @throws SkilletError SANDBOX_UNAVAILABLE when the sandbox could not be built
 */
export async function selfTest(backend: SandboxBackend, ports: SelfTestPorts): Promise<SelfTested> {
  const shell = await ports.findProgram('sh')
  if (shell === null)
    throw new SkilletError('SANDBOX_UNAVAILABLE', 'This computer has no shell to test the sandbox with.', {
      remedy: ['Install it:', packageCommand('dash')].join(' '),
    })
  const unshare = await ports.findProgram('unshare')
  const folder = await mkdtemp(join(tmpdir(), 'skillet-selftest-'))
  try {
    const runtime = await ports.findRuntime([
      { name: 'sh', path: shell },
      ...(unshare === null ? [] : [{ name: 'unshare', path: unshare }]),
    ])
    const { skill, state } = await prepare(folder, shell)
    const run: Run = async (script, limits) => {
      let output = ''
      const launched = await launch(
        {
          skillFolder: skill,
          state: [{ inside: 'state', host: state }],
          paths: [],
          runtime,
          // busybox goes by its first word.
          command: [shell, ...(basename(shell) === 'busybox' ? ['sh'] : []), '-c', script],
          environment: {},
          hosts: [],
          graphics: false,
          limits: { ...fixedLimits, timeoutMs: 10_000, memoryBytes: 256 * MIB, ...limits },
        },
        {
          backend,
          egress: { hosts: [], maxRequests: 0, maxBytesOut: 0 },
          onOutput: (stream, text) => {
            if (stream === 'stdout') output += text
          },
        },
      )
      return { output, reason: launched.reason, observations: launched.observations }
    }
    const [probed, endless, greedy] = await Promise.all([
      run(probeScript({ shell, unshare, outside: folder, runtime: insideOf(runtime) }), {}),
      endlessRun(run),
      run('x=xxxxxxxxxxxxxxxx; while :; do x=$x$x; done', { memoryBytes: 16 * MIB }),
    ])
    return {
      broken: [
        ...brokenIn(probed.output),
        ...(endless ? [] : (['time'] as const)),
        ...(greedy.reason === 'memory' ? [] : (['memory'] as const)),
      ],
      landlock: probed.observations.find((seen) => seen.type === 'ready')?.landlock ?? 0,
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

type Run = (
  script: string,
  limits: Partial<Limits>,
) => Promise<{ output: string; reason: RunResult['reason']; observations: readonly Observation[] }>

/** Was what never ends stopped? The later limits are for a computer so busy that it did not begin before. */
async function endlessRun(run: Run): Promise<boolean> {
  for (const timeoutMs of [100, 300, 1000, 10_000]) {
    // Standing still takes no processor from whoever waits for the answer.
    const { output, reason } = await run('echo begun; kill -STOP $$', { timeoutMs })
    if (output !== '') return reason === 'time'
  }
  return false
}

/** A skill that brings a program, and finds one in the folder that it may write. */
async function prepare(folder: string, shell: string): Promise<{ skill: string; state: string }> {
  const places = { skill: join(folder, 'skill'), state: join(folder, 'state') }
  for (const place of Object.values(places)) {
    await mkdir(place)
    await copyFile(shell, join(place, 'program'))
    await chmod(join(place, 'program'), 0o755)
  }
  return places
}

function insideOf({ binds, links, executables }: Runtime) {
  return {
    paths: [...binds.values(), ...links.keys()],
    loader: executables.find((path) => /\/ld[-.]/.test(path)) ?? null,
  }
}

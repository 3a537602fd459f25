import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { SandboxState } from '../../shared/contract/overview.ts'
import { toSkilletError } from '../../shared/errors.ts'
import { findProgram } from '../probe/programs.ts'
import { createBubblewrapBackend } from './bubblewrap-backend.ts'
import { launch } from './launch.ts'
import { fixedLimits } from './profile.ts'
import type { createRuntimeFinder } from './runtime.ts'

export interface SelfTestOptions {
  readonly bubblewrap: string | null
  readonly launcher: string
  readonly findRuntime: ReturnType<typeof createRuntimeFinder>
}

/**
 * Proves the sandbox on this computer before anything runs in it: a real launch that must not see this computer's
 * files, must not write, and must not start a program that it wasn't given. Anything unexpected means "not ready".
 */
export async function testSandbox(options: SelfTestOptions): Promise<SandboxState> {
  const blocked = (problem: string, fix: string): SandboxState => ({
    ready: false,
    backend: null,
    problem,
    fix,
    backends: [{ name: 'bubblewrap', ready: false, problem, fix }],
  })
  if (process.platform !== 'linux')
    return blocked(
      'Running skills on this system is not supported yet: its sandbox has not been proved.',
      'Use Skillet on Linux for now; browsing and checking skills works here.',
    )
  if (process.getuid?.() === 0)
    return blocked('Skillet was started as the administrator (root).', 'Start Skillet as an ordinary user.')
  if (options.bubblewrap === null)
    return blocked('The sandbox program (bubblewrap) is not installed.', 'sudo apt install bubblewrap')
  if (!existsSync(options.launcher))
    return blocked("Skillet's own sandbox part is missing.", 'Install Skillet again, or run: npm run build')
  const shell = await findProgram('sh')
  if (shell === null)
    return blocked('This computer has no shell to test the sandbox with.', 'sudo apt install dash')

  const folder = await mkdtemp(join(tmpdir(), 'skillet-selftest-'))
  try {
    const runtime = await options.findRuntime([{ name: 'sh', path: shell }])
    let output = ''
    const script = [
      '[ -e /etc/passwd ] && echo sees-files',
      '(: > /skill/x) 2>/dev/null && echo writes',
      `[ -e ${folder} ] && echo sees-tmp`,
      "(printf '#!/bin/sh\\necho runs-dropped' > /tmp/x && chmod +x /tmp/x && /tmp/x) 2>/dev/null",
      'echo done',
    ].join('\n')
    const launched = await launch(
      {
        skillFolder: folder,
        state: [],
        paths: [],
        runtime,
        command: [shell, '-c', script],
        environment: {},
        hosts: [],
        graphics: false,
        limits: { ...fixedLimits, timeoutMs: 10_000, memoryBytes: 256 * 1024 * 1024 },
      },
      {
        backend: createBubblewrapBackend(options.bubblewrap, options.launcher),
        egress: { hosts: [], maxRequests: 0, maxBytesOut: 0 },
        onOutput: (_stream, text) => {
          output += text
        },
      },
    )
    if (output.trim() !== 'done' || launched.exitCode !== 0)
      return blocked(
        `The sandbox did not hold in its own test (${output.trim().split('\n').join(', ')}).`,
        'Report this with the output of: skillet doctor --json',
      )
    const landlock = launched.observations.find((seen) => seen.type === 'ready')?.landlock ?? 0
    return {
      ready: true,
      backend: landlock > 0 ? 'bubblewrap' : 'bubblewrap (this kernel has no Landlock)',
      problem: null,
      fix: null,
      backends: [{ name: 'bubblewrap', ready: true, problem: null, fix: null }],
    }
  } catch (error) {
    return blocked(toSkilletError(error).message, await guidedFix())
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** Why user namespaces are usually refused, most common first. */
async function guidedFix(): Promise<string> {
  const setting = async (name: string) =>
    (await promisify(execFile)('/sbin/sysctl', ['-n', name]).catch(() => ({ stdout: '' }))).stdout.trim()
  if ((await setting('kernel.apparmor_restrict_unprivileged_userns')) === '1')
    return 'Ubuntu blocks sandboxes for ordinary programs. Allow bubblewrap with an AppArmor profile: see "AppArmor" in docs/threat-model.md.'
  if ((await setting('kernel.unprivileged_userns_clone')) === '0')
    return 'sudo sysctl -w kernel.unprivileged_userns_clone=1'
  if ((await setting('user.max_user_namespaces')) === '0')
    return 'sudo sysctl -w user.max_user_namespaces=10000'
  return 'Run skillet doctor --json and report its output.'
}

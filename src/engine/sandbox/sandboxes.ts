import { existsSync } from 'node:fs'
import type { SandboxState } from '../../shared/contract/overview.ts'
import { SkilletError, toSkilletError } from '../../shared/errors.ts'
import { findProgram } from '../probe/programs.ts'
import type { BackendName, SandboxBackend, Sandboxes } from './backend.ts'
import { createBubblewrapBackend } from './bubblewrap-backend.ts'
import { createFirejailBackend } from './firejail-backend.ts'
import { findObstacle, type Obstacle, readSetting } from './guided-fix.ts'
import { packageCommand } from './package-command.ts'
import { circumstancesOf, createProvedBefore } from './proved-before.ts'
import type { createRuntimeFinder } from './runtime.ts'
import { brokenSentence, probeScript } from './self-test-script.ts'
import { selfTest } from './self-test.ts'
import { unprovedPlatform } from './unproved-platform.ts'

export interface SandboxesPorts {
  /** Absolute path of the native launcher. */
  readonly launcher: string
  readonly findRuntime: ReturnType<typeof createRuntimeFinder>
  /** Where good answers are kept between starts; absolute. */
  readonly provedFile: string
  readonly findProgram?: typeof findProgram
  readonly readSetting?: typeof readSetting
  readonly platform?: NodeJS.Platform
  readonly uid?: number
}

/** So that a newer Skillet, which asks more, doesn't take an older one's word. */
const testText = probeScript({ shell: '', unshare: '', outside: '', runtime: { paths: [], loader: '' } })

type Examined = { backend: SandboxBackend; landlock: number; obstacle: null } | { obstacle: Obstacle }

/** In the order in which they are taken where the skill leaves the choice. */
const names = ['bubblewrap', 'firejail'] as const satisfies readonly BackendName[]

/**
 * bubblewrap and firejail on this computer, each proved by `selfTest` before anything runs in it. A good answer counts
 * for this process, and where it is about to run something for later ones under the same circumstances, too; a bad one
 * is asked for again next time.
 */
export function createSandboxes(ports: SandboxesPorts): Sandboxes {
  const find = ports.findProgram ?? findProgram
  const read = ports.readSetting ?? readSetting
  const proved = createProvedBefore(ports.provedFile)
  const good = new Map<string, Promise<Examined>>()

  async function examine(name: BackendName, mayRecall: boolean): Promise<Examined> {
    const general = obstacleOfAll(ports)
    if (general) return { obstacle: general }
    const [bubblewrap, firejail] = await Promise.all([find('bwrap'), find('firejail')])
    const missing =
      name === 'firejail' && firejail === null ? 'firejail' : bubblewrap === null ? 'bubblewrap' : null
    if (bubblewrap === null || missing !== null) return { obstacle: notInstalled(missing ?? 'bubblewrap') }
    const backend =
      name === 'bubblewrap'
        ? createBubblewrapBackend(bubblewrap, ports.launcher)
        : createFirejailBackend(firejail!, bubblewrap, ports.launcher)
    try {
      const circumstances = await circumstancesOf([bubblewrap, backend.program], ports.launcher, testText)
      const known = mayRecall ? await proved.recall(name, circumstances) : null
      if (known !== null) return { backend, landlock: known, obstacle: null }
      const { broken, landlock } = await selfTest(backend, {
        findProgram: find,
        findRuntime: ports.findRuntime,
      })
      if (broken.length > 0)
        return {
          obstacle: {
            problem: brokenSentence(broken),
            fix: 'Nothing runs in it. Report this with what this prints: skillet doctor --json',
          },
        }
      // A folder that can't be written costs a test at the next start, nothing more.
      await proved.keep(name, circumstances, landlock).catch(() => {})
      return { backend, landlock, obstacle: null }
    } catch (error) {
      const { message, remedy } = toSkilletError(error)
      return { obstacle: (await findObstacle(message, read)) ?? { problem: message, fix: remedy } }
    }
  }

  /** `mayRecall`: what an earlier start has proved is proof enough. */
  async function ask(name: BackendName, mayRecall: boolean): Promise<Examined> {
    const key = mayRecall && !good.has(name) ? `${name} recalled` : name
    const asked = good.get(key) ?? examine(name, mayRecall)
    good.set(key, asked)
    const forget = () => {
      if (good.get(key) === asked) good.delete(key)
    }
    const examined = await asked.catch((error: unknown) => {
      forget()
      throw error
    })
    if (examined.obstacle) forget()
    return examined
  }

  return {
    async state() {
      const all = await Promise.all(names.map(async (name) => ({ name, examined: await ask(name, false) })))
      const first = all.find(({ examined }) => examined.obstacle === null) ?? all[0]!
      return {
        ready: first.examined.obstacle === null,
        backend: first.examined.obstacle === null ? label(first.name, first.examined.landlock) : null,
        ...told(first.examined),
        backends: all.map(({ name, examined }) => ({
          name,
          ready: examined.obstacle === null,
          ...told(examined),
        })),
      }
    },
    async choose(wanted) {
      let obstacle: Obstacle | undefined
      for (const name of wanted === 'any' ? names : [wanted]) {
        const examined = await ask(name, true)
        if (examined.obstacle === null) return examined.backend
        obstacle ??= examined.obstacle
      }
      throw new SkilletError('SANDBOX_UNAVAILABLE', obstacle!.problem, { remedy: obstacle!.fix })
    },
    async doubt() {
      good.clear()
      await proved.forget()
    },
  }
}

/** What no way of sandboxing could get around. */
function obstacleOfAll({
  launcher,
  platform = process.platform,
  uid = process.getuid?.() ?? -1,
}: SandboxesPorts): Obstacle | null {
  const unproved = unprovedPlatform(platform)
  if (unproved) return unproved
  if (uid === 0)
    return {
      problem: 'Skillet was started as the administrator (root), and skills never run as root.',
      fix: 'Start Skillet as an ordinary user.',
    }
  if (!existsSync(launcher))
    return {
      problem: "Skillet's own part of the sandbox is missing.",
      fix: 'Install Skillet again, or where it was built by hand: npm run build',
    }
  return null
}

function notInstalled(name: BackendName): Obstacle {
  return {
    problem: `The sandbox program ${name} is not installed.`,
    fix: ['Install it:', packageCommand(name)].join(' '),
  }
}

function told({ obstacle }: Examined): Pick<SandboxState, 'problem' | 'fix'> {
  return { problem: obstacle?.problem ?? null, fix: obstacle?.fix ?? null }
}

function label(name: BackendName, landlock: number): string {
  return landlock > 0 ? name : `${name} (this kernel has no Landlock)`
}

import type { Frame } from './backend.ts'
import { startSandbox, type StartedSandbox } from './started.ts'

/** A sandbox that stands ready for the next run, so that nothing of a run waits for namespaces and processes. */
export interface Spares {
  /** The one that is there, if it is of this kind; it is nobody else's from then on. */
  take(program: string, frame: Frame): StartedSandbox | null
  /** A run of this kind is over and another may follow: has one ready a little later, for a while. */
  prepare(program: string, frame: Frame): void
  /** Ends the one that is there. Resolves when it is gone. */
  drop(): Promise<void>
}

/** Whoever has waited for a run gets what is left to do for it before the next one's sandbox is built. */
const pauseMs = 20
/** Three processes that wait, 0.4 MB of memory of their own and 4 MB of what programs share, for as long as somebody may run something again. */
const defaultIdleMs = 60_000

/** At most one at a time. It holds nothing of any run, ends with this process whatever happens to it, and serves once. */
export function createSpares({ idleMs = defaultIdleMs }: { idleMs?: number } = {}): Spares {
  let spare: { kind: string; sandbox: StartedSandbox } | null = null
  let timer: NodeJS.Timeout | undefined
  const ending = new Set<Promise<void>>()

  const kindOf = (program: string, { args, options }: Frame) => JSON.stringify([program, args, options])

  const end = () => {
    const sandbox = spare?.sandbox
    spare = null
    if (sandbox === undefined || sandbox.isGone()) return
    sandbox.kill()
    const again = setInterval(() => sandbox.kill(), 10)
    const ended = sandbox.gone.catch(() => {}).finally(() => clearInterval(again))
    ending.add(ended)
    void ended.finally(() => ending.delete(ended))
  }

  const later = (ms: number, work: () => void) => {
    clearTimeout(timer)
    timer = setTimeout(work, ms)
    timer.unref()
  }

  return {
    take(program, frame) {
      if (spare?.kind !== kindOf(program, frame)) return null
      if (!spare.sandbox.stands()) {
        end()
        return null
      }
      const { sandbox } = spare
      spare = null
      clearTimeout(timer)
      sandbox.hold()
      return sandbox
    },
    prepare(program, frame) {
      later(pauseMs, () => {
        const kind = kindOf(program, frame)
        if (spare?.kind !== kind || spare.sandbox.isGone()) {
          end()
          const sandbox = startSandbox(program, frame)
          sandbox.release()
          spare = { kind, sandbox }
        }
        later(idleMs, end)
      })
    },
    async drop() {
      clearTimeout(timer)
      end()
      await Promise.all(ending)
    },
  }
}

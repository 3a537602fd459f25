import type { WindowHandlers } from '../../../shared/contract/index.ts'
import type { EngineSource } from '../../engine-source.ts'
import { SkilletError } from '../../../shared/errors.ts'
import { assertBundlePath } from '../../host/bundle-files.ts'
import type { Send } from '../send.ts'

type InstallHandlers = Pick<
  WindowHandlers,
  'install.plan' | 'install.planFile' | 'install.apply' | 'install.cancel'
>

export interface Installs {
  readonly handlers: InstallHandlers
  /** Cancels all that are under way; each leaves the disk as it was. */
  stopAll(): void
}

/** Each keeps the bundle's lists in memory, up to 64 MiB. */
const maxFilePlans = 8

interface InstallsPorts {
  engine: EngineSource
  send: Send
  /** True for a `.skillet` file that the person opened, dropped or chose. */
  mayOpen: (path: string) => boolean
}

/** Plans and applies installs; `install.cancel` also stops one that is under way. */
export function createInstalls({ engine, send, mayOpen }: InstallsPorts): Installs {
  const running = new Map<string, AbortController>()
  const filePlans: string[] = []
  let opening = 0
  const handlers: InstallHandlers = {
    'install.plan': async (source) => (await engine.get()).planInstall(source),
    'install.planFile': async ({ path }) => {
      assertBundlePath(path)
      // A page that was taken over must not have files read that the person never picked.
      if (!mayOpen(path))
        throw new SkilletError('INPUT_INVALID', 'You have not opened this file with Skillet.', {
          remedy: 'Drop the file onto the window, or open it with Skillet.',
        })
      if (opening === maxFilePlans)
        throw new SkilletError('BUSY', 'Skillet is opening other files.', {
          remedy: 'Wait a moment, then open it again.',
        })
      opening += 1
      try {
        const open = await engine.get()
        const plan = await open.planInstall({ file: path })
        filePlans.push(plan.planId)
        const oldest = filePlans.length > maxFilePlans ? filePlans.shift() : undefined
        if (oldest !== undefined) open.discardPlan(oldest)
        return plan
      } finally {
        opening -= 1
      }
    },
    'install.apply': async ({ planId, decisions }) => {
      const stop = new AbortController()
      running.set(planId, stop)
      try {
        return await (
          await engine.get()
        ).applyInstall(planId, decisions, 'window', {
          signal: stop.signal,
          onProgress: (progress) => send('install.progress', progress),
        })
      } finally {
        running.delete(planId)
      }
    },
    'install.cancel': async ({ planId }) => {
      const stop = running.get(planId)
      if (stop === undefined) (await engine.get()).discardPlan(planId)
      else stop.abort()
      return null
    },
  }
  return {
    handlers,
    stopAll() {
      for (const stop of running.values()) stop.abort()
    },
  }
}

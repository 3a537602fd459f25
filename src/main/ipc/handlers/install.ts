import type { Capability } from '../../../shared/capability.ts'
import type { Decision } from '../../../shared/contract/install.ts'
import type { WindowHandlers } from '../../../shared/contract/index.ts'
import type { EngineSource } from '../../engine-source.ts'
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

/** Plans and applies installs; `install.cancel` also stops one that is under way. */
export function createInstalls(engine: EngineSource, send: Send): Installs {
  const running = new Map<string, AbortController>()
  const handlers: InstallHandlers = {
    'install.plan': async (source) => (await engine.get()).planInstall(source),
    'install.planFile': async ({ path }) => {
      assertBundlePath(path)
      return (await engine.get()).planInstall({ file: path })
    },
    'install.apply': async ({ planId, decisions }) => {
      const stop = new AbortController()
      running.set(planId, stop)
      try {
        return await (
          await engine.get()
        ).applyInstall(planId, withScopes(decisions), 'window', {
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

/** The window decides over what is declared, never over a scope of its own. */
function withScopes(
  decisions: Partial<Record<Capability, Decision>>,
): Partial<Record<Capability, { decision: Decision }>> {
  return Object.fromEntries(
    Object.entries(decisions).map(([capability, decision]) => [capability, { decision }]),
  )
}

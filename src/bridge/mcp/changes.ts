import { toSkilletError } from '../../shared/errors.ts'
import type { McpPorts } from './server.ts'

/**
 * Hears of what was installed, removed or withdrawn, as long as any agent listens: who listens keeps the engine looking for
 * withdrawals, which an idle bridge has no use for.
 */
export function onSkillsChanged(
  { engine, log }: Pick<McpPorts, 'engine' | 'log'>,
  changed: () => void,
): { listenWhile(wanted: boolean): void } {
  let isWanted = false
  let stop: Promise<() => void> | null = null

  async function start(): Promise<() => void> {
    return (await engine()).onChange(({ kind }) => {
      if (kind !== 'trust') changed()
    })
  }

  return {
    listenWhile(wanted) {
      if (wanted === isWanted) return
      isWanted = wanted
      if (wanted) {
        stop = start()
        // Where the engine can't be opened each call says so; there is nothing to hear of.
        stop.catch((error: unknown) => log(toSkilletError(error)))
      } else {
        void stop?.then((end) => end()).catch(() => undefined)
        stop = null
      }
    },
  }
}

import { describeError, type Log } from './log.ts'

const maxDeaths = 3
const withinMs = 60_000

/**
 * What to do when the page's process is gone. The next page knows nothing of the runs that this one started, so they
 * are stopped; it is loaded anew, but not for ever where it dies again and again.
 */
export function createPageDeaths(ports: {
  stopRuns: () => Promise<void>
  reload: () => void
  giveUp: () => void
  log: Log
  now?: () => number
}): (reason: string) => void {
  const now = ports.now ?? Date.now
  let deaths: number[] = []
  return (reason) => {
    if (reason === 'clean-exit') return
    ports.log(`the page's process is gone: ${reason}`)
    void ports.stopRuns().catch((error: unknown) => ports.log(`stopping failed: ${describeError(error)}`))
    deaths = [...deaths.filter((at) => at > now() - withinMs), now()]
    if (deaths.length > maxDeaths) ports.giveUp()
    else ports.reload()
  }
}

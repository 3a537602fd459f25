import type { Database } from '../db/database.ts'
import type { Log } from '../log.ts'
import type { Repository } from '../tuf/repository.ts'
import { forgetSamples } from '../telemetry/forget-samples.ts'
import { removeSuperseded, renewOnline } from '../tuf/upkeep.ts'
import { trustWarnings } from '../tuf/warnings.ts'
import type { Publication } from './publication.ts'
import { withRepositoryLock } from './repository-lock.ts'

const everyMs = 10 * 60_000
/** For what takes longer with many releases, and for warnings. */
const dailyMs = 24 * 3_600_000

/**
 * Keeps the signed lists from running out and submissions from being forgotten, and forgets old samples; at once and then
 * every ten minutes. What fails is logged and tried again: the lists hold for days yet. Rejects only when the first round
 * fails.
 */
export async function startUpkeep(ports: {
  database: Database
  repository: Repository
  publication: Publication
  /** Sees to submissions that nobody works on any more. */
  settle: () => Promise<void>
  log: Log
}): Promise<{ stop(): Promise<void> }> {
  const { database, repository, publication, settle, log } = ports
  let binsAt = -Infinity

  async function round(): Promise<void> {
    // Another process may have published and ended before it got this far.
    await publication.publish()
    await settle()
    const bins = performance.now() - binsAt >= dailyMs
    await withRepositoryLock(database, async () => {
      await renewOnline(repository, { bins })
      await repository.pinRoot()
      await removeSuperseded(repository)
    })
    if (!bins) return
    await forgetSamples(database)
    binsAt = performance.now()
    for (const warning of await trustWarnings(repository))
      log('error', 'trust.runs_out', { message: warning })
  }

  await round()
  let running: Promise<void> = Promise.resolve()
  const timer = setInterval(() => {
    running = round().catch((error: unknown) =>
      log('error', 'trust.upkeep_failed', {
        message: error instanceof Error ? error.message : String(error),
      }),
    )
  }, everyMs)
  timer.unref()
  return {
    async stop() {
      clearInterval(timer)
      await running
    },
  }
}

import pg from 'pg'
import type { Log } from '../log.ts'

/** Tells when something about releases changed in the database, whichever process changed it. */
export interface ReleaseWatch {
  /** Another number after each change; null while changes would go unnoticed. */
  epoch(): number | null
  stop(): Promise<void>
}

/** What the triggers of the migration notify. */
const channel = 'registry_releases'
const againMs = 1_000

/**
 * Listens on a connection of its own. A pooler in between that can't carry notifications is noticed: nothing counts as
 * heard before the first one, which this sends itself.
 */
export async function watchReleases(url: string, log: Log): Promise<ReleaseWatch> {
  let epoch = 0
  let hears = false
  let stopped = false
  let client: pg.Client
  let timer: NodeJS.Timeout | undefined

  async function listen(): Promise<void> {
    client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000, keepAlive: true })
    const own = client
    const deaf = () => {
      if (own !== client || timer !== undefined || stopped) return
      hears = false
      epoch += 1
      timer = setTimeout(() => {
        timer = undefined
        listen().catch((error: unknown) =>
          log('error', 'database.watch_lost', {
            message: error instanceof Error ? error.message : String(error),
          }),
        )
      }, againMs)
      timer.unref()
    }
    own.on('error', deaf)
    own.on('end', deaf)
    own.on('notification', () => {
      if (own !== client) return
      hears = true
      epoch += 1
    })
    try {
      await own.connect()
      await own.query(`listen ${channel}`)
      await own.query(`notify ${channel}`)
    } catch (error) {
      deaf()
      throw error
    }
  }

  await listen().catch((error: unknown) => {
    stopped = true
    clearTimeout(timer)
    throw error
  })
  return {
    epoch: () => (hears ? epoch : null),
    async stop() {
      stopped = true
      hears = false
      clearTimeout(timer)
      await client.end()
    },
  }
}

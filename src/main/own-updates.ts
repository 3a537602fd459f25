import type { Engine } from '../engine/api.ts'
import type { Updater } from '../engine/updates/updater.ts'
import type { UpdateState } from '../shared/contract/updates.ts'
import { describeError, type Log } from './log.ts'

const firstLookMs = 60_000
const dailyMs = 24 * 60 * 60_000

/** Skillet's own updates: opened on first use, and looked for by themselves once a day, where the mode says so. */
export function createOwnUpdates(ports: {
  engine: () => Promise<Engine>
  /** The packed program's resources; null where it was not packed. */
  resources: string | null
  current: string
  home: string
  /** How long after the start to look at the latest, in milliseconds. */
  lookEveryMs: number
  /** What was found while nobody asked. */
  onFound: (state: UpdateState) => void
  log: Log
}): {
  get(): Promise<Updater>
  start(): void
  /** Tells again what there is, to a page that was loaded since. Opens nothing. */
  tellAgain(): void
} {
  let opening: Promise<Updater> | null = null
  async function open(): Promise<Updater> {
    const [{ createUpdater }, { readUpdateSource }, { routeOf }] = await Promise.all([
      import('../engine/updates/updater.ts'),
      import('../engine/updates/update-source.ts'),
      import('../engine/policy/connection-terms.ts'),
    ])
    const managed = async () => (await ports.engine()).managedPolicy()
    const { platform, arch, env } = process
    return createUpdater({
      source: ports.resources === null ? null : readUpdateSource(ports.resources),
      current: ports.current,
      platform,
      arch,
      kind:
        platform === 'darwin' ? 'dmg' : platform === 'win32' ? 'nsis' : env['APPIMAGE'] ? 'AppImage' : 'deb',
      home: ports.home,
      managed,
      route: async () => routeOf(await managed()),
    })
  }
  async function look(): Promise<void> {
    try {
      const updater = await get()
      let found = await updater.check(true)
      if (found.offer !== null && !found.offer.isDownloaded) found = await updater.download()
      ports.onFound(found)
    } catch (error) {
      // Settings says why when somebody looks; until tomorrow nothing is worse than it was.
      ports.log(`looking for updates of Skillet itself: ${describeError(error)}`)
    }
  }
  const get = () => {
    opening ??= open().catch((error: unknown) => {
      opening = null
      throw error
    })
    return opening
  }
  return {
    get,
    start() {
      if (ports.resources === null) return
      setTimeout(() => void look(), Math.min(firstLookMs, ports.lookEveryMs)).unref()
      setInterval(() => void look(), dailyMs).unref()
    },
    tellAgain() {
      opening
        ?.then(async (updater) => ports.onFound(await updater.state()))
        .catch((error: unknown) => ports.log(`updates of Skillet itself: ${describeError(error)}`))
    },
  }
}

import { createHash, randomUUID } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { open, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { compare, gt } from 'semver'
import { z } from 'zod'
import type { UpdateMode, UpdateState } from '../../shared/contract/updates.ts'
import { SkilletError } from '../../shared/errors.ts'
import { versionSchema } from '../../shared/identifiers.ts'
import type { ManagedPolicy } from '../../shared/managed-policy.ts'
import { makeFolder, readJson, statIfThere, writeFileAtomic } from '../disk.ts'
import { createConnection, defaultStallTimeoutMs, readBody } from '../registry-client/request.ts'
import type { Route } from '../registry-client/route.ts'
import { openUpdateFeed, type UpdateFeed, type UpdatePackage, type UpdateSource } from './update-feed.ts'

const maxFeedBytes = 256 * 1024

export interface UpdaterOptions {
  /** Null: this build has no source of updates. */
  source: UpdateSource | null
  current: string
  platform: string
  arch: string
  /** The kind of package that this program came in. */
  kind: UpdatePackage['kind']
  /** Skillet's own folder. */
  home: string
  managed: () => Promise<ManagedPolicy | null>
  route: () => Promise<Route>
  now?: () => number
}

export interface Updater {
  state(): Promise<UpdateState>
  /** Looks now. `byItself`: nobody asked, so the mode and the staging count. @throws SkilletError, with nothing changed */
  check(byItself: boolean): Promise<UpdateState>
  /** The person has seen that there is a newer version; Settings goes on offering it. */
  dismiss(): Promise<UpdateState>
  /** Fetches what is offered, and keeps it only if it is what was signed. @throws SkilletError DIGEST_MISMATCH … */
  download(): Promise<UpdateState>
  /** The downloaded package, compared once more with what was signed. @throws SkilletError DIGEST_MISMATCH */
  downloaded(): Promise<{ file: string; kind: UpdatePackage['kind'] }>
}

const keptSchema = z.object({
  /** Decides whether this computer is among the first that are offered a version. Never leaves it. */
  stagingId: z.uuid(),
  /** The newest version that a signed list ever named here: none older is believed again. */
  seen: versionSchema.nullable(),
  /** The version whose notice the person sent away. */
  dismissed: versionSchema.optional(),
})

/** Finds and fetches newer versions of Skillet itself. It never installs one: that a person, or the system, does. */
export function createUpdater(options: UpdaterOptions): Updater {
  const { source, current, home } = options
  const keptFile = join(home, 'updates.json')
  const folder = join(home, 'updates')
  let offer: { feed: UpdateFeed; update: UpdatePackage } | null = null
  let checkedAt: string | null = null
  const now = options.now ?? Date.now
  const readKept = () => readJson(keptFile, () => keptSchema)

  async function terms(): Promise<{
    mode: UpdateMode
    version: string | null
    feed: string
    managed: boolean
  }> {
    const { updates } = (await options.managed()) ?? {}
    return {
      mode: updates?.mode ?? 'automatic',
      version: updates?.version ?? null,
      feed: updates?.mirror ?? source?.feed ?? '',
      managed: updates !== undefined,
    }
  }
  const fileOf = ({ name }: UpdatePackage) => join(folder, name)

  async function state(): Promise<UpdateState> {
    const { mode, version, managed } = await terms()
    return {
      current,
      isAvailable: source !== null,
      mode,
      pinnedTo: version,
      managed,
      checkedAt,
      offer:
        offer === null
          ? null
          : {
              version: offer.feed.version,
              released: offer.feed.released,
              notes: offer.feed.notes,
              sizeBytes: offer.update.size,
              isDownloaded: (await statIfThere(fileOf(offer.update))) !== null,
              isDismissed: (await readKept())?.dismissed === offer.feed.version,
            },
    }
  }

  async function connect() {
    const { feed } = await terms()
    return createConnection({
      url: feed.replace(/\/$/, ''),
      apiKey: undefined,
      stallTimeoutMs: defaultStallTimeoutMs,
      terms: async () => ({ route: await options.route(), apiKey: null }),
    })
  }

  async function check(byItself: boolean): Promise<UpdateState> {
    if (source === null) return state()
    const { mode, version } = await terms()
    if (byItself && mode === 'manual') return state()
    const connection = await connect()
    const answer = await connection.send(`/${options.platform}-${options.arch}.json`)
    const feed = openUpdateFeed(await connection.bytes(answer, maxFeedBytes), {
      ...options,
      keys: source.keys,
    })
    if (Date.parse(feed.expires) <= now())
      throw new SkilletError(
        'METADATA_EXPIRED',
        `The list of Skillet's own updates is out of date since ${feed.expires.slice(0, 10)}.`,
        { remedy: "Check this computer's date. If it is right, tell whoever looks after your Skillet." },
      )
    const kept = (await readKept()) ?? { stagingId: randomUUID(), seen: null }
    if (kept.seen !== null && compare(feed.version, kept.seen) < 0)
      throw new SkilletError(
        'METADATA_ROLLBACK',
        `The list of Skillet's own updates ends at ${feed.version}, and ${kept.seen} was there before.`,
      )
    await writeFileAtomic(keptFile, JSON.stringify({ ...kept, seen: feed.version }))
    checkedAt = new Date().toISOString()
    const update = feed.packages.find(({ kind }) => kind === options.kind)
    const wanted =
      update !== undefined &&
      gt(feed.version, current) &&
      (mode !== 'pinned' || feed.version === version) &&
      (!byItself || isAmongFirst(kept.stagingId, feed.version, feed.staging))
    offer = wanted ? { feed, update } : null
    return state()
  }

  async function download(): Promise<UpdateState> {
    if (offer === null) throw new SkilletError('NOT_FOUND', 'There is no newer version of Skillet to fetch.')
    const { update } = offer
    const connection = await connect()
    await makeFolder(folder)
    const partial = `${fileOf(update)}.partial`
    const file = await open(partial, 'w', 0o600)
    const hash = createHash('sha256')
    let size = 0
    try {
      for await (const part of readBody(connection, await connection.send(`/${update.name}`))) {
        size += part.length
        if (size > update.size) throw altered()
        hash.update(part)
        await file.writeFile(part)
      }
      await file.sync()
      if (size !== update.size || hash.digest('hex') !== update.sha256) throw altered()
      await file.close()
      await rename(partial, fileOf(update))
    } catch (error) {
      await file.close().catch(() => undefined)
      await rm(partial, { force: true })
      throw error
    }
    return state()
  }

  return {
    state,
    check,
    download,
    async dismiss() {
      const kept = await readKept()
      if (offer !== null && kept !== null)
        await writeFileAtomic(keptFile, JSON.stringify({ ...kept, dismissed: offer.feed.version }))
      return state()
    },
    async downloaded() {
      if (offer === null) throw new SkilletError('NOT_FOUND', 'No newer version of Skillet has been fetched.')
      const file = fileOf(offer.update)
      const hash = createHash('sha256')
      for await (const part of createReadStream(file)) hash.update(part as Buffer)
      if (hash.digest('hex') !== offer.update.sha256) {
        await rm(file, { force: true })
        throw altered()
      }
      return { file, kind: offer.update.kind }
    },
  }
}

function altered(): SkilletError {
  return new SkilletError('DIGEST_MISMATCH', 'What was fetched is not the update that was signed.', {
    remedy: 'Nothing was changed. Try again, or tell whoever looks after your Skillet.',
  })
}

/** The same computer gives the same answer for a version, and computers as a whole are spread evenly. */
function isAmongFirst(stagingId: string, version: string, percent: number): boolean {
  const digest = createHash('sha256').update(`${stagingId} ${version}`).digest()
  return (digest.readUInt32BE(0) / 2 ** 32) * 100 < percent
}

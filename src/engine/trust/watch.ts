import { watch as watchFolder, type FSWatcher } from 'node:fs'
import { stat } from 'node:fs/promises'
import { toSkilletError } from '../../shared/errors.ts'
import type { EngineChange } from '../api.ts'
import type { InstallRecord, Store } from '../install/store.ts'
import type { Freshness, RegistryTrust } from '../ports.ts'
import type { LiveRuns } from '../run/live-runs.ts'
import { toWithdrawnError } from './revoked.ts'
import type { NewlyWithdrawn } from './withdrawals.ts'

export interface WatchPorts {
  readonly store: Store
  readonly trust: RegistryTrust
  readonly runs: LiveRuns
  readonly settle: (freshness: Freshness) => Promise<NewlyWithdrawn[]>
  /** What a record says to the person. */
  readonly titleOf: (record: InstallRecord) => Promise<string>
  readonly log: (line: string) => void
  /** Milliseconds between two looks at the registry; five minutes by default. */
  readonly everyMs?: number
}

export interface Watch {
  onChange(listener: (change: EngineChange) => void): () => void
  /** Looks for withdrawals now. @throws SkilletError what `settle` throws */
  look(freshness: Freshness): Promise<void>
  /** Keeps looking until the result is called. */
  keepLooking(): () => void
  close(): void
}

const defaultEveryMs = 5 * 60_000
/** Where the system doesn't say that a file changed, such as on some network drives. */
const recordsEveryMs = 5000
const settleMs = 100

/**
 * Looks for withdrawals and for what other Skillets on this computer do, as long as somebody listens or something runs.
 * None of its timers keeps a process alive.
 */
export function createWatch(ports: WatchPorts): Watch {
  const { store, trust, runs, log, everyMs = defaultEveryMs } = ports
  const listeners = new Set<(change: EngineChange) => void>()
  // Not all Skillets of the world at the same instant. Drawn once: Node keeps a list for each duration that a timer which
  // holds up nothing ever had, until that has passed, and a new one for each run would be thousands of them.
  const waitMs = everyMs * (0.9 + Math.random() * 0.2)
  let holders = 0
  let starts = 0
  let closed = false
  let lookTimer: NodeJS.Timeout | undefined
  let recordsTimer: NodeJS.Timeout | undefined
  let changedTimer: NodeJS.Timeout | undefined
  let folder: FSWatcher | null = null
  let known: Map<string, string> | null = null
  let stopStatus = () => {}
  let recordsAt = 0
  let comparing: Promise<void> = Promise.resolve()
  const announced = new Set<string>()
  let held = '[]'

  const emit = (change: EngineChange) => {
    for (const listener of listeners) listener(change)
  }

  async function look(freshness: Freshness): Promise<void> {
    // What was withdrawn before anybody listened is no news; it must be known which that is.
    await comparing
    for (const one of await ports.settle(freshness)) announce(one)
    await noticeHeld(freshness)
  }

  /** What was put on hold, or released, since the last look: it isn't offered now, or is again, and who has it is told. */
  async function noticeHeld(freshness: Freshness): Promise<void> {
    const listed = await trust.revocations({
      ...freshness,
      maxAgeMs: Math.max(freshness.maxAgeMs ?? 0, 15_000),
    })
    const now = JSON.stringify(listed.held ?? [])
    if (now === held) return
    held = now
    emit({ kind: 'library', slug: null })
  }

  function announce({ slug, version, title, withdrawn }: NewlyWithdrawn): void {
    const key = `${slug} ${version} ${withdrawn.revokedAt}`
    if (announced.has(key)) return
    announced.add(key)
    emit({ kind: 'withdrawn', slug, version, title, withdrawn })
  }

  /** `of`: the start that it belongs to; after a stop and another start there must not be two. */
  function schedule(of: number): void {
    if (of !== starts) return
    lookTimer = setTimeout(() => void lookAgain().finally(() => schedule(of)), waitMs)
    lookTimer.unref()
  }

  async function lookAgain(): Promise<void> {
    try {
      await look({ maxAgeMs: everyMs / 10 })
    } catch (error) {
      log(`looking for withdrawn skills: ${toSkilletError(error).message}`)
    }
  }

  /** What was installed, changed or withdrawn since the last look, by whomever. */
  async function compareRecords(): Promise<void> {
    const records = await store.list()
    const now = new Map(records.map((record) => [record.slug, stateOf(record)]))
    const before = known
    known = now
    for (const record of records) {
      if (record.withdrawn === null) continue
      const { slug, version, withdrawn } = record
      runs.stop((one, of) =>
        one === slug && of === version ? toWithdrawnError(slug, version, withdrawn) : null,
      )
      if (before === null) announced.add(`${slug} ${version} ${withdrawn.revokedAt}`)
      else announce({ slug, version, title: await ports.titleOf(record), withdrawn })
    }
    if (before === null) return
    const changed = [...new Set([...before.keys(), ...now.keys()])].filter(
      (slug) => before.get(slug) !== now.get(slug),
    )
    for (const slug of changed) emit({ kind: 'library', slug })
    // Another Skillet may have brought back what is withdrawn, or dropped an earlier version that runs here.
    if (changed.length > 0) void lookAgain()
  }

  function compare(): void {
    comparing = comparing
      .then(() => (closed ? undefined : compareRecords()))
      .catch((error: unknown) => log(`looking at what is installed: ${toSkilletError(error).message}`))
  }

  /** A record is put in place by renaming, which changes the folder's time. */
  async function compareIfChanged(): Promise<void> {
    const { mtimeMs } = await stat(store.paths.records).catch(() => ({ mtimeMs: 0 }))
    if (mtimeMs === recordsAt) return
    recordsAt = mtimeMs
    compare()
  }

  function start(): void {
    const mine = ++starts
    compare()
    stopStatus = trust.onStatus((status) => emit({ kind: 'trust', status }))
    recordsTimer = setInterval(() => void compareIfChanged(), recordsEveryMs)
    recordsTimer.unref()
    try {
      folder = watchFolder(store.paths.records, { persistent: false }, () => {
        clearTimeout(changedTimer)
        changedTimer = setTimeout(compare, settleMs)
        changedTimer.unref()
      })
      folder.on('error', (error) => log(`watching what is installed: ${error.message}`))
    } catch (error) {
      // Not every file system can be watched: the timer sees the same, a little later.
      log(`watching what is installed: ${toSkilletError(error).message}`)
    }
    void comparing.then(lookAgain).finally(() => schedule(mine))
  }

  function stop(): void {
    starts++
    clearTimeout(lookTimer)
    clearInterval(recordsTimer)
    clearTimeout(changedTimer)
    folder?.close()
    folder = null
    stopStatus()
    known = null
  }

  function keepLooking(): () => void {
    if (holders++ === 0 && !closed) start()
    let released = false
    return () => {
      if (released) return
      released = true
      if (--holders === 0) stop()
    }
  }

  return {
    onChange(listener) {
      listeners.add(listener)
      const release = keepLooking()
      return () => {
        listeners.delete(listener)
        release()
      }
    },
    look,
    keepLooking,
    close() {
      closed = true
      listeners.clear()
      stop()
    },
  }
}

function stateOf({ installId, pinned, withdrawn, kept }: InstallRecord): string {
  return JSON.stringify([installId, pinned, withdrawn, kept])
}

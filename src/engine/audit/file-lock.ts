import { randomBytes } from 'node:crypto'
import { readlinkSync, symlinkSync, unlinkSync } from 'node:fs'
import { lstat, readFile, readlink, rm, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { dirname } from 'node:path'
import { z } from 'zod'
import { SkilletError } from '../../shared/errors.ts'
import { withDiskErrors, makeFolder } from '../disk.ts'

/** How long to wait for another process, in milliseconds, before BUSY. Work under a lock takes a few. */
const defaultWaitMs = 15_000

/** A lock that names nobody is a file whose writer was killed, or something else's; after this long it doesn't count. */
const namelessMs = 60_000

/**
 * Runs `work` while this process alone holds the lock. Node has no file locks, so the lock is a name that only one can
 * make, and that names its holder: a symbolic link, which no power cut can leave without what it says and which costs
 * no wait for the disk, or a file where links can't be made. It is made and taken away at once: asking a thread takes longer
 * than most of the work under it. One whose holder has died is taken away; whether one in another container or on another computer
 * lives can't be told, so that is waited for. Not re-entrant.
 *
 * @throws SkilletError BUSY
 */
export async function withFileLock<T>(
  path: string,
  work: () => Promise<T>,
  waitMs = defaultWaitMs,
): Promise<T> {
  const id = randomBytes(6).toString('hex')
  const [started, place] = await Promise.all([(ownStart ??= startOf(process.pid)), (here ??= findPlace())])
  const holder = JSON.stringify({ pid: process.pid, started, id, ...place })
  let until: number | null = null
  while (!(await withDiskErrors(() => takes(holder, path)))) {
    // Asked only now: Node takes a while to make its clock ready.
    until ??= performance.now() + waitMs
    if (performance.now() > until)
      throw new SkilletError('BUSY', 'Another Skillet has been writing here for too long.', {
        remedy: `Wait until it has finished. If there is none, remove ${path} and try again.`,
      })
    if (await isAbandoned(path)) await clearAbandoned(path, holder)
    else await new Promise((resolve) => setTimeout(resolve, 2 + Math.random() * 8))
  }
  try {
    return await work()
  } finally {
    // Somebody may have removed it by hand, and another may hold it now. On a disk that can't be written any more it
    // stays, and counts for nothing once this process has ended.
    if ((await holderOf(path)) === holder) removeAtOnce(path)
  }
}

function removeAtOnce(path: string): void {
  try {
    unlinkSync(path)
  } catch {
    // It is gone, or stays: either way there is nothing more to do about it.
  }
}

async function takes(holder: string, path: string): Promise<boolean> {
  try {
    symlinkSync(holder, path)
    return true
  } catch (error) {
    switch ((error as NodeJS.ErrnoException).code) {
      case 'EEXIST':
        return false
      case 'ENOENT':
        await makeFolder(dirname(path))
        return takes(holder, path)
      // Windows without the privilege, and file systems without links.
      case 'EPERM':
      case 'ENOSYS':
      case 'ENOTSUP':
        return takesFile(holder, path)
      default:
        throw error
    }
  }
}

async function takesFile(holder: string, path: string): Promise<boolean> {
  try {
    await writeFile(path, holder, { flag: 'wx', mode: 0o600 })
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
}

/** What a lock says of its holder; null where there is none. */
async function holderOf(path: string): Promise<string | null> {
  try {
    return readlinkSync(path)
  } catch {
    return readFile(path, 'utf8').catch(() => null)
  }
}

async function isAbandoned(path: string): Promise<boolean> {
  const text = await holderOf(path)
  if (text === null) return false
  const holder = parseHolder(text)
  if (holder === null) return (await ageOf(path)) > namelessMs
  const reach = reachOf(holder, await (here ??= findPlace()))
  if (reach !== 'same') return reach === 'ended'
  if (!isAlive(holder.pid)) return true
  const started = await startOf(holder.pid)
  return started !== null && holder.started !== null && started !== holder.started
}

/** Only one process at a time clears, and it looks again first: the lock may be a new one by now. */
async function clearAbandoned(path: string, me: string): Promise<void> {
  const clearing = `${path}.clearing`
  if (!(await withDiskErrors(() => takes(me, clearing)))) {
    await sweepClearing(path)
    await new Promise((resolve) => setTimeout(resolve, 5))
    return
  }
  try {
    if ((await isAbandoned(path)) && (await holderOf(clearing)) === me) await rm(path, { force: true })
  } finally {
    await rm(clearing, { force: true }).catch(() => undefined)
  }
}

/** Removes what a process left that was killed while it took an abandoned lock away, work of a millisecond. */
export async function sweepClearing(path: string): Promise<void> {
  if (await isAbandoned(`${path}.clearing`)) await rm(`${path}.clearing`, { force: true })
}

/** Milliseconds since a file was written, 0 when it is gone. Absolute: a clock that was set back makes old files new. */
async function ageOf(path: string): Promise<number> {
  return lstat(path).then(
    (stats) => Math.abs(Date.now() - stats.mtimeMs),
    () => 0,
  )
}

/** Where a process number means something. Linux tells each start of the computer and each container apart. */
const placeSchema = z.object({
  host: z.string().nullable().default(null),
  boot: z.string().nullable().default(null),
  /** The namespace of process numbers. */
  pids: z.string().nullable().default(null),
})
type Place = z.infer<typeof placeSchema>

let here: Promise<Place> | null = null
let ownStart: Promise<string | null> | null = null

async function findPlace(): Promise<Place> {
  const read = (path: string) =>
    readFile(path, 'utf8').then(
      (text) => text.trim(),
      () => '',
    )
  if (process.platform !== 'linux') return { host: hostname(), boot: null, pids: null }
  const [machine, boot, pids] = await Promise.all([
    read('/etc/machine-id'),
    read('/proc/sys/kernel/random/boot_id'),
    readlink('/proc/self/ns/pid').catch(() => ''),
  ])
  return { host: `${hostname()} ${machine}`.trim(), boot: boot || null, pids: pids || null }
}

/**
 * `same`: the holder's process number can be looked up here. `ended`: this computer has been started again since.
 * Locks of earlier versions name no place: theirs is this one.
 */
function reachOf(holder: Place, me: Place): 'same' | 'ended' | 'unknown' {
  const differs = (key: keyof Place) => holder[key] !== null && me[key] !== null && holder[key] !== me[key]
  if (holder.boot === null || me.boot === null) return differs('host') ? 'unknown' : 'same'
  if (differs('boot')) return differs('host') ? 'unknown' : 'ended'
  return differs('pids') ? 'unknown' : 'same'
}

const holderSchema = placeSchema.extend({
  pid: z.int().positive(),
  started: z.string().nullable().catch(null),
})

function parseHolder(text: string): z.infer<typeof holderSchema> | null {
  try {
    return holderSchema.safeParse(JSON.parse(text)).data ?? null
  } catch {
    return null
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/** When a process started, so that a number used again isn't taken for the old one; null where the system hides it. */
async function startOf(pid: number): Promise<string | null> {
  if (process.platform !== 'linux') return null
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => null)
  // proc(5): field 22, counted after the name, which may itself hold spaces and brackets.
  return text?.slice(text.lastIndexOf(')') + 2).split(' ')[19] ?? null
}

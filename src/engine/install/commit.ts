import { rename } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { z } from 'zod'
import { grantSchema, type Grant } from '../../shared/grant.ts'
import {
  allDone,
  exists,
  makeFolder,
  readJson,
  syncFile,
  syncFolder,
  withDiskErrors,
  writeNewFile,
} from '../disk.ts'
import { arrange } from './arrange.ts'
import { unused } from './edited.ts'
import { discard, recordSchema, type InstallRecord, type NewRecord, type StorePorts } from './store.ts'

/** How many earlier versions stay for going back. */
const maxKept = 3

/** Written before the first step that changes what is installed: enough to finish or to undo. */
const intentSchema = z.strictObject({
  record: recordSchema,
  previous: recordSchema.nullable(),
  grants: z.array(grantSchema),
  previousGrants: z.array(grantSchema),
  /** Where files of the same version that are replaced go; null: nowhere, they are deleted. */
  keepReplacedAt: z.string().nullable().default(null),
})
type Intent = z.infer<typeof intentSchema>

/** One change in the making: a folder under `staging`, on the same file system as `skills`. */
export interface Staged {
  readonly folder: string
  /** The extracted files; not there for a change that brings none, such as going back to a version that is kept. */
  readonly files: string
}

export function stagedAt(store: StorePorts['store'], id: string): Staged {
  const folder = join(store.paths.staging, id)
  return { folder, files: join(folder, 'files') }
}

export interface Change {
  /** `installId` is a new one. */
  readonly record: NewRecord
  /** Decisions that come with it. */
  readonly grants: readonly Grant[]
  /** Makes this folder, with the files in it on disk when it returns. Null where the store has them already. */
  readonly extract: ((folder: string) => Promise<void>) | null
  /** The last step: the journal. When it fails, all is undone. */
  readonly finish: () => Promise<unknown>
  readonly keepReplacedAt?: string
}

const intentPath = (staged: Staged) => join(staged.folder, 'intent.json')
const recordPath = (staged: Staged) => join(staged.folder, 'record.json')
const replacedPath = (staged: Staged) => join(staged.folder, 'replaced')
const previousRecordPath = (staged: Staged) => join(staged.folder, 'previous-record.json')

/**
 * Puts a version in force, within `exclusively`: its grants and its files, then its record, the step that decides, then
 * `current` and `finish`. The version before it is kept. When anything fails, all of it is undone. A kill in between is
 * settled by `settleCommit`, and so is a power cut: before the record is replaced, the intent and the files are on disk.
 * @throws SkilletError NO_SPACE, NOT_WRITABLE, and what `extract` and `finish` throw
 */
export async function commit(ports: StorePorts, change: Change): Promise<void> {
  const { store, grants, journal } = ports
  const { slug, version, installId } = change.record
  const staged = stagedAt(store, installId)
  const previous = await store.get(slug)
  const intent: Intent = {
    record: { ...change.record, ...inherited(previous, version) },
    previous,
    grants: [...change.grants],
    previousGrants: await grants.list(slug),
    keepReplacedAt: change.keepReplacedAt ?? null,
  }
  let isInJournal = false
  try {
    await withDiskErrors(async () => {
      await makeFolder(staged.folder)
      await writeIntent(ports, staged, intent)
      const extracted = change.extract === null ? [] : [change.extract(staged.files)]
      await allDone([syncIntent(ports, staged, intent), putGrants(ports, intent), ...extracted])
      await moveIn(ports, staged, intent)
      await rename(recordPath(staged), store.recordPath(slug))
      await allDone([
        syncFolder(store.paths.records),
        syncFolder(dirname(store.folderOf(slug, version))),
        syncFolder(store.paths.skills),
        store.writeCurrent(slug, version),
        change.finish().then(() => (isInJournal = true)),
      ])
    })
  } catch (error) {
    // Where this fails as well, the intent stays, and the next change or start settles it.
    await undo(ports, staged, intent).catch(() => undefined)
    if (isInJournal)
      await journal
        .append('install.undone', slug, `Undid putting ${slug} ${version} in place, which failed.`, {
          version,
        })
        // Why it failed is what the person must hear of.
        .catch(() => undefined)
    throw error
  }
  try {
    await tidy(ports, staged, intent)
  } catch {
    // It is in force; a file that is busy now (Windows) is removed at the next start.
  }
}

export interface Settled {
  readonly slug: string
  readonly version: string
  readonly outcome: 'finished' | 'undone'
}

/** Finishes or undoes a change that was cut short; null when it had not begun. Safe to be cut short itself. */
export async function settleCommit(ports: StorePorts, staged: Staged): Promise<Settled | null> {
  const { store } = ports
  const intent = await readIntent(staged)
  if (intent === null) {
    await discard(staged.folder)
    return null
  }
  const { record, previous } = intent
  const inForce = await store.get(record.slug)
  if (inForce?.installId === record.installId) {
    // After a power cut the record may be on disk without the move that came before it.
    await moveIn(ports, staged, intent)
    await tidy(ports, staged, { ...intent, record: inForce })
    return { slug: record.slug, version: record.version, outcome: 'finished' }
  }
  if (inForce?.installId === previous?.installId) await undo(ports, staged, intent)
  else await discard(staged.folder)
  return { slug: record.slug, version: record.version, outcome: 'undone' }
}

/** The skill that a change is about; null where it doesn't say. */
export async function slugOfCommit(staged: Staged): Promise<string | null> {
  return (await readIntent(staged))?.record.slug ?? null
}

/** Null for a change that had not begun. @throws SkilletError STORE_DAMAGED */
async function readIntent(staged: Staged): Promise<Intent | null> {
  try {
    return await readJson(intentPath(staged), () => intentSchema)
  } catch (error) {
    // A power cut may leave its name without its content, but then nothing had been moved yet.
    if (await exists(replacedPath(staged))) throw error
    return null
  }
}

/** What passes from the record before to the next one: the pin, and the versions to go back to. */
function inherited(
  previous: InstallRecord | null,
  version: string,
): Pick<InstallRecord, 'pinned' | 'kept' | 'withdrawn'> {
  if (previous === null) return { pinned: false, kept: [], withdrawn: null }
  const { pinned, kept, withdrawn } = previous
  const last = withdrawn === null ? [{ version: previous.version, installedAt: previous.installedAt }] : []
  return {
    pinned,
    kept: [...last, ...kept].filter((one) => one.version !== version).slice(0, maxKept),
    withdrawn: null,
  }
}

/** Nothing that counts is changed yet. From here on a kill is settled by the intent. */
async function writeIntent({ store }: StorePorts, staged: Staged, intent: Intent): Promise<void> {
  const { record, previous } = intent
  const write = (path: string, content: unknown) =>
    writeNewFile(path, JSON.stringify(content), { sync: false })
  const kept = keptRecordPath(store, intent)
  await makeFolder(dirname(store.folderOf(record.slug, record.version)))
  if (kept !== null) {
    await makeFolder(dirname(kept))
    // Left by a change that was undone, or by the same version's last time.
    await discard(kept)
  }
  await allDone([
    write(recordPath(staged), record),
    // For undoing without needing space.
    ...(previous === null ? [] : [write(previousRecordPath(staged), previous)]),
    ...(kept === null ? [] : [write(kept, previous)]),
    write(`${intentPath(staged)}.tmp`, intent),
  ])
  await rename(`${intentPath(staged)}.tmp`, intentPath(staged))
}

/** One wait for all that the next steps rely on after a power cut. */
async function syncIntent({ store }: StorePorts, staged: Staged, intent: Intent): Promise<void> {
  const kept = keptRecordPath(store, intent)
  await allDone([
    ...[recordPath(staged), intentPath(staged)].map(syncFile),
    ...[staged.folder, store.paths.staging].map(syncFolder),
    ...(kept === null ? [] : [syncFile(kept), syncFolder(dirname(kept)), syncFolder(store.paths.kept)]),
  ])
}

/** Where the record of the version before goes, if that is kept. */
function keptRecordPath(store: StorePorts['store'], { record, previous }: Intent): string | null {
  if (previous === null || !record.kept.some(({ version }) => version === previous.version)) return null
  return store.keptPath(previous.slug, previous.version)
}

async function moveIn({ store }: StorePorts, staged: Staged, intent: Intent): Promise<void> {
  if (!(await exists(staged.files))) return
  const target = store.folderOf(intent.record.slug, intent.record.version)
  if (await exists(target)) await rename(target, replacedPath(staged))
  await rename(staged.files, target)
}

async function putGrants({ grants }: StorePorts, intent: Intent): Promise<void> {
  if (intent.grants.length > 0) await grants.put(intent.grants)
}

async function undo(ports: StorePorts, staged: Staged, intent: Intent): Promise<void> {
  const { store, grants } = ports
  const { record, previous, previousGrants } = intent
  const { slug, version } = record
  const target = store.folderOf(slug, version)
  await withDiskErrors(async () => {
    // First the step that decides, so that a kill in the middle of this finds one truth.
    if ((await store.get(slug))?.installId === record.installId) {
      if (previous === null) await discard(store.recordPath(slug))
      else await rename(previousRecordPath(staged), store.recordPath(slug))
      await syncFolder(store.paths.records)
    }
    const named = [previous?.version, ...(previous?.kept ?? []).map((kept) => kept.version)]
    const moved = !(await exists(staged.files))
    await discard(staged.files)
    if (await exists(replacedPath(staged))) {
      await discard(target)
      await rename(replacedPath(staged), target)
    } else if (moved && !named.includes(version)) await discard(target)
    // On a full disk what needn't be written must not be.
    if (intent.grants.length > 0) await grants.undoPut(intent.grants, previousGrants)
    if (previous === null) await discard(dirname(target))
    else await arrange(store, previous)
    await discard(staged.folder)
  })
}

/** Sets aside what an edited copy was replaced by, and removes what the record doesn't name. */
async function tidy({ store }: StorePorts, staged: Staged, intent: Intent): Promise<void> {
  const { record, keepReplacedAt } = intent
  if (keepReplacedAt !== null && (await exists(replacedPath(staged)))) {
    await makeFolder(dirname(keepReplacedAt))
    await rename(replacedPath(staged), await unused(keepReplacedAt))
  }
  await arrange(store, record)
  await discard(staged.folder)
}

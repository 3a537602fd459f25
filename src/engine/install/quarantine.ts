import type { Withdrawn } from '../../shared/contract/library.ts'
import { toSkilletError, type SkilletError } from '../../shared/errors.ts'
import { withDiskErrors, writeFileAtomic } from '../disk.ts'
import { arrange } from './arrange.ts'
import { exclusively } from './exclusive.ts'
import type { InstallRecord, StorePorts } from './store.ts'

export interface Quarantined {
  /** The record as it is now. */
  readonly record: InstallRecord
  /** False when it had been in quarantine before. */
  readonly isNew: boolean
  /** What couldn't be done beside that, such as the journal's entry; the skill can't run all the same. */
  readonly problem: SkilletError | null
}

/**
 * Takes a withdrawn skill out of use: from the moment its record says so nothing runs it; then its files, kept versions
 * included, move from `skills/<slug>` to `quarantine/<slug>`. Its state and grants stay. Only another version, or the
 * same one installed again once the registry no longer withdraws it, brings the skill back; removing it works as ever.
 * `version`: the one that was withdrawn; a skill that is at another by now is left alone (null).
 * @throws SkilletError NOT_INSTALLED, BUSY, NO_SPACE, NOT_WRITABLE
 */
export async function quarantine(
  ports: StorePorts,
  slug: string,
  version: string,
  withdrawn: Withdrawn,
): Promise<Quarantined | null> {
  const { store, journal } = ports
  return exclusively(ports, slug, async () => {
    const before = await store.require(slug)
    if (before.version !== version) return null
    const record: InstallRecord = { ...before, withdrawn }
    const isNew = before.withdrawn === null
    // Withdrawing comes before everything else: neither a broken journal nor a busy file may keep it from happening.
    const put = () => writeFileAtomic(store.recordPath(slug), JSON.stringify(record))
    await put().catch(async () => {
      // On a full disk the files can still be moved to where no agent comes across them, which may make the room.
      await arrange(store, record).catch(() => undefined)
      await put()
    })
    let problem: SkilletError | null = null
    try {
      if (isNew)
        await journal.append('quarantine', slug, `${slug} ${version} was withdrawn: ${withdrawn.reason}`, {
          version,
          severity: withdrawn.severity,
          rotate: withdrawn.rotate.map(({ name }) => name),
        })
      problem = (await withDiskErrors(() => arrange(store, record)))[0] ?? null
    } catch (error) {
      problem = toSkilletError(error)
      await arrange(store, record).catch(() => undefined)
    }
    return { record, isNew, problem }
  })
}

import { rename } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { SkilletError } from '../../shared/errors.ts'
import { followRecord } from '../agents/follow.ts'
import { exists, makeFolder } from '../disk.ts'
import { discard, namesIn, type InstallRecord, type Store } from './store.ts'

/**
 * Brings the folders of a skill in line with its record: its version and those that are kept lie under `skills`, or,
 * where it was withdrawn, in quarantine, and nothing else does. Only after the record has decided: what the record
 * doesn't name is deleted. Safe to be cut short and done again.
 *
 * Agents' folders follow: a withdrawn skill is gone from them first. What couldn't be done there is what this gives; it
 * holds up nothing, since those folders are others', and is tried again at the next start.
 */
export async function arrange(store: Store, record: InstallRecord): Promise<SkilletError[]> {
  const isWithdrawn = record.withdrawn !== null
  const problems = isWithdrawn ? await followRecord(store, record.slug, record) : []
  await arrangeOwn(store, record)
  return isWithdrawn ? problems : followRecord(store, record.slug, record)
}

async function arrangeOwn(store: Store, record: InstallRecord): Promise<void> {
  const { slug, version, withdrawn } = record
  const inForce = join(store.paths.skills, slug)
  const aside = join(store.paths.quarantine, slug)
  const [home, other] = withdrawn === null ? [inForce, aside] : [aside, inForce]
  const versions = [version, ...record.kept.map((kept) => kept.version)]

  if (await exists(other)) {
    if (await exists(home)) {
      for (const name of versions)
        if (!(await exists(join(home, name))) && (await exists(join(other, name))))
          await rename(join(other, name), join(home, name))
      await discard(other)
    } else {
      await makeFolder(dirname(home))
      await rename(other, home)
    }
  }
  const current = withdrawn === null ? ['current'] : []
  for (const name of await namesIn(home))
    if (![...versions, ...current].includes(name)) await discard(join(home, name))
  if (withdrawn === null && (await store.readCurrent(slug)) !== version)
    await store.writeCurrent(slug, version)

  const records = join(store.paths.kept, slug)
  if (record.kept.length === 0) await discard(records)
  for (const name of await namesIn(records))
    if (!record.kept.some((kept) => name === `${kept.version}.json`)) await discard(join(records, name))
}

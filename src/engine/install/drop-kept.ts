import { toSkilletError, type SkilletError } from '../../shared/errors.ts'
import type { Revocation } from '../../shared/signed-targets.ts'
import { withDiskErrors, writeFileAtomic } from '../disk.ts'
import { arrange } from './arrange.ts'
import { exclusively } from './exclusive.ts'
import type { InstallRecord, StorePorts } from './store.ts'

/**
 * Deletes the kept versions of a skill that were withdrawn: nobody goes back to them, and no agent may come across their
 * files. Gives what couldn't be done beside that, such as the journal's entry; the record doesn't name them any more, so
 * the next start deletes what is left.
 * @throws SkilletError NOT_INSTALLED, BUSY, NO_SPACE, NOT_WRITABLE
 */
export async function dropKept(
  ports: StorePorts,
  slug: string,
  find: (version: string) => Revocation | null,
): Promise<SkilletError | null> {
  const { store, journal } = ports
  return exclusively(ports, slug, async () => {
    const before = await store.require(slug)
    const gone = before.kept.flatMap(({ version }) => {
      const revocation = find(version)
      return revocation === null ? [] : [{ version, reason: revocation.reason }]
    })
    if (gone.length === 0) return null
    const record: InstallRecord = {
      ...before,
      kept: before.kept.filter(({ version }) => find(version) === null),
    }
    await writeFileAtomic(store.recordPath(slug), JSON.stringify(record))
    let problem: SkilletError | null = null
    try {
      problem = (await withDiskErrors(() => arrange(store, record)))[0] ?? null
    } catch (error) {
      problem = toSkilletError(error)
    }
    try {
      for (const { version, reason } of gone)
        await journal.append(
          'kept.withdrawn',
          slug,
          `Deleted ${slug} ${version}, which was withdrawn: ${reason}`,
          {
            version,
          },
        )
    } catch (error) {
      problem ??= toSkilletError(error)
    }
    return problem
  })
}

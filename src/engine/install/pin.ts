import { writeFileAtomic } from '../disk.ts'
import { exclusively } from './exclusive.ts'
import type { StorePorts } from './store.ts'

/**
 * Holds a skill at its version, or lets it follow updates again. It stays so through updates that the person asks for
 * by their version, and through going back.
 * @throws SkilletError NOT_INSTALLED, BUSY, NO_SPACE, NOT_WRITABLE
 */
export async function setPinned(ports: StorePorts, slug: string, pinned: boolean): Promise<void> {
  const { store, journal } = ports
  await exclusively(ports, slug, async () => {
    const record = await store.require(slug)
    if (record.pinned === pinned) return
    const put = (value: typeof record) => writeFileAtomic(store.recordPath(slug), JSON.stringify(value))
    await put({ ...record, pinned })
    try {
      await journal.append(
        pinned ? 'pin' : 'unpin',
        slug,
        pinned ? `${slug} stays at version ${record.version}.` : `${slug} follows updates again.`,
        { version: record.version },
      )
    } catch (error) {
      await put(record)
      throw error
    }
  })
}

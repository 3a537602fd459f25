import { catalogPath, releasePath, revocationsPath } from '../../shared/signed-targets.ts'
import { sha256Hex } from '../../trust/digest.ts'
import { createCatalogLines, writeCatalog } from '../catalog.ts'
import type { Database } from '../db/database.ts'
import type { Log } from '../log.ts'
import { inParallel } from '../tuf/commit.ts'
import type { Repository, RepositoryChange, Through } from '../tuf/repository.ts'
import { changesSince, difference, newestRows, slugsSince, type ListedRelease } from './changes.ts'
import { coalesce } from './coalesce.ts'
import { withRepositoryLock } from './repository-lock.ts'
import { createWithdrawals } from './withdrawals.ts'
import { usableKeyids } from './signing-key.ts'

/** Brings what the database says into the TUF repository. */
export interface Publication {
  /** Resolves when the repository lists what the database said when this was called. */
  publish(): Promise<void>
  /** The same, but compares every release: after a kill, a restored backup, or the first start with a repository. */
  repair(): Promise<void>
}

/** Envelopes that are read from the database at once. */
const batch = 200

export function createPublication(database: Database, repository: Repository, log: Log): Publication {
  const catalog = createCatalogLines()
  const withdrawals = createWithdrawals(repository, log)
  /** What this process wrote last: others may have moved on from there. */
  let written: { through: Through; sha256: string } | null = null

  async function bringOver(connection: Database, compareAll: boolean): Promise<void> {
    const state = await repository.state()
    const registry = await state.role('registry')
    const reached = registry['x-through'] ?? null
    const withdrawn = await withdrawals.bringTogether(connection)
    const newest = await newestRows(connection)
    const whole =
      compareAll ||
      withdrawn.restored ||
      withdrawn.heldChanged ||
      reached === null ||
      // A database from a backup: what was published after it is gone.
      reached.envelopes > newest.envelopes ||
      reached.revocations > newest.revocations
    const sameLists = isSame(reached, newest) && withdrawn.changed === undefined
    if (!whole && sameLists) return
    const { add, remove } = whole
      ? await difference(connection, repository)
      : await changesSince(connection, repository, reached)
    if (sameLists && add.length === 0 && remove.length === 0) return
    await writeEnvelopes(connection, repository, add)
    const catalogNow = registry.targets[catalogPath]?.hashes.sha256
    const bytes = await refreshCatalog(connection, whole ? null : { ...reached, sha256: catalogNow })
    const change: RepositoryChange = {
      add: add.map(({ info }) => info),
      remove,
      through: newest,
      ...(sha256Hex(bytes) === catalogNow ? {} : { catalog: await writeCatalog(repository, bytes) }),
      ...(withdrawn.changed === undefined
        ? {}
        : { revocations: await repository.writeTarget(revocationsPath, withdrawn.changed) }),
    }
    await repository.change(change)
    written = { through: newest, sha256: sha256Hex(bytes) }
  }

  /** `reached`: what the catalog on the disk says, and its digest; null where it can't be gone by. */
  async function refreshCatalog(
    connection: Database,
    reached: (Through & { sha256: string | undefined }) | null,
  ): Promise<Uint8Array> {
    let from = written !== null && written.sha256 === reached?.sha256 ? written.through : null
    // Whatever ends this early, the next start begins from the disk.
    written = null
    if (from === null && reached !== null) {
      catalog.load((await repository.readList(catalogPath)).bytes)
      from = reached
    }
    const keyids = await usableKeyids(repository)
    await catalog.refresh(connection, keyids, from === null ? undefined : await slugsSince(connection, from))
    return catalog.bytes()
  }

  return {
    publish: coalesce(() => withRepositoryLock(database, (connection) => bringOver(connection, false))),
    repair: () => withRepositoryLock(database, (connection) => bringOver(connection, true)),
  }
}

function isSame(a: Through | null, b: Through): boolean {
  return a?.envelopes === b.envelopes && a.revocations === b.revocations
}

async function writeEnvelopes(
  database: Database,
  repository: Repository,
  releases: readonly ListedRelease[],
): Promise<void> {
  for (let at = 0; at < releases.length; at += batch) {
    const seqs = releases.slice(at, at + batch).map(({ seq }) => seq)
    const rows = await database
      .selectFrom('envelopes')
      .select(['slug', 'version', 'envelope'])
      .where('seq', 'in', seqs)
      .execute()
    await inParallel(rows, async ({ slug, version, envelope }) => {
      await repository.writeTarget(releasePath(slug, version), new Uint8Array(Buffer.from(envelope)))
    })
  }
}

import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import { catalogPath, releasePath, revocationsPath } from '../../shared/signed-targets.ts'
import { sha256Hex } from '../../trust/digest.ts'
import { createCatalogLines } from '../catalog.ts'
import type { Database } from '../db/database.ts'
import { readRevocations } from '../revocations.ts'
import { inParallel } from '../tuf/commit.ts'
import type { Repository, RepositoryChange, Through } from '../tuf/repository.ts'
import { changesSince, difference, newestRows, slugsSince, type ListedRelease } from './changes.ts'
import { coalesce } from './coalesce.ts'
import { withRepositoryLock } from './repository-lock.ts'

/** Brings what the database says into the TUF repository. */
export interface Publication {
  /** Resolves when the repository lists what the database said when this was called. */
  publish(): Promise<void>
  /** The same, but compares every release: after a kill, a restored backup, or the first start with a repository. */
  repair(): Promise<void>
}

/** Envelopes that are read from the database at once. */
const batch = 200

export function createPublication(database: Database, repository: Repository): Publication {
  const catalog = createCatalogLines()
  let catalogThrough: Through | null = null

  async function bringOver(connection: Database, compareAll: boolean): Promise<void> {
    const state = await repository.state()
    const reached = (await state.role('registry'))['x-through'] ?? null
    const newest = await newestRows(connection)
    const whole =
      compareAll ||
      reached === null ||
      // A database from a backup: what was published after it is gone.
      reached.envelopes > newest.envelopes ||
      reached.revocations > newest.revocations
    if (!whole && isSame(reached, newest)) return
    const { add, remove } = whole
      ? await difference(connection, repository)
      : await changesSince(connection, repository, reached)
    if (isSame(reached, newest) && add.length === 0 && remove.length === 0) return
    await writeEnvelopes(connection, repository, add)
    await refreshCatalog(connection, whole ? null : reached, newest)
    const change: RepositoryChange = {
      add: add.map(({ info }) => info),
      remove,
      through: newest,
      ...(await written(catalogPath, 'catalog', catalog.bytes(), true)),
      ...(await written(revocationsPath, 'revocations', toJson(await readRevocations(connection)), false)),
    }
    await repository.change(change)
  }

  /** `reached`: what the catalog on the disk says; null where it can't be gone by. */
  async function refreshCatalog(
    connection: Database,
    reached: Through | null,
    newest: Through,
  ): Promise<void> {
    let from = reached === null ? null : catalogThrough
    // Whatever ends this early, the next start begins from the disk.
    catalogThrough = null
    if (from === null && reached !== null) {
      catalog.load((await repository.readList(catalogPath)).bytes)
      from = reached
    }
    await catalog.refresh(connection, from === null ? undefined : await slugsSince(connection, from))
    catalogThrough = newest
  }

  async function written(
    path: string,
    name: 'catalog' | 'revocations',
    bytes: Uint8Array,
    compress: boolean,
  ): Promise<RepositoryChange> {
    const present = (await (await repository.state()).role('registry')).targets[path]
    if (present?.hashes.sha256 === sha256Hex(bytes)) return {}
    const gzipped = compress ? new Uint8Array(await promisify(gzip)(bytes)) : undefined
    return { [name]: await repository.writeTarget(path, bytes, gzipped) }
  }

  return {
    publish: coalesce(() => withRepositoryLock(database, (connection) => bringOver(connection, false))),
    repair: () => withRepositoryLock(database, (connection) => bringOver(connection, true)),
  }
}

function isSame(a: Through | null, b: Through): boolean {
  return a?.envelopes === b.envelopes && a.revocations === b.revocations
}

function toJson(value: unknown): Uint8Array {
  return new Uint8Array(Buffer.from(`${JSON.stringify(value)}\n`))
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

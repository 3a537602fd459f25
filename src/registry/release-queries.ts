import type pg from 'pg'
import type { Database } from './db/database.ts'
import { prepare } from './db/prepared.ts'
import { offered } from './revocations.ts'

/** What clients ask of releases, each in one query that is planned once. `keyids`: the keys whose releases count. */
export function releaseQueries(database: Database, pool: Pick<pg.Pool, 'query'>) {
  return {
    /** The signature in force of a version: the newest by a key that counts. */
    envelope: prepare(
      pool,
      'release-envelope',
      ({ slug, version, keyids }: { slug: string; version: string; keyids: readonly string[] }) =>
        database
          .selectFrom('envelopes')
          .select(['envelope', 'sha256'])
          .where(({ eb, fn, val }) => eb('keyid', '=', fn.any(val(keyids))))
          .where('slug', '=', slug)
          .where('version', '=', version)
          .orderBy('seq', 'desc')
          .limit(1),
    ),
    /** The versions of a skill that stand. */
    standing: prepare(
      pool,
      'standing-releases',
      ({ slug, keyids }: { slug: string; keyids: readonly string[] }) =>
        database
          .selectFrom('releases')
          .select(['version', 'tier'])
          .where('slug', '=', slug)
          .where((row) => offered(row, keyids)),
    ),
    /** What a tarball was published as, why it was withdrawn and whether it is held. */
    byTarball: prepare(pool, 'release-by-tarball', ({ sha256 }: { sha256: string }) =>
      database
        .selectFrom('releases')
        .innerJoin('skills', 'skills.slug', 'releases.slug')
        .select(['releases.slug', 'releases.version', 'releases.tier'])
        .select(['skills.held_since', 'skills.held_reason'])
        .select(({ selectFrom }) =>
          selectFrom('revocations')
            .select('reason')
            .whereRef('revocations.slug', '=', 'releases.slug')
            .where(({ or, eb, ref }) =>
              or([
                eb('revocations.version', '=', '*'),
                eb('revocations.version', '=', ref('releases.version')),
              ]),
            )
            .limit(1)
            .as('reason'),
        )
        .where('tarball_sha256', '=', sha256)
        .orderBy('releases.seq')
        .limit(1),
    ),
  }
}

import type { ExpressionBuilder, ExpressionWrapper, SqlBool } from 'kysely'
import { SkilletError } from '../shared/errors.ts'
import { revocationsSchema, type Revocation, type Revocations } from '../shared/signed-targets.ts'
import type { Database } from './db/database.ts'
import type { Tables } from './db/tables.ts'
import { lockRepository } from './publish/repository-lock.ts'

/** Revokes one version, or all with `*`. Throws NOT_FOUND for what was never published. */
export async function revoke(
  database: Database,
  revocation: Omit<Revocation, 'revokedAt'>,
): Promise<{ serial: number }> {
  let query = database.selectFrom('releases').select('version').where('slug', '=', revocation.slug)
  if (revocation.version !== '*') query = query.where('version', '=', revocation.version)
  if ((await query.executeTakeFirst()) === undefined)
    throw new SkilletError('NOT_FOUND', `${revocation.slug} ${revocation.version} was never published.`)
  return database.transaction().execute(async (transaction) => {
    // One at a time: a serial that becomes visible after a higher one would be missed by whoever reads on from that.
    await lockRepository(transaction)
    const row = await transaction
      .insertInto('revocations')
      .values({ ...revocation, revoked_at: new Date() })
      .returning('serial')
      .executeTakeFirstOrThrow()
    return { serial: Number(row.serial) }
  })
}

/** The target `revocations.json`, oldest first. */
export async function readRevocations(database: Database): Promise<Revocations> {
  const rows = await database.selectFrom('revocations').selectAll().orderBy('serial').execute()
  return revocationsSchema.parse({
    schema: 1,
    revocations: rows.map((row) => ({
      slug: row.slug,
      version: row.version,
      reason: row.reason,
      severity: row.severity,
      rotate: row.rotate,
      revokedAt: row.revoked_at.toISOString(),
    })),
  })
}

/** Why a version was withdrawn; null where it wasn't. `*` asks whether all of them were. */
export async function revocationReason(
  database: Database,
  slug: string,
  version: string,
): Promise<string | null> {
  const row = await database
    .selectFrom('revocations')
    .select('reason')
    .where('slug', '=', slug)
    .where('version', 'in', ['*', version])
    .executeTakeFirst()
  return row?.reason ?? null
}

/** A condition on `releases`: the version still stands, signed by one of the keys `keyids`. */
export function offered(
  { and, not, exists, selectFrom }: ExpressionBuilder<Tables, 'releases'>,
  keyids: readonly string[],
): ExpressionWrapper<Tables, 'releases', SqlBool> {
  return and([
    exists(
      selectFrom('envelopes')
        .select('seq')
        .whereRef('envelopes.slug', '=', 'releases.slug')
        .whereRef('envelopes.version', '=', 'releases.version')
        .where('envelopes.keyid', 'in', keyids),
    ),
    not(
      exists(
        selectFrom('revocations')
          .select('serial')
          .whereRef('revocations.slug', '=', 'releases.slug')
          .where(({ or, eb, ref }) =>
            or([
              eb('revocations.version', '=', '*'),
              eb('revocations.version', '=', ref('releases.version')),
            ]),
          ),
      ),
    ),
  ])
}

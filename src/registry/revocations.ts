import type { ExpressionBuilder, ExpressionWrapper, SqlBool, Transaction } from 'kysely'
import { SkilletError } from '../shared/errors.ts'
import { revocationsSchema, type Revocation, type Revocations } from '../shared/signed-targets.ts'
import { record } from './audit.ts'
import type { Caller } from './auth/caller.ts'
import { acting, type Database } from './db/database.ts'
import type { Tables } from './db/tables.ts'
import type { Jobs } from './jobs/jobs.ts'
import { notify } from './notify.ts'
import { lockRepository } from './publish/repository-lock.ts'

/** Revokes one version, or all with `*`. Throws NOT_FOUND for what was never published. */
export async function revoke(
  { database, jobs }: { database: Database; jobs: Pick<Jobs, 'send'> },
  by: Pick<Caller, 'name'>,
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
    await tell(transaction, jobs, by, revocation)
    return { serial: Number(row.serial) }
  })
}

/** Its publisher hears of it, the public page says so, and the journal says who did it. */
async function tell(
  transaction: Transaction<Tables>,
  jobs: Pick<Jobs, 'send'>,
  by: Pick<Caller, 'name'>,
  { slug, version, reason, severity }: Omit<Revocation, 'revokedAt'>,
): Promise<void> {
  const { account_id } = await transaction
    .selectFrom('skills')
    .select('account_id')
    .where('slug', '=', slug)
    .executeTakeFirstOrThrow()
  const all = version === '*'
  const title = all ? `Every version of ${slug} was withdrawn` : `${slug} ${version} was withdrawn`
  const words = all
    ? `Every version of ${slug} was withdrawn: ${reason}`
    : `${slug} ${version} was withdrawn: ${reason}`
  await notify(transaction, jobs, {
    accountId: account_id,
    event: 'skill.revoked',
    words,
    about: { slug, version },
  })
  await tellFleets(transaction, jobs, { slug, version, words })
  await transaction
    .insertInto('incidents')
    // Nothing is left open: a withdrawal is final, and what follows it is a new version.
    .values({
      slug,
      version,
      severity,
      title,
      words: reason,
      resolved_at: new Date(),
    })
    .execute()
  await record(transaction, by, {
    accountId: account_id,
    action: 'skill.revoked',
    target: `${slug}@${version}`,
    detail: { severity },
  })
}

/** Whoever has machines that hold what was withdrawn hears of it, with how many. */
async function tellFleets(
  transaction: Transaction<Tables>,
  jobs: Pick<Jobs, 'send'>,
  { slug, version, words }: { slug: string; version: string; words: string },
): Promise<void> {
  const holding = await acting(transaction, { across: 'withdrawals' }, () => {
    const all = transaction
      .selectFrom('machine_skills')
      .select('account_id')
      .select((select) => select.fn.countAll<string>().as('machines'))
      .where('slug', '=', slug)
      .groupBy('account_id')
    return (version === '*' ? all : all.where('version', '=', version)).execute()
  })
  for (const { account_id, machines } of holding)
    await notify(transaction, jobs, {
      accountId: account_id,
      event: 'fleet.withdrawn',
      words:
        machines === '1'
          ? `1 of your machines holds it: ${words}`
          : `${machines} of your machines hold it: ${words}`,
      link: '#/fleets',
      about: { slug, version, machines: Number(machines) },
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

/** A condition on `releases`: the version still stands, signed by one of the keys `keyids`, and its skill isn't held. */
export function offered(
  { and, not, exists, selectFrom, fn, val }: ExpressionBuilder<Tables, 'releases'>,
  keyids: readonly string[],
): ExpressionWrapper<Tables, 'releases', SqlBool> {
  return and([
    exists(
      selectFrom('envelopes')
        .select('seq')
        .whereRef('envelopes.slug', '=', 'releases.slug')
        .whereRef('envelopes.version', '=', 'releases.version')
        // One value however many there are, so that the query stays the same.
        .where('envelopes.keyid', '=', fn.any(val(keyids))),
    ),
    not(
      exists(
        selectFrom('skills')
          .select('slug')
          .whereRef('skills.slug', '=', 'releases.slug')
          .where('skills.held_since', 'is not', null),
      ),
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

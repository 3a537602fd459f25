import { sql } from 'kysely'
import {
  revocationsPayloadType,
  revocationsSchema,
  type Revocation,
  type Revocations,
} from '../shared/catalog.ts'
import { SkilletError } from '../shared/errors.ts'
import { formatEnvelope, sealEnvelope } from '../trust/envelope.ts'
import type { SigningKey } from '../trust/sign.ts'
import { toDocument, type Document } from './catalog.ts'
import type { Database } from './db/database.ts'

/** The signed list, made anew when it grew. The same list gives the same bytes, since Ed25519 takes no chance. */
export function createRevocationList(database: Database, key: SigningKey): () => Promise<Document> {
  let made: { serial: number; document: Document } | null = null
  return async () => {
    const serial = await serialOf(database)
    if (made?.serial === serial) return made.document
    const list = await readRevocations(database)
    const payload = new TextEncoder().encode(JSON.stringify(list))
    const envelope = formatEnvelope(sealEnvelope(revocationsPayloadType, payload, key.secretKey))
    const document = toDocument(new TextDecoder().decode(envelope))
    made = { serial: list.serial, document }
    return document
  }
}

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
    // One at a time: a serial that becomes visible after a higher one would change a list that was signed already.
    await sql`select pg_advisory_xact_lock(hashtext('skillet registry revocations'))`.execute(transaction)
    const row = await transaction
      .insertInto('revocations')
      .values({ ...revocation, revoked_at: new Date() })
      .returning('serial')
      .executeTakeFirstOrThrow()
    return { serial: Number(row.serial) }
  })
}

async function serialOf(database: Database): Promise<number> {
  const { rows } = await sql<{ serial: string }>`
    select coalesce(max(serial), 0) as serial from registry.revocations
  `.execute(database)
  return Number(rows[0]?.serial ?? 0)
}

async function readRevocations(database: Database): Promise<Revocations> {
  const rows = await database.selectFrom('revocations').selectAll().orderBy('serial').execute()
  return revocationsSchema.parse({
    schema: 1,
    serial: Number(rows.at(-1)?.serial ?? 0),
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

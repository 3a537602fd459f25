import { sql } from 'kysely'
import type { Database } from '../db/database.ts'

/** Letters that a name may be longer or shorter and still be mistaken for another. */
const lengthApart = 2

/**
 * Names that other publishers have, as far as `slug` could be mistaken for one of them: what the linter holds it against.
 */
export async function namesLike(
  database: Database,
  { account_id, slug }: { account_id: string; slug: string | null },
): Promise<string[]> {
  if (slug === null) return []
  const rows = await database
    .selectFrom('skills')
    .select('slug')
    .where('account_id', '!=', account_id)
    .where(
      sql<boolean>`length(slug) between ${slug.length - lengthApart}::int and ${slug.length + lengthApart}::int`,
    )
    .orderBy('slug')
    .execute()
  return rows.map((row) => row.slug)
}

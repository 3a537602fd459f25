import type { Database } from '../db/database.ts'

/** Letters that a name may be longer or shorter and still be mistaken for another. */
const lengthApart = 2

/**
 * Names that other publishers have, as far as a submission's could be mistaken for one of them: what the linter holds it
 * against. Sorted, so that the same names give the same report.
 */
export type KnownNames = (submission: { account_id: string; slug: string | null }) => Promise<string[]>

interface Name {
  readonly slug: string
  readonly account_id: string
}

/** Names are only ever added, so they are read again only when there are more of them. */
export function createKnownNames(database: Database): KnownNames {
  let known: { count: number; byLength: ReadonlyMap<number, readonly Name[]> } = {
    count: 0,
    byLength: new Map(),
  }

  async function refresh(): Promise<void> {
    const { count } = await database
      .selectFrom('skills')
      .select((select) => select.fn.countAll<string>().as('count'))
      .executeTakeFirstOrThrow()
    if (Number(count) === known.count) return
    const names = await database.selectFrom('skills').select(['slug', 'account_id']).orderBy('slug').execute()
    known = { count: names.length, byLength: grouped(names) }
  }

  return async ({ account_id, slug }) => {
    if (slug === null) return []
    await refresh()
    const names: string[] = []
    for (let length = slug.length - lengthApart; length <= slug.length + lengthApart; length += 1)
      for (const name of known.byLength.get(length) ?? [])
        if (name.account_id !== account_id) names.push(name.slug)
    return names
  }
}

function grouped(names: readonly Name[]): Map<number, Name[]> {
  const groups = new Map<number, Name[]>()
  for (const name of names) {
    const group = groups.get(name.slug.length)
    if (group === undefined) groups.set(name.slug.length, [name])
    else group.push(name)
  }
  return groups
}

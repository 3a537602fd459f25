import { releasePath } from '../../shared/signed-targets.ts'
import type { Database } from '../db/database.ts'
import { inParallel } from '../tuf/commit.ts'
import type { TargetInfo } from '../tuf/metadata.ts'
import type { Repository, Through } from '../tuf/repository.ts'
import { binNames } from '../tuf/roles.ts'
import { heldSkills } from '../reports/holds.ts'
import { usableKeyids } from './signing-key.ts'

/** A release as the repository lists it; `seq` is its envelope's row. */
export interface ListedRelease {
  readonly seq: string
  readonly info: TargetInfo
}

/** The newest rows that the repository could have to list. */
export async function newestRows(database: Database): Promise<Through> {
  const { envelopes, revocations } = await database
    .selectNoFrom(({ selectFrom }) => [
      selectFrom('envelopes')
        .select(({ fn }) => fn.max('seq').as('seq'))
        .as('envelopes'),
      selectFrom('revocations')
        .select(({ fn }) => fn.max('serial').as('serial'))
        .as('revocations'),
    ])
    .executeTakeFirstOrThrow()
  return { envelopes: Number(envelopes ?? 0), revocations: Number(revocations ?? 0) }
}

/** Every release that the repository lists, with its digest. */
export async function listedReleases(repository: Repository): Promise<Map<string, string>> {
  const { role } = await repository.state()
  const listed = new Map<string, string>()
  await inParallel(binNames, async (bin) => {
    for (const [path, { hashes }] of Object.entries((await role(bin)).targets))
      listed.set(path, hashes.sha256)
  })
  return listed
}

/** What it takes to make the repository list exactly what the database says. */
export async function difference(
  database: Database,
  repository: Repository,
): Promise<{ add: ListedRelease[]; remove: string[] }> {
  const listed = await listedReleases(repository)
  const gone = await withdrawn(database)
  const rows = await database
    .selectFrom('envelopes')
    .where('keyid', 'in', await usableKeyids(repository))
    .distinctOn(['slug', 'version'])
    .select(['seq', 'slug', 'version', 'sha256', 'size'])
    .orderBy('slug')
    .orderBy('version')
    .orderBy('seq', 'desc')
    .execute()
  const wanted = rows.filter(({ slug, version }) => !gone(slug, version)).map(toListed)
  const paths = new Set(wanted.map(({ info }) => info.path))
  return {
    add: wanted.filter(({ info }) => listed.get(info.path) !== info.sha256),
    remove: [...listed.keys()].filter((path) => !paths.has(path)),
  }
}

/** The same, from what was added to the database after `reached`. */
export async function changesSince(
  database: Database,
  repository: Repository,
  reached: Through,
): Promise<{ add: ListedRelease[]; remove: string[] }> {
  const gone = await withdrawn(database)
  const rows = await database
    .selectFrom('envelopes')
    .select(['seq', 'slug', 'version', 'sha256', 'size'])
    .where('seq', '>', String(reached.envelopes))
    .where('keyid', 'in', await usableKeyids(repository))
    .orderBy('seq')
    .execute()
  const newest = new Map(rows.map((row) => [releasePath(row.slug, row.version), row]))
  const revoked = await database
    .selectFrom('releases')
    .innerJoin('revocations', 'revocations.slug', 'releases.slug')
    .select(['releases.slug', 'releases.version'])
    .where('revocations.serial', '>', String(reached.revocations))
    .where(({ or, eb, ref }) =>
      or([eb('revocations.version', '=', '*'), eb('revocations.version', '=', ref('releases.version'))]),
    )
    .execute()
  return {
    add: [...newest.values()].filter(({ slug, version }) => !gone(slug, version)).map(toListed),
    remove: [...new Set(revoked.map(({ slug, version }) => releasePath(slug, version)))],
  }
}

/** What was withdrawn, or is held: neither is listed. */
async function withdrawn(database: Database): Promise<(slug: string, version: string) => boolean> {
  const rows = await database.selectFrom('revocations').select(['slug', 'version']).execute()
  const gone = new Set(rows.map(({ slug, version }) => `${slug}@${version}`))
  for (const { slug } of await heldSkills(database)) gone.add(`${slug}@*`)
  return (slug, version) => gone.has(`${slug}@*`) || gone.has(`${slug}@${version}`)
}

function toListed(row: {
  seq: string
  slug: string
  version: string
  sha256: string
  size: number
}): ListedRelease {
  const { seq, slug, version, sha256, size } = row
  return { seq, info: { path: releasePath(slug, version), length: size, sha256 } }
}

/** Skills of which something was published or withdrawn after `through`. */
export async function slugsSince(database: Database, through: Through): Promise<string[]> {
  const rows = await database
    .selectFrom('envelopes')
    .select('slug')
    .where('seq', '>', String(through.envelopes))
    .union(
      database.selectFrom('revocations').select('slug').where('serial', '>', String(through.revocations)),
    )
    .execute()
  return rows.map(({ slug }) => slug)
}

import { compare, prerelease } from 'semver'
import { sql } from 'kysely'
import { declaredCapabilities } from '../shared/capability-words.ts'
import type { Catalog, CatalogEntry } from '../shared/catalog.ts'
import { skillManifestSchema } from '../shared/skill-manifest.ts'
import { sha256Hex } from '../trust/digest.ts'
import type { Database } from './db/database.ts'

export interface Document {
  readonly body: string
  /** Strong ETag, with its quotes. */
  readonly etag: string
}

export function toDocument(body: string): Document {
  return { body, etag: `"${sha256Hex(new TextEncoder().encode(body)).slice(0, 32)}"` }
}

/** The catalog as it stands, made anew only when something was published or revoked. */
export function createCatalog(database: Database): () => Promise<Document> {
  let made: { mark: string; document: Document } | null = null
  return async () => {
    const mark = await markOf(database)
    if (made?.mark === mark) return made.document
    const document = toDocument(`${JSON.stringify(await buildCatalog(database))}\n`)
    made = { mark, document }
    return document
  }
}

/** Changes whenever the catalog can have changed. Rows are only ever added, so counting them is enough. */
async function markOf(database: Database): Promise<string> {
  const { rows } = await sql<{ mark: string }>`
    select (select count(*) from registry.releases) || '.' || (select count(*) from registry.revocations) as mark
  `.execute(database)
  return rows[0]?.mark ?? ''
}

async function buildCatalog(database: Database): Promise<Catalog> {
  const rows = await database
    .selectFrom('releases')
    .select(['slug', 'version', 'skill', 'published_at'])
    .where(({ not, exists, selectFrom }) =>
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
    )
    .execute()
  const bySlug = new Map<string, typeof rows>()
  for (const row of rows) bySlug.set(row.slug, [...(bySlug.get(row.slug) ?? []), row])
  const skills = [...bySlug.values()].flatMap((versions): CatalogEntry[] => {
    const latest = latestOf(versions)
    if (latest === null) return []
    const skill = skillManifestSchema.parse(latest.skill)
    return [
      {
        slug: skill.slug,
        version: skill.version,
        title: skill.title,
        summary: skill.summary,
        publisher: skill.publisher,
        category: skill.category,
        tags: skill.tags,
        tier: skill.tier,
        capabilities: declaredCapabilities(skill),
        needsKey: Object.values(skill.secrets).some((secret) => secret.required),
        requires: skill.requires,
        alternatives: skill.alternatives,
        publishedAt: latest.published_at.toISOString(),
      },
    ]
  })
  return { schema: 1, skills: skills.sort((a, b) => (a.slug < b.slug ? -1 : 1)) }
}

/** The highest finished version, or the highest trial version where there is no finished one. */
export function latestOf<T extends { version: string }>(versions: readonly T[]): T | null {
  const finished = versions.filter((row) => prerelease(row.version) === null)
  const from = finished.length > 0 ? finished : versions
  return from.reduce<T | null>(
    (best, row) => (best === null || compare(row.version, best.version) > 0 ? row : best),
    null,
  )
}

import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import { compare, prerelease } from 'semver'
import { sql } from 'kysely'
import { declaredCapabilities } from '../shared/capability-words.ts'
import type { CatalogEntry } from '../shared/catalog.ts'
import { catalogPath } from '../shared/signed-targets.ts'
import { skillManifestSchema } from '../shared/skill-manifest.ts'
import { catalogLines, formatCatalog } from './catalog-format.ts'
import type { Database } from './db/database.ts'
import { offered } from './revocations.ts'
import type { TargetInfo } from './tuf/metadata.ts'
import type { Repository } from './tuf/repository.ts'

/**
 * The catalog's lines in memory. Only what changed is read from the database: with 100,000 skills, reading all of it for
 * each release would take seconds.
 */
export interface CatalogLines {
  /** Takes over a catalog as `formatCatalog` wrote it. */
  load(bytes: Uint8Array): void
  /**
   * Makes the lines of these skills anew, and of those that name them as alternatives; without `slugs`, of all.
   * `keyids`: the keys whose releases count.
   */
  refresh(database: Database, keyids: readonly string[], slugs?: readonly string[]): Promise<void>
  bytes(): Uint8Array
}

export function createCatalogLines(): CatalogLines {
  let lines = new Map<string, string>()
  /** Sorted; null while it has to be made again. */
  let slugs: string[] | null = null

  function set(slug: string, line: string | null): void {
    if (line === null ? lines.delete(slug) : !lines.has(slug)) slugs = null
    if (line !== null) lines.set(slug, line)
  }

  return {
    load(bytes) {
      lines = catalogLines(bytes)
      slugs = null
    },
    async refresh(database, keyids, changed) {
      if (changed === undefined) {
        lines = new Map()
        slugs = null
      }
      const before = new Set(changed?.filter((slug) => lines.has(slug)))
      const entries = await readEntries(database, keyids, changed)
      for (const slug of changed ?? []) if (!entries.has(slug)) set(slug, null)
      // First which skills there are, then what they say: an alternative is named only where it is there.
      for (const slug of entries.keys()) if (!lines.has(slug)) set(slug, '')
      if (changed !== undefined) {
        const moved = changed.filter((slug) => before.has(slug) !== entries.has(slug))
        const pointing = (await naming(database, moved)).filter((slug) => !entries.has(slug))
        for (const [slug, entry] of await readEntries(database, keyids, pointing)) entries.set(slug, entry)
      }
      for (const [slug, entry] of entries) {
        const alternatives = entry.alternatives.filter((other) => lines.has(other))
        set(slug, JSON.stringify({ ...entry, alternatives }))
      }
    },
    bytes() {
      slugs ??= [...lines.keys()].sort()
      return formatCatalog(slugs.map((slug) => lines.get(slug)!))
    },
  }
}

/** Writes a catalog as a target, ready to be sent compressed. */
export async function writeCatalog(
  { writeTarget }: Pick<Repository, 'writeTarget'>,
  bytes: Uint8Array,
): Promise<TargetInfo> {
  return writeTarget(catalogPath, bytes, new Uint8Array(await promisify(gzip)(bytes)))
}

/** The newest version of each of these skills that still stands; one of which none does is left out. */
async function readEntries(
  database: Database,
  keyids: readonly string[],
  slugs: readonly string[] | undefined,
): Promise<Map<string, CatalogEntry>> {
  if (slugs?.length === 0) return new Map()
  let query = database
    .selectFrom('releases')
    .select(['slug', 'version'])
    .where((row) => offered(row, keyids))
  if (slugs !== undefined) query = query.where('slug', 'in', slugs)
  const versions = new Map<string, { version: string }[]>()
  for (const row of await query.execute()) {
    const known = versions.get(row.slug)
    if (known === undefined) versions.set(row.slug, [row])
    else known.push(row)
  }
  const latest = [...versions].map(([slug, rows]) => ({ slug, version: latestOf(rows)!.version }))
  const entries = new Map<string, CatalogEntry>()
  const step = 1000
  for (let at = 0; at < latest.length; at += step) {
    const part = latest.slice(at, at + step)
    const rows = await database
      .selectFrom('releases')
      .select(['skill', 'published_at'])
      .where(({ eb, refTuple, tuple }) =>
        eb(
          refTuple('slug', 'version'),
          'in',
          part.map(({ slug, version }) => tuple(slug, version)),
        ),
      )
      .execute()
    for (const row of rows) {
      const entry = toEntry(row.skill, row.published_at)
      entries.set(entry.slug, entry)
    }
  }
  return entries
}

/** Skills that name one of these as an alternative. */
async function naming(database: Database, slugs: readonly string[]): Promise<string[]> {
  if (slugs.length === 0) return []
  const { rows } = await sql<{ slug: string }>`
    select distinct slug from registry.releases where skill -> 'alternatives' ?| ${slugs}
  `.execute(database)
  return rows.map(({ slug }) => slug)
}

function toEntry(manifest: unknown, publishedAt: Date): CatalogEntry {
  const skill = skillManifestSchema.parse(manifest)
  return {
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
    publishedAt: publishedAt.toISOString(),
  }
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

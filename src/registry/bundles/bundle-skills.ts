import { SkilletError } from '../../shared/errors.ts'
import { tierSchema, type Tier } from '../../shared/tier.ts'
import { latestOf } from '../catalog.ts'
import type { Database } from '../db/database.ts'
import type { BundleSkill } from '../db/tables.ts'
import { offered, revocationReason } from '../revocations.ts'

/** A skill of a bundle as things stand: what whoever uses the bundle gets now. */
export interface CurrentSkill extends BundleSkill {
  readonly title: string
  /** The pinned version, or the newest; null where there is none to have. */
  readonly current: string | null
  readonly tier: Tier
  /** Why there is none: withdrawn, or held until somebody has looked. */
  readonly reason: string | null
}

/** What a bundle's entries come to. `keyids`: the keys whose releases count. */
export async function currentSkills(
  database: Database,
  keyids: readonly string[],
  skills: readonly BundleSkill[],
): Promise<CurrentSkill[]> {
  if (skills.length === 0) return []
  const rows = await database
    .selectFrom('releases')
    .select(['slug', 'version', 'tier'])
    .select((select) =>
      select
        .ref('skill', '->>')
        .key('title' as never)
        .$castTo<string>()
        .as('title'),
    )
    .select((row) => offered(row, keyids).as('offered'))
    .where(
      'slug',
      'in',
      skills.map(({ slug }) => slug),
    )
    .execute()
  return Promise.all(
    skills.map(async ({ slug, version }) => {
      const own = rows.filter((row) => row.slug === slug)
      const known = version === null ? latestOf(own) : (own.find((row) => row.version === version) ?? null)
      const standing = own.filter((row) => row.offered)
      const current =
        version === null ? latestOf(standing) : (standing.find((row) => row.version === version) ?? null)
      return {
        slug,
        version,
        title: known?.title ?? slug,
        current: current?.version ?? null,
        tier: tierSchema.parse(known?.tier ?? 'free'),
        reason: current === null ? await whyNone(database, slug, version) : null,
      }
    }),
  )
}

async function whyNone(database: Database, slug: string, version: string | null): Promise<string> {
  return (await revocationReason(database, slug, version ?? '*')) ?? 'It is not offered at the moment.'
}

/** @throws SkilletError NOT_FOUND for what was never published, REVOKED for what was withdrawn */
export async function assertOffered(
  database: Database,
  keyids: readonly string[],
  skill: BundleSkill,
): Promise<void> {
  const [found] = await currentSkills(database, keyids, [skill])
  if (found?.current !== null && found !== undefined) return
  const what = skill.version === null ? skill.slug : `${skill.slug} ${skill.version}`
  const published = await database
    .selectFrom('releases')
    .select('version')
    .where('slug', '=', skill.slug)
    .executeTakeFirst()
  if (published === undefined) throw new SkilletError('NOT_FOUND', `The registry has no ${what}.`)
  throw new SkilletError('REVOKED', `${what} can't be had: ${found?.reason ?? ''}`, {
    remedy: 'Choose another version.',
  })
}

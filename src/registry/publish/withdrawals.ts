import { revocationsPath, type Held, type Revocation } from '../../shared/signed-targets.ts'
import { parseRevocations } from '../../trust/revocations.ts'
import type { Database } from '../db/database.ts'
import type { Log } from '../log.ts'
import { heldSkills } from '../reports/holds.ts'
import { readRevocations } from '../revocations.ts'
import type { Repository } from '../tuf/repository.ts'

/** Keeps the database and the signed list of withdrawals together. */
export interface Withdrawals {
  /**
   * The signed list only ever grows: what it says and the database doesn't, as after a restored backup, goes back into
   * the database and into the log. `changed`: the list's next content, where it has to change; `restored`: the database
   * got something back; `heldChanged`: other skills are held than the list says, so that others are offered.
   */
  bringTogether(
    connection: Database,
  ): Promise<{ changed: Uint8Array | undefined; restored: boolean; heldChanged: boolean }>
}

export function createWithdrawals(repository: Repository, log: Log): Withdrawals {
  /** Of skills that the database doesn't have: their entries stay in the list alone. */
  const told = new Set<string>()

  async function putBack(connection: Database, missing: readonly Revocation[]): Promise<boolean> {
    if (missing.length === 0) return false
    const slugs = [...new Set(missing.map(({ slug }) => slug))]
    const skills = await connection.selectFrom('skills').select('slug').where('slug', 'in', slugs).execute()
    const known = new Set(skills.map(({ slug }) => slug))
    const back = missing.filter(({ slug }) => known.has(slug))
    for (const { revokedAt, ...revocation } of back)
      await connection
        .insertInto('revocations')
        .values({ ...revocation, revoked_at: new Date(revokedAt) })
        .execute()
    for (const { slug, version } of missing) {
      const name = `${slug}@${version}`
      if (!known.has(slug) && told.has(name)) continue
      told.add(name)
      log('error', 'revocations.missing_in_database', {
        revocation: name,
        message: known.has(slug)
          ? 'The database had lost it, as one from a backup does. It was put back.'
          : "The database doesn't have this skill. The signed list goes on to say that it was withdrawn.",
      })
    }
    return back.length > 0
  }

  return {
    async bringTogether(connection) {
      const { bytes } = await repository.readList(revocationsPath)
      const list = parseRevocations(bytes)
      const signed = list.revocations
      const held = await heldSkills(connection)
      const heldChanged = JSON.stringify(held) !== JSON.stringify(list.held ?? [])
      const stored = (await readRevocations(connection)).revocations
      const restored = await putBack(connection, signed.filter(lacks(stored)))
      const added = stored.filter(lacks(signed))
      return {
        restored,
        heldChanged,
        changed: added.length > 0 || heldChanged ? toBytes([...signed, ...added], held) : undefined,
      }
    },
  }
}

function toBytes(revocations: readonly Revocation[], held: readonly Held[]): Uint8Array {
  const list = { schema: 1, revocations, ...(held.length === 0 ? {} : { held }) }
  return new Uint8Array(Buffer.from(`${JSON.stringify(list)}\n`))
}

/** Picks what is not in `list`, by content. */
function lacks(list: readonly Revocation[]): (one: Revocation) => boolean {
  const known = new Set(list.map(contentOf))
  return (one) => !known.has(contentOf(one))
}

function contentOf({ slug, version, reason, severity, rotate, revokedAt }: Revocation): string {
  return JSON.stringify([slug, version, reason, severity, rotate, Date.parse(revokedAt)])
}

import type { Transaction } from 'kysely'
import { SkilletError } from '../../shared/errors.ts'
import type { Held } from '../../shared/signed-targets.ts'
import { record } from '../audit.ts'
import type { Caller } from '../auth/caller.ts'
import { assertNotOwn } from '../auth/not-own.ts'
import type { Database } from '../db/database.ts'
import type { Tables } from '../db/tables.ts'
import type { Jobs } from '../jobs/jobs.ts'
import { notify, type EventName } from '../notify.ts'

/** Skills that are held, by name. */
export async function heldSkills(database: Database): Promise<Held[]> {
  const rows = await database
    .selectFrom('skills')
    .select(['slug', 'held_since', 'held_reason'])
    .where('held_since', 'is not', null)
    .orderBy('slug')
    .execute()
  return rows.map(({ slug, held_since, held_reason }) => ({
    slug,
    words: held_reason ?? 'It was reported as dangerous.',
    since: held_since!.toISOString(),
  }))
}

/** @throws SkilletError ON_HOLD */
export async function assertNotHeld(database: Database, slug: string): Promise<void> {
  const row = await database
    .selectFrom('skills')
    .select('held_reason')
    .where('slug', '=', slug)
    .where('held_since', 'is not', null)
    .executeTakeFirst()
  if (row !== undefined) throw onHold(slug, row.held_reason)
}

export function onHold(slug: string, reason: string | null): SkilletError {
  return new SkilletError('ON_HOLD', `${slug} is not offered at the moment: ${reason ?? ''}`)
}

/**
 * Takes a skill out of what is offered until somebody has looked, tells its publisher, and everybody on the public page.
 * False where it is held already. What it changes reaches clients with the next publication.
 */
export async function hold(
  transaction: Transaction<Tables>,
  jobs: Pick<Jobs, 'send'>,
  by: Pick<Caller, 'name'>,
  slug: string,
  words: string,
): Promise<boolean> {
  const accountId = await setHeld(transaction, slug, words)
  if (accountId === null) return false
  await announce(transaction, jobs, by, {
    accountId,
    event: 'skill.held',
    words: `${slug} is not offered at the moment: ${words} You will hear what came of it.`,
    slug,
  })
  await transaction
    .insertInto('incidents')
    .values({ slug, version: '*', severity: 'critical', title: titleOf(slug), words })
    .execute()
  return true
}

/** Offers a skill again. False where it wasn't held. @throws SkilletError FORBIDDEN for one's own */
export async function release(
  transaction: Transaction<Tables>,
  jobs: Pick<Jobs, 'send'>,
  by: Pick<Caller, 'name' | 'accountId' | 'userId'>,
  slug: string,
  words: string,
): Promise<boolean> {
  const accountId = await setHeld(transaction, slug, null)
  if (accountId === null) return false
  await assertNotOwn(transaction, { account_id: accountId }, by)
  await announce(transaction, jobs, by, {
    accountId,
    event: 'skill.released',
    words: `${slug} is offered again: ${words}`,
    slug,
  })
  await transaction
    .updateTable('incidents')
    .set({ resolved_at: new Date(), words })
    .where('slug', '=', slug)
    .where('version', '=', '*')
    .where('resolved_at', 'is', null)
    .where('title', '=', titleOf(slug))
    .execute()
  return true
}

const titleOf = (slug: string) => `${slug} is on hold`

/** Whose skill it is; null where it is so already. */
async function setHeld(
  transaction: Transaction<Tables>,
  slug: string,
  reason: string | null,
): Promise<string | null> {
  const changed = await transaction
    .updateTable('skills')
    .set({ held_since: reason === null ? null : new Date(), held_reason: reason })
    .where('slug', '=', slug)
    .where('held_since', reason === null ? 'is not' : 'is', null)
    .returning('account_id')
    .executeTakeFirst()
  return changed?.account_id ?? null
}

async function announce(
  transaction: Transaction<Tables>,
  jobs: Pick<Jobs, 'send'>,
  by: Pick<Caller, 'name'>,
  { accountId, event, words, slug }: { accountId: string; event: EventName; words: string; slug: string },
): Promise<void> {
  await notify(transaction, jobs, { accountId, event, words, about: { slug } })
  await record(transaction, by, { accountId, action: event, target: slug })
}

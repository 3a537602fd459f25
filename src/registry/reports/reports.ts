import { sql, type Transaction } from 'kysely'
import { SkilletError } from '../../shared/errors.ts'
import type { SkillReport } from '../../shared/skill-report.ts'
import { record } from '../audit.ts'
import { holds as mayReview, type Caller } from '../auth/caller.ts'
import { assertNotOwn } from '../auth/not-own.ts'
import { acting, within, type Database } from '../db/database.ts'
import type { Tables } from '../db/tables.ts'
import type { Jobs } from '../jobs/jobs.ts'
import { notify } from '../notify.ts'
import { hold, release } from './holds.ts'

export interface ReportPorts {
  readonly database: Database
  readonly jobs: Pick<Jobs, 'send'>
}

/** How many accounts of different people must call a skill malware for it to go on hold without a person of the registry. */
const accountsToHold = 3
/** Days that such an account must have been there: nobody makes three for the purpose. */
const accountDays = 7

/** What is assumed until somebody has looked. */
const assumed = { malware: 'high', vulnerability: 'medium', impersonation: 'medium', other: 'low' } as const

/**
 * Takes a report in, from anybody; whoever has a share token or a fleet's key speaks for themselves, not for the account.
 * A skill goes on hold at once where somebody of the registry calls it malware, or three accounts of different people do
 * that have been there for a week; nobody without a name can take a skill away from others.
 * @throws SkilletError NOT_FOUND
 */
export async function takeReport(
  { database, jobs }: ReportPorts,
  by: Caller | null,
  report: SkillReport,
): Promise<{ id: string; held: boolean }> {
  const caller = by?.bundleId === null ? by : null
  const skill = await database
    .selectFrom('skills')
    .select(['account_id'])
    .where('slug', '=', report.slug)
    .executeTakeFirst()
  if (skill === undefined)
    throw new SkilletError('NOT_FOUND', `The registry has no skill called ${report.slug}.`)
  return within(database, { across: 'reports' }, async (transaction) => {
    const byStaff = caller !== null && mayReview(caller, 'review:write')
    const { id } = await transaction
      .insertInto('reports')
      .values({
        account_id: skill.account_id,
        slug: report.slug,
        version: report.version,
        kind: report.kind,
        severity: byStaff && report.kind === 'malware' ? 'critical' : assumed[report.kind],
        words: report.words,
        contact: report.contact,
        reporter_account: caller?.accountId ?? null,
      })
      .returning('id')
      .executeTakeFirstOrThrow()
    const urgent = report.kind === 'malware' && (byStaff || (await isCalledMalware(transaction, report.slug)))
    const held =
      urgent &&
      (await hold(
        transaction,
        jobs,
        caller ?? { name: 'reports' },
        report.slug,
        'It was reported as malware and is being looked into.',
      ))
    return { id, held }
  })
}

async function isCalledMalware(transaction: Transaction<Tables>, slug: string): Promise<boolean> {
  const rows = await transaction
    .selectFrom('reports')
    .innerJoin('accounts', 'accounts.id', 'reports.reporter_account')
    .select('accounts.id')
    .distinct()
    .where('reports.slug', '=', slug)
    .where('reports.kind', '=', 'malware')
    .where('reports.state', '=', 'open')
    .whereRef('reports.reporter_account', '!=', 'reports.account_id')
    .where('accounts.created_at', '<', sql<Date>`now() - make_interval(days => ${accountDays})`)
    .execute()
  if (rows.length < accountsToHold) return false
  return (await voicesOf(transaction, rows)) >= accountsToHold
}

/** How many speak: accounts that somebody belongs to at once, such as a person's own and their teams', have one voice. */
async function voicesOf(
  transaction: Transaction<Tables>,
  accounts: readonly { id: string }[],
): Promise<number> {
  const ids = accounts.map(({ id }) => id)
  const members = await acting(transaction, { across: 'people' }, () =>
    transaction
      .selectFrom('memberships')
      .select(['account_id', 'user_id'])
      .where('account_id', 'in', ids)
      .execute(),
  )
  let voices: Set<string>[] = []
  for (const id of ids) {
    const people = members.filter((one) => one.account_id === id).map((one) => one.user_id)
    const same = voices.filter((voice) => people.some((person) => voice.has(person)))
    const joined = new Set([id, ...people, ...same.flatMap((voice) => [...voice])])
    voices = [...voices.filter((voice) => !same.includes(voice)), joined]
  }
  return voices.length
}

export interface ReportDecision {
  readonly decision: 'confirm' | 'dismiss'
  readonly severity: Tables['reports']['severity'] | undefined
  readonly note: string
}

/**
 * What somebody of the registry found. A confirmed critical one puts the skill on hold until it is withdrawn or a new
 * version is out; the last one that spoke against a skill, dismissed, has it offered again.
 * @throws SkilletError NOT_FOUND, BUSY (handled already), FORBIDDEN (a skill of one's own)
 */
export async function decideReport(
  { database, jobs }: ReportPorts,
  caller: Caller,
  id: string,
  { decision, severity, note }: ReportDecision,
): Promise<{ slug: string; changed: boolean }> {
  return within(database, { across: 'reports' }, async (transaction) => {
    const report = await transaction
      .selectFrom('reports')
      .select(['slug', 'account_id', 'reporter_account', 'state', 'severity'])
      .where('id', '=', id)
      .forUpdate()
      .executeTakeFirst()
    if (report === undefined) throw new SkilletError('NOT_FOUND', 'There is no such report.')
    if (report.state !== 'open')
      throw new SkilletError('BUSY', `This report is ${report.state} already.`, {
        remedy: 'Nothing is left to decide.',
      })
    await assertNotOwn(transaction, report, caller)
    const judged = severity ?? report.severity
    await transaction
      .updateTable('reports')
      .set({
        state: decision === 'confirm' ? 'confirmed' : 'dismissed',
        severity: judged,
        note,
        handled_by: caller.name,
        handled_at: new Date(),
      })
      .where('id', '=', id)
      .execute()
    await record(transaction, caller, {
      accountId: report.account_id,
      action: `report.${decision}`,
      target: report.slug,
      detail: { report: id, severity: judged },
    })
    const { slug, account_id, reporter_account } = report
    if (reporter_account !== null && reporter_account !== account_id)
      await notify(transaction, jobs, {
        accountId: reporter_account,
        event: 'report.answered',
        words:
          decision === 'confirm'
            ? `You reported ${slug}. You were right: ${note}`
            : `You reported ${slug}. Nothing was found to be wrong: ${note}`,
        about: { slug },
      })
    if (decision === 'confirm') {
      const held = judged === 'critical' && (await hold(transaction, jobs, caller, slug, note))
      // Who reported it, and in what words, is nothing for the publisher.
      if (!held)
        await notify(transaction, jobs, {
          accountId: account_id,
          event: 'report.confirmed',
          words: `Somebody reported a problem with ${slug}, and it is so: ${note}`,
          about: { slug, severity: judged },
        })
      return { slug, changed: held }
    }
    const others = await transaction
      .selectFrom('reports')
      .select('id')
      .where('slug', '=', slug)
      .where((where) =>
        where.or([
          where.and([where('state', '=', 'open'), where('kind', '=', 'malware')]),
          where.and([where('state', '=', 'confirmed'), where('severity', '=', 'critical')]),
        ]),
      )
      .executeTakeFirst()
    return { slug, changed: others === undefined && (await release(transaction, jobs, caller, slug, note)) }
  })
}

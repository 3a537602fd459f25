import { say } from '../../../shared/i18n/say.ts'
import { t } from '../../../shared/i18n/t.ts'
import type { Capability } from '../../../shared/capability.ts'
import type { InstalledSkill } from '../../../shared/contract/library.ts'
import type { Life } from '../../../shared/contract/install.ts'
import type { AnsweredAsk } from '../../../shared/contract/overview.ts'
import type { CallOutput } from '../../bridge.ts'
import { formatDate } from '../../ui/format.ts'
import { grantWords } from './grant-words.ts'

export type StoredGrant = CallOutput<'grants.list'>[number]

/** One thing that an installed skill asks for, and the answer that counts. */
export interface PermissionRow {
  capability: Capability
  /** "Connect to api.example.com" */
  title: string
  state: 'allowed' | 'denied' | 'open'
  /** Since when, for how long, and what follows from it. */
  detail: string
  /** The answer itself; null where it will have to ask. */
  grant: StoredGrant | null
  /** The answer is about less than the skill asks for now. */
  partial: boolean
}

/** What an installed skill may do, one row a question, in the order in which it asks. */
export function permissionRows(
  skill: Pick<InstalledSkill, 'slug' | 'manifest'>,
  asks: readonly AnsweredAsk[],
  grants: readonly StoredGrant[],
  now: Date = new Date(),
): PermissionRow[] {
  return asks.map(({ capability, title, scope, decided, life }) => {
    const grant =
      grants.find((one) => one.slug === skill.slug && one.capability === capability && one.current) ?? null
    const partial = grant !== null && scope.some((part) => !grant.scope.includes(part))
    return {
      capability,
      title: grant !== null && partial ? grantWords(grant, skill.manifest) : say(title),
      state: decided === null && !partial ? 'open' : grant?.decision === 'deny' ? 'denied' : 'allowed',
      detail: detailOf(grant, decided === null ? life : null, partial, now),
      grant,
      partial,
    }
  })
}

function detailOf(grant: StoredGrant | null, usedUp: Life | null, partial: boolean, now: Date): string {
  if (grant === null)
    return usedUp === 'once'
      ? t('You allowed it once, and it has done so. It asks before it runs.')
      : t('Not answered. It asks before it runs.')
  const day = formatDate(grant.decidedAt, now)
  if (grant.decision === 'deny') return t('Not allowed since {{day}}. It can’t run without this.', { day })
  const part = partial ? ` ${t('It asks for more than that, so it asks before it runs.')}` : ''
  switch (grant.life) {
    case 'always':
      return t('Allowed since {{day}}.', { day }) + part
    case 'session':
      return t('Allowed until Skillet closes.') + part
    case 'once':
      return t('Allowed for the next run only.') + part
  }
}

/** Answers that are about no installed skill, or about another version of one: they still count when it comes. */
export function otherAnswers(
  skills: readonly Pick<InstalledSkill, 'slug'>[],
  grants: readonly StoredGrant[],
): { ofSkill: (slug: string) => StoredGrant[]; uninstalled: [slug: string, grants: StoredGrant[]][] } {
  const installed = new Set(skills.map(({ slug }) => slug))
  const gone = new Map<string, StoredGrant[]>()
  for (const grant of grants)
    if (!installed.has(grant.slug)) gone.set(grant.slug, [...(gone.get(grant.slug) ?? []), grant])
  return {
    ofSkill: (slug) =>
      grants.filter((grant) => grant.slug === slug && !grant.current && grant.decision === 'deny'),
    uninstalled: [...gone],
  }
}

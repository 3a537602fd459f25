import { t } from '../../../shared/i18n/t.ts'
import type { InstalledSkill, Withdrawn } from '../../../shared/contract/library.ts'
import { formatDate, isNewer } from '../../ui/format.ts'

/** "The registry withdrew version 1.2.0 on 22 November" */
export function withdrawnTitle(
  version: string,
  { revokedAt }: Pick<Withdrawn, 'revokedAt'>,
  now: Date = new Date(),
): string {
  return t('The registry withdrew version {{version}} on {{date}}', {
    version,
    date: formatDate(revokedAt, now),
  })
}

/** How urgent the registry says it is; empty where it is not. */
export function severityWords(severity: Withdrawn['severity']): string {
  switch (severity) {
    case 'critical':
      return t('The registry calls this critical.')
    case 'high':
      return t('The registry calls this serious.')
    default:
      return ''
  }
}

/** The way on: the version that is safe, as a button says it. */
export function saferWords(skill: Pick<InstalledSkill, 'version'>, saferVersion: string): string {
  return isNewer(saferVersion, skill.version)
    ? t('Update to {{saferVersion}}', { saferVersion })
    : t('Go back to {{saferVersion}}', { saferVersion })
}

/** What to do about keys that it could use; `stored`: it is known that the person gave them to it. */
export function rotateWords(keys: string, one: boolean, stored: boolean): string {
  if (stored)
    return one
      ? t('It could use your {{keys}}. Make a new one where you got it, then replace it under Keys.', {
          keys,
        })
      : t('It could use your {{keys}}. Make new ones where you got them, then replace them under Keys.', {
          keys,
        })
  return one
    ? t(
        'It asked for the {{keys}}. If you stored it, make a new one where you got it, then replace it under Keys.',
        { keys },
      )
    : t(
        'It asked for the {{keys}}. If you stored it, make new ones where you got them, then replace them under Keys.',
        { keys },
      )
}

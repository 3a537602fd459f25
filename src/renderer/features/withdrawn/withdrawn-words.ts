import type { InstalledSkill, Withdrawn } from '../../../shared/contract/library.ts'
import { formatDate, isNewer } from '../../ui/format.ts'

/** "The registry withdrew version 1.2.0 on 22 November" */
export function withdrawnTitle(
  version: string,
  { revokedAt }: Pick<Withdrawn, 'revokedAt'>,
  now: Date = new Date(),
): string {
  return `The registry withdrew version ${version} on ${formatDate(revokedAt, now)}`
}

/** How urgent the registry says it is; empty where it is not. */
export function severityWords(severity: Withdrawn['severity']): string {
  switch (severity) {
    case 'critical':
      return 'The registry calls this critical.'
    case 'high':
      return 'The registry calls this serious.'
    default:
      return ''
  }
}

/** The way on: the version that is safe, as a button says it. */
export function saferWords(skill: Pick<InstalledSkill, 'version'>, saferVersion: string): string {
  return isNewer(saferVersion, skill.version) ? `Update to ${saferVersion}` : `Go back to ${saferVersion}`
}

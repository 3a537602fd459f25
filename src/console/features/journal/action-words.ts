import { t } from '../../../shared/i18n/t.ts'

/** What is written down, as `record` of the registry names it. */
export const journalWords = (): Readonly<Record<string, string>> => ({
  'account.created': t('Made the account'),
  'bundle.made': t('Made a bundle'),
  'bundle.deleted': t('Deleted a bundle'),
  'bundle.shared': t('Shared a bundle'),
  'bundle.skill_put': t('Put a skill into a bundle'),
  'bundle.skill_taken': t('Took a skill out of a bundle'),
  'fleet.made': t('Made a fleet'),
  'fleet.deleted': t('Deleted a fleet'),
  'fleet.key_made': t('Made a key for a fleet'),
  'fleet.pushed': t('Pushed a bundle to a fleet'),
  'key.made': t('Made a key'),
  'key.ended': t('Ended a key'),
  'member.added': t('Added or changed a member'),
  'member.removed': t('Took a member out'),
  'person.role': t('Changed what somebody may do'),
  'entitlement.changed': t('Changed the plan'),
  'submission.made': t('Submitted a skill'),
  'submission.approve': t('Approved a submission'),
  'submission.reject': t('Sent a submission back'),
  'submission.scanned_again': t('Had a submission checked again'),
  'submission.tried': t('Ran a submission in the sandbox'),
  'appeal.made': t('Objected to a decision'),
  'appeal.granted': t('Agreed with an objection'),
  'appeal.refused': t('Answered an objection: it stays as it is'),
  'finding.set_aside': t('Set a finding aside'),
  'finding.counts_again': t('Had a finding count again'),
  'bundle.samples_on': t('Had samples taken for a bundle'),
  'bundle.samples_off': t('Had no more samples taken for a bundle'),
  'webhook.made': t('Made a webhook'),
  'webhook.deleted': t('Deleted a webhook'),
  'webhook.on': t('Switched a webhook on again'),
  'skill.held': t('Put a skill on hold'),
  'skill.released': t('Offered a skill again'),
  'skill.revoked': t('Withdrew a skill'),
  'report.confirm': t('Confirmed a report'),
  'report.dismiss': t('Dismissed a report'),
})

/** What an action of the journal is called; one that has no words here by its name, a little more readable. */
export function actionWords(action: string): string {
  const known = journalWords()[action]
  if (known !== undefined) return known
  const plain = action.replaceAll(/[._]/g, ' ')
  return plain.charAt(0).toUpperCase() + plain.slice(1)
}

/** What more there is to an action: the names in its `detail`, as `record` of the registry writes them. */
export const detailWords = (): Readonly<Record<string, string>> => ({
  event: t('event'),
  from: t('from revision'),
  grants: t('allowed'),
  prefix: t('begins with'),
  report: t('report'),
  revision: t('revision'),
  role: t('role'),
  round: t('round'),
  rule: t('rule'),
  scopes: t('permissions'),
  severity: t('how grave'),
  slug: t('skill'),
  state: t('state'),
  submission: t('submission'),
  suppression: t('set aside as'),
  trial: t('test run'),
  validUntil: t('until'),
  version: t('version'),
})

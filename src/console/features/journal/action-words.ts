/** What is written down, as `record` of the registry names it. */
export const journalWords: Readonly<Record<string, string>> = {
  'account.created': 'Made the account',
  'bundle.made': 'Made a bundle',
  'bundle.deleted': 'Deleted a bundle',
  'bundle.shared': 'Shared a bundle',
  'bundle.skill_put': 'Put a skill into a bundle',
  'bundle.skill_taken': 'Took a skill out of a bundle',
  'fleet.made': 'Made a fleet',
  'fleet.deleted': 'Deleted a fleet',
  'fleet.key_made': 'Made a key for a fleet',
  'fleet.pushed': 'Pushed a bundle to a fleet',
  'key.made': 'Made a key',
  'key.ended': 'Ended a key',
  'member.added': 'Added or changed a member',
  'member.removed': 'Took a member out',
  'person.role': 'Changed what somebody may do',
  'entitlement.changed': 'Changed the plan',
  'submission.made': 'Submitted a skill',
  'submission.approve': 'Approved a submission',
  'submission.reject': 'Sent a submission back',
  'submission.scanned_again': 'Had a submission checked again',
  'submission.tried': 'Ran a submission in the sandbox',
  'appeal.made': 'Objected to a decision',
  'appeal.granted': 'Agreed with an objection',
  'appeal.refused': 'Answered an objection: it stays as it is',
  'finding.set_aside': 'Set a finding aside',
  'finding.counts_again': 'Had a finding count again',
  'bundle.samples_on': 'Had samples taken for a bundle',
  'bundle.samples_off': 'Had no more samples taken for a bundle',
  'webhook.made': 'Made a webhook',
  'webhook.deleted': 'Deleted a webhook',
  'webhook.on': 'Switched a webhook on again',
  'skill.held': 'Put a skill on hold',
  'skill.released': 'Offered a skill again',
  'skill.revoked': 'Withdrew a skill',
  'report.confirm': 'Confirmed a report',
  'report.dismiss': 'Dismissed a report',
}

/** What an action of the journal is called; one that has no words here by its name, a little more readable. */
export function actionWords(action: string): string {
  const known = journalWords[action]
  if (known !== undefined) return known
  const plain = action.replaceAll(/[._]/g, ' ')
  return plain.charAt(0).toUpperCase() + plain.slice(1)
}

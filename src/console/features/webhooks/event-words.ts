/** What accounts are told of, here and by their own servers. */
export const eventWords: Readonly<Record<string, string>> = {
  'submission.published': 'A skill of yours was published',
  'submission.rejected': 'A skill of yours was sent back',
  'submission.failed': 'A skill of yours could not be checked',
  'submission.scanned_again': 'A reviewer had a skill of yours looked at again',
  'appeal.answered': 'Your objection was answered',
  'finding.set_aside': 'A finding of yours was set aside',
  'finding.counts_again': 'A finding of yours counts again',
  'skill.revoked': 'A skill of yours was withdrawn',
  'skill.held': 'A skill of yours is on hold',
  'skill.released': 'A skill of yours is offered again',
  'report.confirmed': 'A report about a skill of yours was confirmed',
  'report.answered': 'A report of yours was answered',
  'fleet.withdrawn': 'A machine of a fleet holds what was withdrawn',
  'webhook.disabled': 'A webhook was switched off',
  'webhook.test': 'A test',
}

/** What can be asked for; a test comes when it is sent. */
export const offeredEvents = Object.keys(eventWords).filter((name) => name !== 'webhook.test')

import { t } from '../../../shared/i18n/t.ts'

/** What accounts are told of, here and by their own servers. */
export const eventWords = (): Readonly<Record<string, string>> => ({
  'submission.published': t('A skill of yours was published'),
  'submission.rejected': t('A skill of yours was sent back'),
  'submission.failed': t('A skill of yours could not be checked'),
  'submission.scanned_again': t('A reviewer had a skill of yours looked at again'),
  'appeal.answered': t('Your objection was answered'),
  'finding.set_aside': t('A finding of yours was set aside'),
  'finding.counts_again': t('A finding of yours counts again'),
  'skill.revoked': t('A skill of yours was withdrawn'),
  'skill.held': t('A skill of yours is on hold'),
  'skill.released': t('A skill of yours is offered again'),
  'report.confirmed': t('A report about a skill of yours was confirmed'),
  'report.answered': t('A report of yours was answered'),
  'fleet.withdrawn': t('A machine of a fleet holds what was withdrawn'),
  'webhook.disabled': t('A webhook was switched off'),
  'webhook.test': t('A test'),
})

/** What can be asked for; a test comes when it is sent. */
export const offeredEvents = (): readonly string[] =>
  Object.keys(eventWords()).filter((name) => name !== 'webhook.test')

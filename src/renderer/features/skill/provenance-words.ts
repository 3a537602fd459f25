import { t } from '../../../shared/i18n/t.ts'
import type { Provenance } from '../../../shared/contract/skills.ts'
import { formatAgo, formatDate, formatUntil, publisherName } from '../../ui/format.ts'

/** "Made by Northwind · reviewed by Ada Berg on 12 November · signature genuine" */
export function provenanceSentence(
  provenance: Pick<Provenance, 'publisher' | 'reviewer' | 'reviewedAt'>,
  now: Date = new Date(),
): string {
  return t('Made by {{publisher}} · reviewed by {{reviewer}} on {{date}} · signature genuine', {
    publisher: publisherName(provenance.publisher),
    reviewer: publisherName(provenance.reviewer),
    date: formatDate(provenance.reviewedAt, now),
  })
}

/** Whether the registry still stands by this very version, and how long its word holds. */
export function currencyWords(
  current: Provenance['current'],
  now: Date = new Date(),
): { isCurrent: boolean; text: string } {
  if (current === null || new Date(current.validUntil) <= now)
    return {
      isCurrent: false,
      text: t(
        'Nobody can say that this version is still the right one: the registry has not confirmed it lately, or no longer offers it.',
      ),
    }
  return {
    isCurrent: true,
    text: t(
      'The registry confirmed this version {{ago}}. This holds until {{until}}, even without a connection.',
      { ago: formatAgo(current.checkedAt, now), until: formatUntil(current.validUntil, now) },
    ),
  }
}

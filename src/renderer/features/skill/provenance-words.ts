import type { Provenance } from '../../../shared/contract/skills.ts'
import { formatAgo, formatDate, formatUntil, publisherName } from '../../ui/format.ts'

/** "Made by Northwind · reviewed by Ada Berg on 12 November · signature genuine" */
export function provenanceSentence(
  provenance: Pick<Provenance, 'publisher' | 'reviewer' | 'reviewedAt'>,
  now: Date = new Date(),
): string {
  return [
    `Made by ${publisherName(provenance.publisher)}`,
    `reviewed by ${publisherName(provenance.reviewer)} on ${formatDate(provenance.reviewedAt, now)}`,
    'signature genuine',
  ].join(' · ')
}

/** Whether the registry still stands by this very version, and how long its word holds. */
export function currencyWords(
  current: Provenance['current'],
  now: Date = new Date(),
): { isCurrent: boolean; text: string } {
  if (current === null || new Date(current.validUntil) <= now)
    return {
      isCurrent: false,
      text: 'Nobody can say that this version is still the right one: the registry has not confirmed it lately, or no longer offers it.',
    }
  return {
    isCurrent: true,
    text: `The registry confirmed this version ${formatAgo(current.checkedAt, now)}. This holds until ${formatUntil(current.validUntil, now)}, even without a connection.`,
  }
}

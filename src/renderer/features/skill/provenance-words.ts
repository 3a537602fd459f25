import type { Provenance } from '../../../shared/contract/skills.ts'
import { formatDate, publisherName } from '../../ui/format.ts'

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

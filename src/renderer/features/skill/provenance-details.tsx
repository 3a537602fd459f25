import type { ReactNode } from 'react'
import type { Provenance } from '../../../shared/contract/skills.ts'
import { Details } from '../../ui/details.tsx'
import { Fingerprint } from '../../ui/fingerprint.tsx'
import { formatBytes, formatMoment, publisherName } from '../../ui/format.ts'

/** The exact facts behind the words, for those who want to compare them. */
export function ProvenanceDetails({
  provenance,
  license,
}: {
  provenance: Provenance
  license?: string
}): ReactNode {
  const { current } = provenance
  return (
    <Details>
      <dl className="grid grid-cols-[max-content_minmax(0,1fr)] gap-x-6 gap-y-2.5 text-ink-2 *:[dt]:text-ink-3">
        <dt>Publisher</dt>
        <dd className="select-text">{provenance.publisher}</dd>
        <dt>Published</dt>
        <dd>{formatMoment(provenance.publishedAt)}</dd>
        <dt>Checked</dt>
        <dd>
          {formatMoment(provenance.reviewedAt)} by {publisherName(provenance.reviewer)}
        </dd>
        <dt>Signed with key</dt>
        <dd>
          <Fingerprint hex={provenance.keyid} />
        </dd>
        <dt>Fingerprint of the download</dt>
        <dd>
          <Fingerprint hex={provenance.tarballSha256} />
        </dd>
        <dt>Size of the download</dt>
        <dd>{formatBytes(provenance.tarballSize)}</dd>
        <dt>Offered by</dt>
        <dd className="break-all select-text">{provenance.registry}</dd>
        {current === null ? null : (
          <>
            <dt>Confirmed</dt>
            <dd>
              {formatMoment(current.checkedAt)}, holds until {formatMoment(current.validUntil)}
            </dd>
          </>
        )}
        {license === undefined ? null : (
          <>
            <dt>Licence</dt>
            <dd className="select-text">{license}</dd>
          </>
        )}
      </dl>
    </Details>
  )
}

import type { ReactNode } from 'react'
import { t } from '../../../shared/i18n/t.ts'
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
        <dt>{t('Publisher')}</dt>
        <dd className="select-text">{provenance.publisher}</dd>
        <dt>{t('Published')}</dt>
        <dd>{formatMoment(provenance.publishedAt)}</dd>
        <dt>{t('Checked')}</dt>
        <dd>
          {t('{{moment}} by {{publisher}}', {
            moment: formatMoment(provenance.reviewedAt),
            publisher: publisherName(provenance.reviewer),
          })}
        </dd>
        <dt>{t('Signed with key')}</dt>
        <dd>
          <Fingerprint hex={provenance.keyid} />
        </dd>
        <dt>{t('Fingerprint of the download')}</dt>
        <dd>
          <Fingerprint hex={provenance.tarballSha256} />
        </dd>
        <dt>{t('Size of the download')}</dt>
        <dd>{formatBytes(provenance.tarballSize)}</dd>
        <dt>{t('Offered by')}</dt>
        <dd className="break-all select-text">{provenance.registry}</dd>
        {current === null ? null : (
          <>
            <dt>{t('Confirmed')}</dt>
            <dd>
              {t('{{moment}}, holds until {{end}}', {
                moment: formatMoment(current.checkedAt),
                end: formatMoment(current.validUntil),
              })}
            </dd>
          </>
        )}
        {license === undefined ? null : (
          <>
            <dt>{t('Licence')}</dt>
            <dd className="select-text">{license}</dd>
          </>
        )}
      </dl>
    </Details>
  )
}

import type { ReactNode } from 'react'
import { t } from '../../../shared/i18n/t.ts'
import type { Provenance } from '../../../shared/contract/skills.ts'
import { formatDate, publisherName } from '../../ui/format.ts'
import { Currency } from './currency.tsx'
import { ProvenanceDetails } from './provenance-details.tsx'

/** Who made a skill, who checked it, whether it is current, and how Skillet knows. */
export function Maker({ provenance, license }: { provenance: Provenance; license: string }): ReactNode {
  const { publisher, publishedAt, reviewer, reviewedAt, reviewComment } = provenance
  return (
    <div className="flex max-w-2xl flex-col gap-5 rounded-lg border border-line bg-raised p-5">
      <Fact title={t('Who made it')}>
        <p className="text-lg font-semibold">{publisherName(publisher)}</p>
        <p className="text-ink-2">{t('Published on {{date}}.', { date: formatDate(publishedAt) })}</p>
      </Fact>
      <Fact title={t('Who checked it')}>
        <p className="text-lg font-semibold">{publisherName(reviewer)}</p>
        <p className="text-ink-2">
          {t('On {{date}}, before it was offered here.', { date: formatDate(reviewedAt) })}
        </p>
        {reviewComment === '' ? null : (
          <blockquote className="mt-2 border-s-2 border-line ps-4 text-ink-2">“{reviewComment}”</blockquote>
        )}
      </Fact>
      <Fact title={t('Is it genuine and current')}>
        <p className="mb-1.5 text-ink-2">
          {t('Its signature was checked on this computer: what you install is exactly what was checked.')}
        </p>
        <Currency current={provenance.current} />
      </Fact>
      <ProvenanceDetails provenance={provenance} license={license} />
    </div>
  )
}

function Fact({ title, children }: { title: string; children: ReactNode }): ReactNode {
  return (
    <section aria-label={title}>
      <h3 className="mb-0.5 text-sm text-ink-3">{title}</h3>
      {children}
    </section>
  )
}

import { ChevronRight } from 'lucide-react'
import type { ReactNode } from 'react'
import { Button, Disclosure, DisclosurePanel, Heading } from 'react-aria-components'
import type { Provenance } from '../../../shared/contract/skills.ts'
import { Fingerprint } from '../../ui/fingerprint.tsx'
import { formatBytes, formatMoment, publisherName } from '../../ui/format.ts'
import { provenanceSentence } from './provenance-words.ts'

/** Who made a skill and how Skillet knows: a sentence first, the whole story for those who want it. */
export function Maker({ provenance, license }: { provenance: Provenance; license: string }): ReactNode {
  return (
    <div className="max-w-2xl rounded-lg border border-line bg-raised p-5">
      <p className="text-lg font-semibold text-balance">{provenanceSentence(provenance)}</p>
      <p className="mt-2 text-ink-2">
        It was reviewed before it was offered here. Its signature was checked on this computer, so what you
        install is exactly what was reviewed.
      </p>
      {provenance.reviewComment === '' ? null : (
        <blockquote className="mt-3 border-l-2 border-line pl-4 text-ink-2">
          “{provenance.reviewComment}”
        </blockquote>
      )}
      <Disclosure className="group mt-4">
        <Heading level={3}>
          <Button
            slot="trigger"
            className="-ml-2 flex items-center gap-1.5 rounded-sm px-2 py-1.5 font-medium text-ink-2 data-hovered:text-ink"
          >
            <ChevronRight
              aria-hidden
              size={18}
              strokeWidth={1.75}
              className="transition-transform duration-150 group-data-expanded:rotate-90"
            />
            The whole story
          </Button>
        </Heading>
        <DisclosurePanel>
          <dl className="mt-2 grid grid-cols-[max-content_1fr] gap-x-6 gap-y-2.5 border-t border-line pt-4 text-ink-2 *:[dt]:text-ink-3">
            <dt>Publisher</dt>
            <dd className="select-text">{provenance.publisher}</dd>
            <dt>Published</dt>
            <dd>{formatMoment(provenance.publishedAt)}</dd>
            <dt>Reviewed</dt>
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
            <dt>Licence</dt>
            <dd className="select-text">{license}</dd>
          </dl>
        </DisclosurePanel>
      </Disclosure>
    </div>
  )
}

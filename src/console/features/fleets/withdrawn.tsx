import { TriangleAlert } from 'lucide-react'
import type { ReactNode } from 'react'
import { Section } from '../../../renderer/ui/page.tsx'
import { useGet } from '../../query.ts'
import { toHref } from '../../route.ts'
import { Answered } from '../../ui/answered.tsx'
import { TextLink } from '../../ui/text-link.tsx'
import { t } from '../../../shared/i18n/t.ts'
import { rich } from '../../../renderer/ui/rich.tsx'

interface Withdrawn {
  readonly slug: string
  readonly version: string
  readonly reason: string
  readonly fleet: { readonly id: string; readonly name: string }
  readonly machines: number
}

/** What was withdrawn and is still on machines, over all fleets of the account; nothing where there is none. */
export function WithdrawnOnMachines(): ReactNode {
  const query = useGet<{ withdrawn: readonly Withdrawn[] }>('/api/withdrawn-machines')
  if (query.data?.withdrawn.length === 0) return null
  return (
    <Answered query={query} label={t('Looking for what was withdrawn')}>
      {({ withdrawn }) => (
        <Section title={t('Withdrawn, and still on machines')}>
          <ul aria-label={t('Withdrawn, and still on machines')} className="flex flex-col gap-3">
            {withdrawn.map(({ slug, version, reason, fleet, machines }) => (
              <li key={`${slug} ${version} ${fleet.id}`} className="flex gap-3">
                <TriangleAlert aria-hidden size={18} strokeWidth={1.75} className="mt-px shrink-0 text-bad" />
                <div className="min-w-0">
                  <p className="font-medium break-words">
                    {rich(
                      t('{{release}} on {{count}} machines of <fleet>{{fleet}}</fleet>', {
                        release: `${slug} ${version}`,
                        count: machines,
                        fleet: fleet.name,
                      }),
                      { fleet: (text) => <TextLink href={toHref('fleets', fleet.id)}>{text}</TextLink> },
                    )}
                  </p>
                  <p className="break-words text-ink-2">{reason}</p>
                </div>
              </li>
            ))}
          </ul>
        </Section>
      )}
    </Answered>
  )
}

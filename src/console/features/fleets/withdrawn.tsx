import { TriangleAlert } from 'lucide-react'
import type { ReactNode } from 'react'
import { plural } from '../../../renderer/ui/format.ts'
import { Section } from '../../../renderer/ui/page.tsx'
import { useGet } from '../../query.ts'
import { toHref } from '../../route.ts'
import { Answered } from '../../ui/answered.tsx'
import { TextLink } from '../../ui/text-link.tsx'

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
    <Answered query={query} label="Looking for what was withdrawn">
      {({ withdrawn }) => (
        <Section title="Withdrawn, and still on machines">
          <ul aria-label="Withdrawn, and still on machines" className="flex flex-col gap-3">
            {withdrawn.map(({ slug, version, reason, fleet, machines }) => (
              <li key={`${slug} ${version} ${fleet.id}`} className="flex gap-3">
                <TriangleAlert aria-hidden size={18} strokeWidth={1.75} className="mt-px shrink-0 text-bad" />
                <div className="min-w-0">
                  <p className="font-medium break-words">
                    {slug} {version} on {plural(machines, 'machine')} of{' '}
                    <TextLink href={toHref('fleets', fleet.id)}>{fleet.name}</TextLink>
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

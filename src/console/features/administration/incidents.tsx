import type { ReactNode } from 'react'
import { Badge } from '../../../renderer/ui/badge.tsx'
import { formatMoment } from '../../../renderer/ui/format.ts'
import { Section } from '../../../renderer/ui/page.tsx'
import { useGet } from '../../query.ts'
import { Answered } from '../../ui/answered.tsx'
import { say } from '../../../shared/i18n/say.ts'
import { t } from '../../../shared/i18n/t.ts'
import { severityWords, type Severity } from '../../words.ts'

interface Incident {
  readonly id: string
  readonly slug: string
  readonly version: string
  readonly severity: Severity
  readonly title: string
  readonly words: string
  readonly startedAt: string
  readonly resolvedAt: string | null
}

/** Every withdrawal and every hold there was, as everybody can read them at `/changelog`. */
export function Incidents(): ReactNode {
  const query = useGet<{ incidents: readonly Incident[] }>('/changelog')
  return (
    <Section title={t('What happened before')}>
      <Answered query={query} label={t('Loading what happened')}>
        {({ incidents }) =>
          incidents.length === 0 ? (
            <p className="text-ink-2">{t('No skill was ever withdrawn or put on hold.')}</p>
          ) : (
            <ul className="flex flex-col gap-4">
              {incidents.map((incident) => (
                <li key={incident.id}>
                  <div className="flex flex-wrap items-center gap-2">
                    <span className="font-medium">{say(incident.title)}</span>
                    <Badge tone={incident.resolvedAt === null ? 'bad' : 'neutral'}>
                      {incident.resolvedAt === null ? t('Open') : severityWords()[incident.severity]}
                    </Badge>
                  </div>
                  <p dir="auto" className="break-words text-ink-2">
                    {say(incident.words)}
                  </p>
                  <p className="text-sm text-ink-3">{formatMoment(incident.startedAt)}</p>
                </li>
              ))}
            </ul>
          )
        }
      </Answered>
    </Section>
  )
}

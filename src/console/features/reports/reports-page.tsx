import { Flag } from 'lucide-react'
import { useState, type ReactNode } from 'react'
import { Badge } from '../../../renderer/ui/badge.tsx'
import { Choose } from '../../../renderer/ui/choose.tsx'
import { Empty } from '../../../renderer/ui/empty.tsx'
import { formatAgo } from '../../../renderer/ui/format.ts'
import { Segmented } from '../../../renderer/ui/segmented.tsx'
import { useChange, useGet } from '../../query.ts'
import { Answered } from '../../ui/answered.tsx'
import { Page } from '../../ui/page.tsx'
import { SayDialog } from '../submissions/say-dialog.tsx'
import { t } from '../../../shared/i18n/t.ts'
import { severities, severityWords, type Severity } from '../../words.ts'
import { rich } from '../../../renderer/ui/rich.tsx'

type State = 'open' | 'confirmed' | 'dismissed'

interface Report {
  readonly id: string
  readonly slug: string
  readonly version: string
  readonly publisher: string
  /** Whether the skill is on hold. */
  readonly held: boolean
  readonly kind: 'vulnerability' | 'malware' | 'impersonation' | 'other'
  readonly severity: Severity
  readonly words: string
  readonly contact: string | null
  readonly note: string | null
  readonly handledBy: string | null
  readonly createdAt: string
}

const kindWords = (): Record<Report['kind'], string> => ({
  vulnerability: t('A weakness'),
  malware: t('Does harm'),
  impersonation: t('Pretends to be somebody else’s'),
  other: t('Something else'),
})
const severityTones = { low: 'neutral', medium: 'neutral', high: 'warn', critical: 'bad' } as const

/** What people reported about skills, the gravest first. */
export function ReportsPage(): ReactNode {
  const [state, setState] = useState<State>('open')
  const query = useGet<{ reports: readonly Report[] }>(`/api/reports?state=${state}`)
  return (
    <Page
      title={t('Reports')}
      subtitle={t('What people say is wrong with a skill, the gravest first.')}
      actions={
        <Segmented
          label={t('Which')}
          value={state}
          onChange={setState}
          choices={[
            { id: 'open', label: t('Open') },
            { id: 'confirmed', label: t('Confirmed') },
            { id: 'dismissed', label: t('Dismissed') },
          ]}
        />
      }
    >
      <Answered query={query} label={t('Loading the reports')}>
        {({ reports }) =>
          reports.length === 0 ? (
            <Empty icon={Flag} title={state === 'open' ? t('No report waits') : t('None')}>
              {t('Anybody can report a skill from its page in the app.')}
            </Empty>
          ) : (
            <ul aria-label={t('Reports')} className="flex flex-col gap-4">
              {reports.map((report) => (
                <li key={report.id} className="rounded-lg border border-line bg-raised p-5">
                  <ReportView report={report} isOpen={state === 'open'} />
                </li>
              ))}
            </ul>
          )
        }
      </Answered>
    </Page>
  )
}

function ReportView({ report, isOpen }: { report: Report; isOpen: boolean }): ReactNode {
  return (
    <>
      <div className="flex flex-wrap items-center gap-2">
        <h2 className="text-lg font-semibold">
          {report.slug} {report.version === '*' ? '' : report.version}
        </h2>
        <Badge tone={severityTones[report.severity]}>{severityWords()[report.severity]}</Badge>
        {report.held ? <Badge tone="bad">{t('On hold')}</Badge> : null}
      </div>
      <p className="text-ink-2">
        {t('{{kind}} · by {{publisher}} · reported {{when}}', {
          kind: kindWords()[report.kind],
          publisher: report.publisher,
          when: formatAgo(report.createdAt),
        })}
      </p>
      <p dir="auto" className="mt-3 break-words whitespace-pre-wrap select-text">
        {report.words}
      </p>
      {report.contact === null ? null : (
        <p className="mt-2 text-ink-2">
          {rich(t('They can be reached: <contact></contact>'), {
            contact: () => <bdi className="break-all select-text">{report.contact}</bdi>,
          })}
        </p>
      )}
      {report.note === null ? null : (
        <p className="mt-2 break-words">
          <span className="font-medium">{report.handledBy}: </span>
          <bdi>{report.note}</bdi>
        </p>
      )}
      <div className="mt-4 flex flex-wrap items-center gap-2">
        {isOpen ? <Triage report={report} /> : null}
        <Hold report={report} />
      </div>
    </>
  )
}

/** Whether it is so, and how grave. */
function Triage({ report }: { report: Report }): ReactNode {
  const [severity, setSeverity] = useState<Severity>(report.severity)
  const decide = useChange<{ decision: 'confirm' | 'dismiss'; note: string }, unknown>((api, body) =>
    api.call('POST', `/api/reports/${report.id}/decide`, { ...body, severity }),
  )
  return (
    <>
      <span className="text-ink-2">{t('How grave it is')}</span>
      <Choose
        label={t('How grave it is')}
        value={severity}
        onChange={setSeverity}
        choices={severities.map((id) => ({ id, label: severityWords()[id] }))}
      />
      <SayDialog
        label={t('Confirm')}
        title={t('Confirm the report about {{skill}}', { skill: report.slug })}
        submit={t('Confirm')}
        question={t('What is so?')}
        description={
          severity === 'critical'
            ? t('The skill goes on hold at once: nobody can install it, and everybody who has it is warned.')
            : t('The publisher is told.')
        }
        maxLength={500}
        onSay={(note) => decide.mutateAsync({ decision: 'confirm', note })}
      />
      <SayDialog
        label={t('Dismiss')}
        title={t('Dismiss the report about {{skill}}', { skill: report.slug })}
        submit={t('Dismiss')}
        question={t('Why is it not so?')}
        maxLength={500}
        onSay={(note) => decide.mutateAsync({ decision: 'dismiss', note })}
      />
    </>
  )
}

/** Stops offering the skill until somebody has looked, or offers it again. */
function Hold({ report: { slug, held } }: { report: Report }): ReactNode {
  const path = `/api/skills/${encodeURIComponent(slug)}/hold`
  const hold = useChange<string, unknown>((api, words) => api.call('PUT', path, { words }))
  const release = useChange<string, unknown>((api, words) =>
    api.call('DELETE', `${path}?words=${encodeURIComponent(words)}`),
  )
  return held ? (
    <SayDialog
      label={t('Offer it again')}
      title={t('Offer {{skill}} again', { skill: slug })}
      submit={t('Offer it again')}
      question={t('What came of it?')}
      maxLength={500}
      onSay={(words) => release.mutateAsync(words)}
    />
  ) : (
    <SayDialog
      look="quiet"
      label={t('Put on hold')}
      title={t('Put {{skill}} on hold', { skill: slug })}
      submit={t('Put on hold')}
      question={t('Why, for everybody who has it?')}
      description={t('Nobody can install it until you offer it again. Everybody who has it is warned.')}
      maxLength={500}
      onSay={(words) => hold.mutateAsync(words)}
    />
  )
}

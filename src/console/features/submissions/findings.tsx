import type { ReactNode } from 'react'
import { Badge, type Tone } from '../../../renderer/ui/badge.tsx'
import type { Finding } from '../../../shared/finding.ts'
import { SaidText, SeenText } from '../../ui/seen-text.tsx'
import type { Found, Suppression } from './submission.ts'
import { rich } from '../../../renderer/ui/rich.tsx'
import { useRuleWords } from '../../../renderer/ui/rule-words.ts'
import { t } from '../../../shared/i18n/t.ts'
import { say } from '../../../shared/i18n/say.ts'

/** The gravest first. */
const severityWords = (): Record<Finding['severity'], { label: string; tone: Tone }> => ({
  critical: { label: t('Stops it'), tone: 'bad' },
  high: { label: t('Stops it'), tone: 'bad' },
  medium: { label: t('Look closely'), tone: 'warn' },
  low: { label: t('Small matter'), tone: 'neutral' },
  info: { label: t('To know'), tone: 'neutral' },
})

const order: readonly Finding['severity'][] = ['critical', 'high', 'medium', 'low', 'info']

/** What the checks found, the gravest first. `aside`: what was set aside, by fingerprint. `actions` stand with each. */
export function Findings({
  findings,
  aside,
  actions,
}: {
  findings: readonly Found[]
  aside: ReadonlyMap<string, Suppression>
  actions?: (finding: Found) => ReactNode
}): ReactNode {
  const sorted = findings.toSorted((a, b) => order.indexOf(a.severity) - order.indexOf(b.severity))
  return (
    <ul aria-label={t('Findings')} className="flex flex-col gap-3">
      {sorted.map((finding, index) => {
        const suppression = aside.get(finding.fingerprint)
        return (
          <li key={index} className="rounded-md border border-line bg-panel p-4">
            <FindingWords finding={finding} />
            {suppression === undefined ? null : (
              <p className="mt-3 rounded-sm bg-sunk px-3 py-2 break-words">
                <span className="font-medium">
                  {t('Set aside by {{who}}:', { who: suppression.reviewer })}{' '}
                </span>
                <bdi>{suppression.reason}</bdi>
              </p>
            )}
            {actions === undefined ? null : <div className="mt-3 -ms-3">{actions(finding)}</div>}
          </li>
        )
      })}
    </ul>
  )
}

/** One finding: what is there, where, why that matters and what to do. All of it may be the submitter's own text. */
export function FindingWords({ finding }: { finding: Finding }): ReactNode {
  useRuleWords()
  const { label, tone } = severityWords()[finding.severity]
  return (
    <>
      <div className="flex flex-wrap items-start justify-between gap-x-4 gap-y-1">
        <p className="min-w-0 flex-1 font-semibold break-words">
          <SaidText english={finding.message} />
        </p>
        <Badge tone={tone}>{label}</Badge>
      </div>
      <p className="mt-0.5 text-sm break-all text-ink-2">
        {finding.line === null ? (
          <SeenText text={finding.file} />
        ) : (
          rich(t('<file></file>, line {{line}}', { line: finding.line }), {
            file: () => <SeenText text={finding.file} />,
          })
        )}
      </p>
      {finding.snippet === null ? null : (
        <pre className="mt-2 rounded-sm bg-sunk px-3 py-2 font-mono text-[13px] break-all whitespace-pre-wrap select-text">
          <SeenText text={finding.snippet} />
        </pre>
      )}
      {finding.why === '' ? null : (
        <p className="mt-2 text-ink-2">
          <bdi>{say(finding.why)}</bdi>
        </p>
      )}
      <p className="mt-2">
        <span className="font-medium">{t('What to do:')} </span>
        <bdi>{say(finding.fix)}</bdi>
      </p>
    </>
  )
}

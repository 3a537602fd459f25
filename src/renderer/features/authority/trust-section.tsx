import { CircleCheck, RotateCw } from 'lucide-react'
import type { ReactNode } from 'react'
import { t } from '../../../shared/i18n/t.ts'
import type { TrustStatus } from '../../../shared/contract/overview.ts'
import { CallFailed } from '../../bridge.ts'
import { useNow } from '../../now.ts'
import { useCall } from '../../query.ts'
import { Badge } from '../../ui/badge.tsx'
import { Button } from '../../ui/button.tsx'
import { Details } from '../../ui/details.tsx'
import { ErrorNote } from '../../ui/error-note.tsx'
import { Facts } from '../../ui/facts.tsx'
import { Fingerprint } from '../../ui/fingerprint.tsx'
import { formatAgo, formatMoment, formatUntil } from '../../ui/format.ts'
import { Section } from '../../ui/page.tsx'
import { SkeletonRows } from '../../ui/skeleton.tsx'
import { useTrustCheck } from './trust-check.ts'
import { holds, keyWords, trustState } from './trust-words.ts'

/** Which registry this computer believes, how fresh its word is, and whose signatures count. */
export function TrustSection(): ReactNode {
  // Checks that change nothing but their time make no news.
  const status = useCall('trust.status', null, { everyMs: 60_000 })
  const { check, checking, error } = useTrustCheck()
  return (
    <Section
      title={t('Whose word Skillet takes')}
      aside={
        <Button size="small" isPending={checking} onPress={check}>
          <RotateCw size={16} strokeWidth={1.75} aria-hidden /> {checking ? t('Checking…') : t('Check now')}
        </Button>
      }
    >
      {status.isError ? (
        <ErrorNote error={status.error} onRetry={() => void status.refetch()} />
      ) : status.isPending ? (
        <SkeletonRows count={2} label={t('Loading')} />
      ) : (
        <div className="flex flex-col gap-4">
          {error === null ? (
            <Problem status={status.data} onRetry={check} />
          ) : (
            <ErrorNote error={error} onRetry={check} />
          )}
          <Freshness status={status.data} />
          <Keys keys={status.data.publishKeys} />
          <Root root={status.data.root} />
        </div>
      )}
    </Section>
  )
}

function Problem({ status, onRetry }: { status: TrustStatus; onRetry: () => void }): ReactNode {
  const state = trustState(status)
  if (state.kind === 'offline') return <p className="text-ink-2">{state.text}</p>
  // Here also the problem that no banner tells: the registry was never reached at all.
  return status.problem === null ? null : (
    <ErrorNote error={new CallFailed(status.problem)} onRetry={onRetry} />
  )
}

function Freshness({ status }: { status: TrustStatus }): ReactNode {
  const { checkedAt, validUntil } = status
  const now = useNow(validUntil)
  return (
    <Facts
      facts={[
        [t('Registry'), status.registry === '' ? t('None') : status.registry],
        [
          t('Last checked'),
          checkedAt === null ? (
            t('Never on this computer')
          ) : (
            <span key="checked" title={formatMoment(checkedAt)}>
              {formatAgo(checkedAt, now)}
            </span>
          ),
        ],
        [
          t('Its word holds'),
          validUntil === null ? (
            t('Nothing was checked yet')
          ) : holds(status, now) ? (
            <span key="holds" className="flex items-center gap-1.5 text-ok" title={formatMoment(validUntil)}>
              <CircleCheck aria-hidden size={16} strokeWidth={1.75} />
              {t('Until {{until}}, even without a connection', { until: formatUntil(validUntil, now) })}
            </span>
          ) : (
            <span key="over" className="text-warn" title={formatMoment(validUntil)}>
              {t('No longer: it ended on {{moment}}', { moment: formatMoment(validUntil) })}
            </span>
          ),
        ],
      ]}
    />
  )
}

function Keys({ keys }: { keys: TrustStatus['publishKeys'] }): ReactNode {
  if (keys.length === 0) return null
  return (
    <div>
      <h3 className="font-medium">
        {keys.length === 1 ? t('The key that signs skills') : t('Keys that sign skills')}
      </h3>
      <p className="text-sm text-ink-3">
        {t(
          'Skillet installs only what is signed with one of these. Compare them with what your registry publishes.',
        )}
      </p>
      <ul className="mt-2 divide-y divide-line rounded-md border border-line">
        {keys.map((key) => {
          const { tone, label, text } = keyWords(key)
          return (
            <li key={key.keyid} className="flex items-start justify-between gap-4 px-4 py-3">
              <div className="min-w-0">
                <Fingerprint hex={key.keyid} />
                <p className="mt-1 text-sm text-ink-3">{text}</p>
              </div>
              <Badge tone={tone}>{label}</Badge>
            </li>
          )
        })}
      </ul>
    </div>
  )
}

function Root({ root }: { root: TrustStatus['root'] }): ReactNode {
  if (root === null) return null
  return (
    <Details>
      <p className="text-ink-2">
        {t('What this computer trusts first of all is the registry’s root, version {{version}}.', {
          version: root.version,
        })}{' '}
        {root.threshold === 1
          ? t('Any one of these keys may change it.')
          : t('{{threshold}} of these {{all}} keys must agree to change it.', {
              threshold: root.threshold,
              all: root.keyids.length,
            })}
      </p>
      <ul className="mt-3 flex flex-col gap-2">
        {root.keyids.map((keyid) => (
          <li key={keyid}>
            <Fingerprint hex={keyid} />
          </li>
        ))}
      </ul>
    </Details>
  )
}

import { useQueryClient } from '@tanstack/react-query'
import { Lock } from 'lucide-react'
import { useState, type ReactNode } from 'react'
import type { TelemetryStatus } from '../../../shared/contract/telemetry.ts'
import { t } from '../../../shared/i18n/t.ts'
import { failureNotice } from '../../act.ts'
import { ask, useBridge } from '../../bridge.ts'
import { refresh, staleAfter, useCall } from '../../query.ts'
import { Button } from '../../ui/button.tsx'
import { Details } from '../../ui/details.tsx'
import { DecisionDialog } from '../../ui/dialog.tsx'
import { ErrorNote } from '../../ui/error-note.tsx'
import { formatMoment } from '../../ui/format.ts'
import { Section } from '../../ui/page.tsx'
import { SkeletonRows } from '../../ui/skeleton.tsx'
import { Switch } from '../../ui/switch.tsx'
import { useNotice } from '../../ui/toast.tsx'
import { useWhoManages } from '../managed/managed.ts'
import { SentWords } from './sent-words.tsx'
import { useChoose } from './use-choose.ts'

/** Whether statistics are sent, everything that was, and samples for those bundles whose owners ask for them. */
export function TelemetrySection(): ReactNode {
  // Another Skillet on this computer may note something at any time.
  const status = useCall('telemetry.status', null, { staleTimeMs: 0, everyMs: 5000 })
  return (
    <Section title={t('Anonymous statistics')}>
      {status.isError ? (
        <ErrorNote linked={false} error={status.error} onRetry={() => void status.refetch()} />
      ) : status.isPending ? (
        <SkeletonRows count={2} label={t('Loading what is sent')} />
      ) : (
        <Statistics status={status.data} />
      )}
    </Section>
  )
}

function Statistics({ status }: { status: TelemetryStatus }): ReactNode {
  const choose = useChoose()
  const whose = lockedBy(status, useWhoManages())
  return (
    <div className="flex flex-col gap-4">
      <div>
        <Switch
          label={t('Tell the registry how skills do')}
          description={t(
            'Which skills are installed and used, how long it took and whether it worked; nothing about you, your files or what comes out.',
          )}
          isSelected={status.on}
          isDisabled={whose !== null}
          onChange={(on) => void choose(on ? 'on' : 'off')}
        />
        {whose === null ? null : (
          <p className="mt-2 flex items-center gap-1.5 text-ink-2">
            <Lock aria-hidden size={14} strokeWidth={1.75} className="shrink-0" />
            {whose}
          </p>
        )}
      </div>
      <Told status={status} />
      <Samples samples={status.samples} />
    </div>
  )
}

/** Who has decided in the person's place, in words; null: nobody. */
function lockedBy({ forbiddenBy, managed }: TelemetryStatus, who: string): string | null {
  if (forbiddenBy?.who === 'environment')
    return t('Off, because the setting {{variable}} of this computer says so.', {
      variable: forbiddenBy.variable,
    })
  if (forbiddenBy?.who === 'policy') return t('{{who}} has turned this off.', { who })
  return managed ? t('{{who}} has turned this on.', { who }) : null
}

function Told({ status: { on, waiting, sent } }: { status: TelemetryStatus }): ReactNode {
  const bridge = useBridge()
  const client = useQueryClient()
  const notify = useNotice()
  const erase = async () => {
    try {
      await ask(bridge, 'telemetry.erase', null)
      notify({
        text: t('What waited and what was shown here is gone. The numbers that stand for you are new.'),
      })
    } catch (error) {
      notify(failureNotice(error))
    }
    await refresh(client, staleAfter.telemetry)
  }
  if (waiting.length === 0 && sent.length === 0)
    return on ? <p className="text-ink-3">{t('Nothing has been sent yet.')}</p> : null
  return (
    <Details title={t('What was sent, word for word')}>
      <div className="flex flex-col gap-4">
        {waiting.length === 0 ? null : (
          <div>
            <p className="mb-1.5 text-sm text-ink-3">{t('Waits to be sent:')}</p>
            <SentWords batch={{ events: waiting }} label={t('Waits to be sent')} />
          </div>
        )}
        {sent.map(({ at, body }) => (
          <div key={at}>
            <p className="mb-1.5 text-sm text-ink-3">{t('Sent {{when}}:', { when: formatMoment(at) })}</p>
            <SentWords batch={body} label={t('Sent {{when}}', { when: formatMoment(at) })} />
          </div>
        ))}
        <div>
          <Button size="small" onPress={() => void erase()}>
            {t('Forget all of this')}
          </Button>
        </div>
      </div>
    </Details>
  )
}

type Sample = TelemetryStatus['samples'][number]

/** One switch for each bundle whose owner asks; saying yes shows first what a sample is. */
function Samples({ samples }: { samples: readonly Sample[] }): ReactNode {
  const bridge = useBridge()
  const client = useQueryClient()
  const notify = useNotice()
  const [asking, setAsking] = useState<Sample | null>(null)
  const allow = async ({ bundle, title }: Sample, allowed: boolean) => {
    setAsking(null)
    try {
      await ask(bridge, 'telemetry.samples', { bundle, allowed })
      notify({
        text: allowed
          ? t('The owner of {{title}} gets samples from now on.', { title })
          : t('The owner of {{title}} gets no more samples.', { title }),
      })
    } catch (error) {
      notify(failureNotice(error))
    }
    await refresh(client, staleAfter.telemetry)
  }
  if (samples.length === 0) return null
  return (
    <div className="border-t border-line pt-4">
      <h3 className="font-semibold">{t('Samples for bundles')}</h3>
      <p className="mb-3 text-ink-2">
        {t('The owners of these bundles ask for samples of what their skills are given and print.')}
      </p>
      <ul className="flex flex-col gap-2">
        {samples.map((sample) => (
          <li key={sample.bundle}>
            <Switch
              label={sample.title}
              isSelected={sample.allowed}
              onChange={(on) => (on ? setAsking(sample) : void allow(sample, false))}
            />
          </li>
        ))}
      </ul>
      {asking === null ? null : (
        <DecisionDialog
          isOpen
          onClose={() => setAsking(null)}
          title={t('Send samples to the owner of {{title}}?', { title: asking.title })}
          footer={
            <>
              <Button onPress={() => setAsking(null)}>{t('Don’t send any')}</Button>
              <Button onPress={() => void allow(asking, true)}>{t('Send samples')}</Button>
            </>
          }
        >
          <p className="text-ink-2">
            {t(
              'After each run of a skill of this bundle its owner gets what you gave it (of files, only that there was one), how it ended, and the first 4,000 characters of what it printed. That may hold what was in your files. Keys are taken out. Your name isn’t told, and you can stop this here at any time.',
            )}
          </p>
        </DecisionDialog>
      )}
    </div>
  )
}

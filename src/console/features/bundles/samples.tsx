import { useState, type ReactNode } from 'react'
import { Button } from '../../../renderer/ui/button.tsx'
import { formatAgo, formatDate } from '../../../renderer/ui/format.ts'
import { Section } from '../../../renderer/ui/page.tsx'
import { useMe } from '../../me.ts'
import { useChange, useGet } from '../../query.ts'
import { Answered } from '../../ui/answered.tsx'
import { FormDialog } from '../../ui/dialog.tsx'
import { SeenText } from '../../ui/seen-text.tsx'
import type { Bundle } from './bundle.ts'
import { t } from '../../../shared/i18n/t.ts'
import { rich } from '../../../renderer/ui/rich.tsx'

interface Sample {
  readonly slug: string
  readonly version: string
  readonly user: string
  readonly sample: Readonly<Record<string, unknown>>
  readonly at: string
}

/** Whether samples are taken of what the bundle's skills are given, for whoever may say so: on by their word alone. */
export function Samples({ bundle }: { bundle: Bundle }): ReactNode {
  const me = useMe()
  const path = `/api/bundles/${encodeURIComponent(bundle.id)}/samples`
  const change = useChange<boolean, unknown>((api, on) => api.call('PUT', path, { on }))
  const since = bundle.samplesSince
  if (since === null && me.tier !== 'operator' && me.tier !== 'pro_plus')
    return (
      <Section title={t('Samples')}>
        <p className="text-ink-2">
          {t('None are taken. Samples of what the skills of a bundle are given come with the Operator plan.')}
        </p>
      </Section>
    )
  return (
    <Section
      title={t('Samples')}
      aside={
        since === null ? (
          <FormDialog
            label={t('Take samples')}
            title={t('Take samples of what these skills are given?')}
            submit={t('Take samples')}
            onSubmit={() => change.mutateAsync(true)}
          >
            <p>
              {t(
                'Programs that use this bundle may then send what they give its skills: at most 1,000 samples, kept for 30 days. Keys in them are hidden, and nobody’s name is with them.',
              )}
            </p>
            <p className="text-ink-2">
              {t('Tell the people who use it. You can stop at any time; then every sample is deleted.')}
            </p>
          </FormDialog>
        ) : (
          <FormDialog
            label={t('Stop, and delete them')}
            title={t('Stop taking samples?')}
            submit={t('Stop, and delete them')}
            onSubmit={() => change.mutateAsync(false)}
          >
            <p>
              {t('No sample is taken any more, and those there are are deleted. That can’t be taken back.')}
            </p>
          </FormDialog>
        )
      }
    >
      {since === null ? (
        <p className="text-ink-2">{t('None are taken.')}</p>
      ) : (
        <>
          <p className="mb-3">{t('Taken since {{date}}.', { date: formatDate(since) })}</p>
          <Taken path={path} />
        </>
      )}
    </Section>
  )
}

function Taken({ path }: { path: string }): ReactNode {
  const [isOpen, setOpen] = useState(false)
  const query = useGet<{ samples: readonly Sample[] }>(path, { enabled: isOpen })
  if (!isOpen)
    return (
      <Button look="quiet" size="small" className="-ms-3" onPress={() => setOpen(true)}>
        {t('Show them')}
      </Button>
    )
  return (
    <Answered query={query} label={t('Loading the samples')}>
      {({ samples }) =>
        samples.length === 0 ? (
          <p className="text-ink-2">{t('There are none yet.')}</p>
        ) : (
          <ul aria-label={t('Samples')} className="flex flex-col gap-3">
            {samples.map((one, index) => (
              <li key={index}>
                <p className="text-sm text-ink-3">
                  <bdi>
                    {one.slug} {one.version}
                  </bdi>{' '}
                  · {formatAgo(one.at)} ·{' '}
                  {rich(t('somebody <who>{{id}}</who>', { id: one.user.slice(0, 8) }), {
                    who: (text) => <code className="font-mono">{text}</code>,
                  })}
                </p>
                <pre className="rounded-sm bg-sunk px-3 py-2 font-mono text-[13px] break-all whitespace-pre-wrap select-text">
                  <SeenText text={JSON.stringify(one.sample)} />
                </pre>
              </li>
            ))}
          </ul>
        )
      }
    </Answered>
  )
}

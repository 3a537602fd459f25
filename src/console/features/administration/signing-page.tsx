import type { ReactNode } from 'react'
import { Badge } from '../../../renderer/ui/badge.tsx'
import { CopyButton } from '../../../renderer/ui/copy-button.tsx'
import { Facts } from '../../../renderer/ui/facts.tsx'
import { Fingerprint } from '../../../renderer/ui/fingerprint.tsx'
import { formatMoment } from '../../../renderer/ui/format.ts'
import { Section } from '../../../renderer/ui/page.tsx'
import type { PublishKey } from '../../../shared/signed-targets.ts'
import { useGet } from '../../query.ts'
import { Answered } from '../../ui/answered.tsx'
import { Page } from '../../ui/page.tsx'
import { t } from '../../../shared/i18n/t.ts'
import { say } from '../../../shared/i18n/say.ts'

const statusWords = () =>
  ({
    active: { label: t('In use now'), tone: 'ok', means: t('It signs what is published now.') },
    retired: {
      label: t('Retired'),
      tone: 'neutral',
      means: t('It signs nothing any more; what it signed until then counts on.'),
    },
    compromised: {
      label: t('Stolen'),
      tone: 'bad',
      means: t('Nothing that it ever signed counts. What was good was signed again with another key.'),
    },
  }) as const

/** Every key that signs or signed releases, and what runs out soon. */
export function SigningPage(): ReactNode {
  const keys = useGet<{ keys: readonly PublishKey[] }>('/api/signing-keys')
  const status = useGet<{ warnings: readonly string[] }>('/status')
  return (
    <Page
      title={t('Signing keys')}
      subtitle={t('What vouches for every release that this registry publishes.')}
    >
      <Answered query={keys} label={t('Loading the signing keys')}>
        {(known) => (
          <>
            {known.keys.map((key) => (
              <KeySection key={key.keyid} publishKey={key} />
            ))}
            <p className="text-ink-2">
              {t(
                'The app shows the fingerprint of the key in use for whoever wants to compare. A key is changed with “skillet registry rotate-key” where the offline keys are: no page of this console can do it.',
              )}
            </p>
          </>
        )}
      </Answered>
      <Answered query={status} label={t('Looking what runs out')}>
        {({ warnings }) => (
          <Section title={t('What runs out')}>
            {warnings.length === 0 ? (
              <p>{t('Nothing: every list and key holds for long enough.')}</p>
            ) : (
              <ul className="flex list-disc flex-col gap-1 ps-5">
                {warnings.map((warning) => (
                  <li key={warning}>{say(warning)}</li>
                ))}
              </ul>
            )}
          </Section>
        )}
      </Answered>
    </Page>
  )
}

function KeySection({ publishKey: key }: { publishKey: PublishKey }): ReactNode {
  const { label, tone, means } = statusWords()[key.status]
  return (
    <Section
      title={t('{{fingerprint}}', { fingerprint: `${key.keyid.slice(0, 4)} ${key.keyid.slice(4, 8)} …` })}
      aside={
        <div className="flex items-center gap-3">
          <Badge tone={tone}>{label}</Badge>
          <CopyButton text={key.keyid} label={t('Copy the fingerprint')} />
        </div>
      }
    >
      <p className="mb-4">{means}</p>
      <Facts
        facts={[
          [t('Fingerprint'), <Fingerprint key="fingerprint" hex={key.keyid} />],
          [
            t('Public key'),
            <code key="key" className="font-mono text-[13px] break-all">
              {key.publicKey}
            </code>,
          ],
          [t('Since'), formatMoment(key.since)],
          ...(key.until === null ? [] : [[t('Until'), formatMoment(key.until)] as const]),
        ]}
      />
    </Section>
  )
}

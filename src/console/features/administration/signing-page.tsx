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

const statusWords = {
  active: { label: 'In use now', tone: 'ok', means: 'It signs what is published now.' },
  retired: {
    label: 'Retired',
    tone: 'neutral',
    means: 'It signs nothing any more; what it signed until then counts on.',
  },
  compromised: {
    label: 'Stolen',
    tone: 'bad',
    means: 'Nothing that it ever signed counts. What was good was signed again with another key.',
  },
} as const

/** Every key that signs or signed releases, and what runs out soon. */
export function SigningPage(): ReactNode {
  const keys = useGet<{ keys: readonly PublishKey[] }>('/api/signing-keys')
  const status = useGet<{ warnings: readonly string[] }>('/status')
  return (
    <Page title="Signing keys" subtitle="What vouches for every release that this registry publishes.">
      <Answered query={keys} label="Loading the signing keys">
        {(known) => (
          <>
            {known.keys.map((key) => (
              <KeySection key={key.keyid} publishKey={key} />
            ))}
            <p className="text-ink-2">
              The app shows the fingerprint of the key in use for whoever wants to compare. A key is changed
              with “skillet registry rotate-key” where the offline keys are: no page of this console can do
              it.
            </p>
          </>
        )}
      </Answered>
      <Answered query={status} label="Looking what runs out">
        {({ warnings }) => (
          <Section title="What runs out">
            {warnings.length === 0 ? (
              <p>Nothing: every list and key holds for long enough.</p>
            ) : (
              <ul className="flex list-disc flex-col gap-1 pl-5">
                {warnings.map((warning) => (
                  <li key={warning}>{warning}</li>
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
  const { label, tone, means } = statusWords[key.status]
  return (
    <Section
      title={`${key.keyid.slice(0, 4)} ${key.keyid.slice(4, 8)} …`}
      aside={
        <div className="flex items-center gap-3">
          <Badge tone={tone}>{label}</Badge>
          <CopyButton text={key.keyid} label="Copy the fingerprint" />
        </div>
      }
    >
      <p className="mb-4">{means}</p>
      <Facts
        facts={[
          ['Fingerprint', <Fingerprint key="fingerprint" hex={key.keyid} />],
          [
            'Public key',
            <code key="key" className="font-mono text-[13px] break-all">
              {key.publicKey}
            </code>,
          ],
          ['Since', formatMoment(key.since)],
          ...(key.until === null ? [] : [['Until', formatMoment(key.until)] as const]),
        ]}
      />
    </Section>
  )
}

import type { ReactNode } from 'react'
import { Facts } from '../../../renderer/ui/facts.tsx'
import { Fingerprint } from '../../../renderer/ui/fingerprint.tsx'
import { Section } from '../../../renderer/ui/page.tsx'
import { CopyButton } from '../../../renderer/ui/copy-button.tsx'
import { useGet } from '../../query.ts'
import { Answered } from '../../ui/answered.tsx'
import { Page } from '../../ui/page.tsx'

/** The key that signs releases now, and what runs out soon. */
export function SigningPage(): ReactNode {
  const key = useGet<{ publicKey: string; fingerprint: string }>('/api/signing-key')
  const status = useGet<{ warnings: readonly string[] }>('/status')
  return (
    <Page title="Signing key" subtitle="What vouches for every release that this registry publishes.">
      <Answered query={key} label="Loading the signing key">
        {({ fingerprint, publicKey }) => (
          <Section title="In use now" aside={<CopyButton text={fingerprint} label="Copy the fingerprint" />}>
            <Facts
              facts={[
                ['Fingerprint', <Fingerprint key="fingerprint" hex={fingerprint} />],
                [
                  'Public key',
                  <code key="key" className="font-mono text-[13px] break-all">
                    {publicKey}
                  </code>,
                ],
              ]}
            />
            <p className="mt-4 text-ink-2">
              The app shows the same fingerprint for whoever wants to compare. The key is changed with
              “skillet registry key” where the offline keys are: no page of this console can do it.
            </p>
          </Section>
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

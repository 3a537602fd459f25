import type { ReactNode } from 'react'
import { t } from '../../../shared/i18n/t.ts'
import { useCall } from '../../query.ts'
import { hrefs } from '../../route.ts'
import { LinkButton } from '../../ui/button.tsx'
import { ErrorNote } from '../../ui/error-note.tsx'
import { Section } from '../../ui/page.tsx'
import { isManaged, managedBy } from './managed.ts'
import { ManagedFacts } from './managed-facts.tsx'

/** Settings: who manages this computer and what that means; and the way to the policy editor. */
export function ManagedSection(): ReactNode {
  const managed = useCall('managed.get', null, { staleTimeMs: 60_000 })
  const info = useCall('app.info', null, { staleTimeMs: Infinity })
  const editor = (
    <LinkButton size="small" href={hrefs.policyEditor}>
      {t('Write a policy')}
    </LinkButton>
  )
  if (managed.isError)
    return (
      <Section title={t('For administrators')} aside={editor}>
        <ErrorNote linked={false} error={managed.error} onRetry={() => void managed.refetch()} />
      </Section>
    )
  if (managed.data === undefined || managed.data === null || !isManaged(managed.data.policy))
    return (
      <Section title={t('For administrators')} aside={editor}>
        <p className="-mt-1 text-ink-2">
          {t(
            'Nobody manages this Skillet. An organisation can decide for all its computers what skills may do.',
          )}
        </p>
      </Section>
    )
  const { policy } = managed.data
  const used = info.data?.registry ?? ''
  // A registry is chosen when Skillet starts; the policy may have come since.
  const isUsed =
    info.data === undefined ||
    (policy.registries ?? []).length === 0 ||
    (used !== '' && policy.registries?.some(({ url }) => new URL(url).href === new URL(used).href) === true)
  return (
    <Section title={managedBy(policy.organisation)} aside={editor}>
      <ManagedFacts policy={policy} />
      {isUsed ? null : (
        <p role="status" className="mt-3 font-medium">
          {t('Close Skillet and open it again: until then it can’t ask the registry that is named here.')}
        </p>
      )}
    </Section>
  )
}

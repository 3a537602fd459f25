import type { ReactNode } from 'react'
import { t } from '../../../shared/i18n/t.ts'
import type { ManagedPolicy } from '../../../shared/managed-policy.ts'
import { Mark } from '../../ui/mark.tsx'
import { fitAccent } from '../managed/accent.ts'
import { managedBy } from '../managed/managed.ts'
import { ManagedFacts } from '../managed/managed-facts.tsx'

/** What the people whom the policy is for see of it. */
export function Preview({ policy }: { policy: ManagedPolicy }): ReactNode {
  const { branding, organisation } = policy
  return (
    <section
      aria-label={t('What people see')}
      className="flex h-fit flex-col gap-4 rounded-lg border border-line bg-panel p-5"
    >
      <h2 className="text-lg font-semibold">{t('What people see')}</h2>
      <div className="flex items-center justify-between gap-3">
        <p className="flex min-w-0 items-center gap-2.5 text-lg font-bold">
          <Mark />
          <span className="min-w-0 break-words">{branding?.name ?? 'Skillet'}</span>
        </p>
        <Swatch accent={branding?.accent} />
      </div>
      <p className="font-medium">{managedBy(organisation)}</p>
      <ManagedFacts policy={policy} />
    </section>
  )
}

/** A button in the organisation's colour, as far as it can be read. */
function Swatch({ accent }: { accent: string | undefined }): ReactNode {
  if (accent === undefined) return null
  const shown = getComputedStyle(document.documentElement)
  const grounds = ['--raised', '--panel', '--ground', '--sunk'].map((name) => shown.getPropertyValue(name))
  const { brand, ink } = fitAccent(accent, grounds)
  return (
    <span
      className="shrink-0 rounded-md px-3 py-1 font-medium"
      style={{ backgroundColor: brand, color: ink }}
    >
      {t('Install')}
    </span>
  )
}

import { t } from '../../../shared/i18n/t.ts'
import type { CallOutput } from '../../bridge.ts'
import { useCall } from '../../query.ts'

export type Managed = NonNullable<CallOutput<'managed.get'>>

/** What administrators decided; null where nobody did, and until it is known. */
export function useManaged(): Managed | null {
  return useCall('managed.get', null, { staleTimeMs: 60_000 }).data ?? null
}

/** What the organisation calls the program. */
export function useProgramName(): string {
  return useManaged()?.policy.branding?.name ?? 'Skillet'
}

/** Whether anything is decided, or anybody named, beyond the program's name, colour and picture. */
export function isManaged(policy: Managed['policy']): boolean {
  return Object.keys(policy).some((key) => key !== 'branding')
}

/** Who has locked what looks locked: "Managed by Example Ltd". */
export function managedBy(organisation: string | undefined): string {
  return organisation === undefined
    ? t('Managed by your administrator')
    : t('Managed by {{organisation}}', { organisation })
}

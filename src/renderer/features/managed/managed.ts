import { t } from '../../../shared/i18n/t.ts'
import type { CallOutput } from '../../bridge.ts'
import { useCall } from '../../query.ts'

export type Managed = NonNullable<CallOutput<'managed.get'>>

/** What administrators decided; null where nobody did, and until it is known. */
export function useManaged(): Managed | null {
  return useCall('managed.get', null, { staleTimeMs: 60_000 }).data ?? null
}

/** Who has locked what looks locked: "Managed by Example Ltd". */
export function managedBy(organisation: string | undefined): string {
  return organisation === undefined
    ? t('Managed by your administrator')
    : t('Managed by {{organisation}}', { organisation })
}

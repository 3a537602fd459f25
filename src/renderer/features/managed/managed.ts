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

/** Who has locked something, as the beginning of a sentence. */
export function useWhoManages(): string {
  return useManaged()?.policy.organisation ?? t('Your administrator')
}

/** Who requires a skill, so that it can't be removed; null where nobody does. */
export function useRequired(slug: string): string | null {
  const who = useWhoManages()
  const entries = useManaged()?.policy.skills?.preinstall ?? []
  return entries.some(({ skill, required }) => required === true && skill.split('@')[0] === slug) ? who : null
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

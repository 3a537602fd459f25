import { useQueryClient } from '@tanstack/react-query'
import { refresh, staleAfter, useChange } from '../../query.ts'
import type { CallFailed } from '../../bridge.ts'

/** Asks the registry now. Everything that depends on its word is shown anew afterwards. */
export function useTrustCheck(): { check: () => void; checking: boolean; error: CallFailed | null } {
  const client = useQueryClient()
  const change = useChange('trust.refresh')
  return {
    check: () =>
      change.mutate(null, {
        onSuccess: (status) => client.setQueryData(['trust.status', null], status),
        onSettled: () => refresh(client, staleAfter.trust),
      }),
    checking: change.isPending,
    error: change.error,
  }
}

import { useQueryClient } from '@tanstack/react-query'
import { useEffect } from 'react'
import { useBridge } from './bridge.ts'
import { refresh, staleAfter } from './query.ts'

/** Shows anew what changed without the window having asked for it. */
export function useNews(): void {
  const bridge = useBridge()
  const client = useQueryClient()
  useEffect(() => {
    const quiet = [
      bridge.on('library.changed', () => void refresh(client, staleAfter.install)),
      bridge.on('trust.changed', (status) => {
        client.setQueryData(['trust.status', null], status)
        // What the registry says may be new, and a page that could not be shown may be shown now.
        void refresh(client, ['catalog.search', 'catalog.show', 'library.list', 'audit.list'])
      }),
    ]
    return () => {
      for (const each of quiet) each()
    }
  }, [bridge, client])
}

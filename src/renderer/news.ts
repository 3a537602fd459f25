import { useQueryClient } from '@tanstack/react-query'
import { useEffect } from 'react'
import { t } from '../shared/i18n/t.ts'
import { useBridge, type CallOutput } from './bridge.ts'
import { refresh, staleAfter } from './query.ts'
import { useNotice } from './ui/toast.tsx'

/** Shows anew what changed without the window having asked for it. */
export function useNews(): void {
  const bridge = useBridge()
  const client = useQueryClient()
  const notify = useNotice()
  useEffect(() => {
    const quiet = [
      bridge.on('library.changed', ({ slug, withdrawn }) => {
        if (withdrawn !== null) {
          // At once, and also where the list can't be read anew.
          const list = client.getQueryData<CallOutput<'library.list'>>(['library.list', null])
          if (list?.some((skill) => skill.slug === slug) === true)
            client.setQueryData(
              ['library.list', null],
              list.map((skill) => (skill.slug === slug ? { ...skill, withdrawn } : skill)),
            )
          else
            notify({
              text: `${t('{{title}} was withdrawn. Skillet stopped it and moved it away.', { title: withdrawn.title })} ${withdrawn.reason}`,
              stays: true,
            })
        }
        void refresh(client, staleAfter.install)
      }),
      bridge.on('updates.changed', (state) => client.setQueryData(['updates.state', null], state)),
      bridge.on('trust.changed', (status) => {
        client.setQueryData(['trust.status', null], status)
        // What the registry says may be new, and a page that could not be shown may be shown now.
        void refresh(client, ['catalog.search', 'catalog.show', 'library.list', 'audit.list'])
      }),
    ]
    return () => {
      for (const each of quiet) each()
    }
  }, [bridge, client, notify])
}

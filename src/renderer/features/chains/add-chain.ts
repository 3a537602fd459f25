import { t } from '../../../shared/i18n/t.ts'
import { failureNotice } from '../../act.ts'
import { ask, useBridge } from '../../bridge.ts'
import { refresh, staleAfter } from '../../query.ts'
import { hrefs, navigate } from '../../route.ts'
import { useNotice } from '../../ui/toast.tsx'
import { useQueryClient } from '@tanstack/react-query'

/** Takes over a chain's `.toml` file and opens it. */
export function useAddChain(): (path: string) => Promise<void> {
  const bridge = useBridge()
  const client = useQueryClient()
  const notify = useNotice()
  return async (path) => {
    try {
      const { id } = await ask(bridge, 'chain.add', { path })
      await refresh(client, staleAfter.chain)
      navigate(hrefs.chain(id))
    } catch (error) {
      notify(failureNotice(error))
    }
  }
}

/** Removes a chain at once and offers to undo it. */
export function useRemoveChain(): (chain: { id: string; title: string }) => Promise<void> {
  const bridge = useBridge()
  const client = useQueryClient()
  const notify = useNotice()
  const restore = async (undoId: string, title: string) => {
    try {
      await ask(bridge, 'chain.restore', { undoId })
      notify({ text: t('{{title}} is back.', { title }) })
    } catch (error) {
      notify(failureNotice(error))
    }
    await refresh(client, staleAfter.chain)
  }
  return async ({ id, title }) => {
    try {
      const { undoId } = await ask(bridge, 'chain.remove', { id })
      notify({
        text: t('{{title}} was removed.', { title }),
        action: { label: t('Undo'), run: () => void restore(undoId, title) },
      })
    } catch (error) {
      notify(failureNotice(error))
    }
    await refresh(client, staleAfter.chain)
  }
}

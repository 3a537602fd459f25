import { useQueryClient } from '@tanstack/react-query'
import { t } from '../../../shared/i18n/t.ts'
import { failureNotice } from '../../act.ts'
import { ask, useBridge } from '../../bridge.ts'
import { refresh, staleAfter } from '../../query.ts'
import { useNotice } from '../../ui/toast.tsx'

/** Sets the choice about statistics, and says how it went. */
export function useChoose(): (choice: 'on' | 'off') => Promise<void> {
  const bridge = useBridge()
  const client = useQueryClient()
  const notify = useNotice()
  return async (choice) => {
    try {
      await ask(bridge, 'telemetry.choose', { choice })
      notify({
        text:
          choice === 'on'
            ? t('Thank you. Settings shows everything that is sent.')
            : t('Nothing is sent, and nothing is kept for sending.'),
      })
    } catch (error) {
      notify(failureNotice(error))
    }
    await refresh(client, staleAfter.telemetry)
  }
}

import { useQueryClient } from '@tanstack/react-query'
import type { WaitingRequest } from '../../../shared/agent-access.ts'
import { failureNotice } from '../../act.ts'
import { ask, useBridge } from '../../bridge.ts'
import { refresh } from '../../query.ts'
import { useNotice } from '../../ui/toast.tsx'
import { useInstall } from '../install/install-provider.tsx'

/** Opens the usual install dialog for what an agent asked for; a no there is a no to the agent too. */
export function useLookAtInstall(): (request: WaitingRequest) => void {
  const bridge = useBridge()
  const client = useQueryClient()
  const notify = useNotice()
  const install = useInstall()
  return ({ id, slug, title, version }) => {
    install({ slug, title, ...(version === null ? {} : { version }) }, (outcome) => {
      const said =
        outcome === 'refused' || outcome === 'kept'
          ? ask(bridge, 'agentAccess.denyRequest', { id })
          : Promise.resolve(null)
      said
        .catch((error: unknown) => notify(failureNotice(error)))
        .finally(() => void refresh(client, ['agentAccess.waiting']))
    })
  }
}

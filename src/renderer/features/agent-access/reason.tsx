import type { ReactNode } from 'react'
import type { WaitingRequest } from '../../../shared/agent-access.ts'
import { t } from '../../../shared/i18n/t.ts'

/** What each kind of question gets. */
export interface AskProps {
  request: WaitingRequest
  onClose: () => void
}

/** The agent's own words. */
export function Reason({ request: { agent, reason } }: { request: WaitingRequest }): ReactNode {
  if (reason === null) return null
  return (
    <p className="mb-3 rounded-lg bg-sunk p-3 break-words">
      {t('{{agent}} says: “{{reason}}”', { agent: agent.name, reason })}
    </p>
  )
}

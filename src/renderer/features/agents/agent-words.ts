import type { AgentId } from '../../../shared/contract/agents.ts'
import { t } from '../../../shared/i18n/t.ts'

/** An agent's own name; the folder that belongs to none has words of ours. */
export function titleOf({ id, title }: { id: AgentId; title: string }): string {
  return id === 'shared' ? t('Folder shared by several agents') : title
}

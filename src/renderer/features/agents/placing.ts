import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { Agent } from '../../../shared/contract/agents.ts'
import { t } from '../../../shared/i18n/t.ts'
import { failureNotice } from '../../act.ts'
import { ask, useBridge } from '../../bridge.ts'
import { refresh, staleAfter } from '../../query.ts'
import { useNotice, type Notice } from '../../ui/toast.tsx'
import { titleOf } from './agent-words.ts'

/** Gives a skill to one agent and takes it away, each with a way back. */
export function usePlacing(agent: Agent) {
  const bridge = useBridge()
  const client = useQueryClient()
  const notify = useNotice()
  const [pending, setPending] = useState(false)
  const agents = [agent.id]
  const name = titleOf(agent)

  async function change(work: () => Promise<unknown>, notice: Notice): Promise<void> {
    setPending(true)
    try {
      await work()
      notify(notice)
    } catch (error) {
      notify(failureNotice(error))
    }
    setPending(false)
    await refresh(client, staleAfter.agents)
  }

  const place = (slug: string, title: string): Promise<void> =>
    change(() => ask(bridge, 'agents.place', { slug, agents }), {
      text: t('{{name}} sees {{title}} now.', { name, title }),
      action: { label: t('Undo'), run: () => void unplace(slug, title) },
    })
  const unplace = (slug: string, title: string): Promise<void> =>
    change(() => ask(bridge, 'agents.unplace', { slug, agents }), {
      text: t('{{name}} no longer sees {{title}}.', { name, title }),
      action: { label: t('Undo'), run: () => void place(slug, title) },
    })
  return { place, unplace, pending }
}

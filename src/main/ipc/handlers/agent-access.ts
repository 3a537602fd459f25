import { maxTokenDays } from '../../../shared/agent-access.ts'
import type { WindowHandlers } from '../../../shared/contract/index.ts'
import type { ManagedPolicy } from '../../../shared/managed-policy.ts'
import type { AgentAccess } from '../../agent-access.ts'

type AgentAccessHandlers = Pick<
  WindowHandlers,
  | 'agentAccess.waiting'
  | 'agentAccess.list'
  | 'agentAccess.connect'
  | 'agentAccess.refuse'
  | 'agentAccess.disconnect'
  | 'agentAccess.denyRequest'
  | 'agentAccess.allowRun'
  | 'agentAccess.allowShare'
  | 'agentAccess.lookAtFolder'
  | 'agentAccess.allowPublish'
>

/** The person's answers to agents. The bridge has none of these. */
export function agentAccessHandlers(
  access: AgentAccess,
  managed: () => Promise<ManagedPolicy | null>,
): AgentAccessHandlers {
  return {
    'agentAccess.waiting': async () => {
      const { pairings, requests } = await access.get()
      const [connecting, asking] = await Promise.all([pairings.waiting(), requests.waiting()])
      return { pairings: connecting, requests: asking }
    },
    'agentAccess.list': async () => {
      const { tokens } = await access.get()
      const [agents, policy] = await Promise.all([tokens.list(), managed()])
      return { agents, maxDays: Math.min(maxTokenDays, policy?.bridge?.token_days ?? maxTokenDays) }
    },
    'agentAccess.connect': async ({ id, scopes, days }) => {
      await (await access.get()).pairings.approve(id, { scopes, days })
      return null
    },
    'agentAccess.refuse': async ({ id }) => {
      await (await access.get()).pairings.deny(id)
      return null
    },
    'agentAccess.disconnect': async ({ id }) => {
      await (await access.get()).disconnect(id)
      return null
    },
    'agentAccess.denyRequest': async ({ id }) => {
      await (await access.get()).requests.deny(id)
      return null
    },
    'agentAccess.allowRun': async ({ id, folder }) => {
      await (await access.get()).requests.allowRun(id, { folder })
      return null
    },
    'agentAccess.allowShare': async ({ id, days }) => {
      await (await access.get()).requests.allowShare(id, days)
      return null
    },
    'agentAccess.lookAtFolder': async ({ id }) => (await access.get()).requests.lookAtFolder(id),
    'agentAccess.allowPublish': async ({ id }) => (await access.get()).requests.allowPublish(id),
  }
}

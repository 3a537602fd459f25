import type { agentCalls } from '../../../shared/contract/agents.ts'
import type { WindowHandlers } from '../../../shared/contract/index.ts'
import type { EngineSource } from '../../engine-source.ts'
import type { Send } from '../send.ts'

type AgentHandlers = Pick<WindowHandlers, keyof typeof agentCalls>

/** The agents on this computer, as the person sees and arranges them. The bridge has none of these. */
export function agentHandlers(engine: EngineSource, send: Send): AgentHandlers {
  const done = async (work: Promise<void>) => {
    await work
    return null
  }
  return {
    'agents.list': async () => (await engine.get()).agents(),
    'agents.planPlace': async ({ slug, agents }) => (await engine.get()).planPlace(slug, agents),
    'agents.place': async ({ slug, agents }) => done((await engine.get()).placeSkill(slug, agents)),
    'agents.unplace': async ({ slug, agents }) => done((await engine.get()).unplaceSkill(slug, agents)),
    'agents.planConnect': async ({ agent, connect }) => (await engine.get()).planConnection(agent, connect),
    'agents.connect': async ({ agent, connect, digest }) =>
      done((await engine.get()).changeConnection(agent, connect, digest)),
    'agents.scan': async () =>
      (await engine.get()).scanAgents({ onProgress: (progress) => send('agents.scanning', progress) }),
    'agents.adopt': async ({ path, digest }) => done((await engine.get()).adoptSkill(path, digest)),
    'agents.disown': async ({ path }) => done((await engine.get()).disownSkill(path)),
  }
}

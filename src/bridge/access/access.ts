import { join } from 'node:path'
import type { Engine } from '../../engine/api.ts'
import { createJournal } from '../../engine/audit/journal.ts'
import { createPaths } from '../../engine/paths.ts'
import { SkilletError } from '../../shared/errors.ts'
import type { ConnectedAgent } from '../../shared/agent-access.ts'
import type { ManagedPolicy } from '../../shared/managed-policy.ts'
import { createPairings, type Pairings } from './pairing.ts'
import { createRequests, type AgentRequests } from './requests.ts'
import { assertBridgeOpen } from '../policy-watch.ts'
import { createTokens, type Tokens } from './tokens.ts'

/** What administrators say is asked for again after this long, in milliseconds. */
const policyMs = 5000

/** Who may come in, who wants to, and what they want of the person. Files in `SKILLET_HOME/access`, shared by all Skillets here. */
export interface Access {
  readonly tokens: Omit<Tokens, 'revoke'>
  readonly pairings: Pairings
  readonly requests: AgentRequests
  /** Removes an agent: from now on it is told nothing, and nothing of it waits. @throws SkilletError NOT_FOUND */
  disconnect(id: string): Promise<ConnectedAgent>
  /** Hears of everything above that changes, whichever Skillet changed it. */
  onChange(listener: () => void): () => void
  close(): Promise<void>
}

interface AccessPorts {
  readonly home: string
  /** Opened by whoever asks first. */
  readonly engine: () => Promise<Engine>
  /** What administrators decided. @throws SkilletError POLICY_INVALID */
  readonly managed: () => Promise<ManagedPolicy | null>
  readonly now?: () => Date
  readonly log: (line: string) => void
}

export function createAccess({ home, engine, managed, now = () => new Date(), log }: AccessPorts): Access {
  const folder = join(home, 'access')
  const journal = createJournal({ dir: createPaths(home).audit })
  const recent = createRecent(managed)
  const tokens = createTokens({ file: join(folder, 'tokens.json'), managed: recent, now, log })
  const assertOpen = async () => assertBridgeOpen(await recent())
  const pairings = createPairings({ file: join(folder, 'pairings.json'), tokens, assertOpen, journal, now })
  const requests = createRequests({ file: join(folder, 'requests.json'), home, engine, journal, now })
  return {
    tokens,
    pairings,
    requests,
    async disconnect(id) {
      const removed = await tokens.revoke(id)
      await requests.drop(id)
      if (removed === null) throw new SkilletError('NOT_FOUND', 'This agent was removed already.')
      await journal.append('agent.removed', null, `You removed ${removed.name}.`, { agent: id })
      return removed
    },
    onChange(listener) {
      const stops = [tokens, pairings, requests].map((part) => part.onChange(listener))
      return () => stops.forEach((stop) => stop())
    },
    close: () => tokens.settled(),
  }
}

/** The same answer for a few seconds: administrators are asked with each request, and asking may start a program. */
function createRecent<T>(read: () => Promise<T>): () => Promise<T> {
  let last: { at: number; answer: Promise<T> } | null = null
  return () => {
    const at = performance.now()
    if (last === null || at - last.at > policyMs) {
      const answer = read()
      const asked = { at, answer }
      last = asked
      // What is wrong is told to whoever asked, and asked anew.
      answer.catch(() => {
        if (last === asked) last = null
      })
    }
    return last.answer
  }
}

import type { Access } from '../bridge/access/access.ts'
import type { Pairing, WaitingRequest } from '../shared/agent-access.ts'
import { t } from '../shared/i18n/t.ts'
import type { ManagedPolicy } from '../shared/managed-policy.ts'
import type { EngineSource } from './engine-source.ts'
import { describeError, type Log } from './log.ts'
import type { Send } from './ipc/send.ts'

/** Gives what agents may do here to whoever asks for it first; nothing of it is loaded before. */
export interface AgentAccess {
  get(): Promise<Access>
  close(): Promise<void>
}

interface AgentAccessPorts {
  readonly home: string
  readonly engine: EngineSource
  readonly managed: () => Promise<ManagedPolicy | null>
  readonly send: Send
  /** Something new waits for the person: said where they look, if they don't look at the window. */
  readonly onAsked: (words: string) => void
  /** So much waits for the person now. */
  readonly onWaiting: (count: number) => void
  readonly log: Log
}

export function createAgentAccess(ports: AgentAccessPorts): AgentAccess {
  const { home, engine, managed, send, log } = ports
  let current: Promise<Access> | null = null
  let stop = () => {}

  async function open(): Promise<Access> {
    const { createAccess } = await import('../bridge/access/access.ts')
    const access = createAccess({ home, engine: () => engine.get(), managed, log })
    let known = new Set<string>()
    const look = async () => {
      const [pairings, requests] = await Promise.all([access.pairings.waiting(), access.requests.waiting()])
      ports.onWaiting(pairings.length + requests.length)
      const before = known
      known = new Set([...pairings, ...requests].map(({ id }) => id))
      for (const one of [...pairings, ...requests]) if (!before.has(one.id)) ports.onAsked(wordsOf(one))
    }
    const hear = () => {
      send('agentAccess.changed', null)
      look().catch((error: unknown) => log(`agents’ requests: ${describeError(error)}`))
    }
    stop = access.onChange(hear)
    hear()
    return access
  }

  return {
    get() {
      current ??= open().catch((error: unknown) => {
        current = null
        throw error
      })
      return current
    },
    async close() {
      stop()
      // One that could not be opened has told every caller so, and holds nothing.
      await (await current?.catch(() => null))?.close()
    },
  }
}

function wordsOf(one: Pairing | WaitingRequest): string {
  if ('code' in one) return t('{{agent}} would like to connect to Skillet', { agent: one.name })
  const words = { agent: one.agent.name, title: one.title }
  switch (one.kind) {
    case 'install':
      return t('{{agent}} would like to install {{title}}', words)
    case 'run':
      return t('{{agent}} would like to run {{title}}', words)
    case 'share':
      return t('{{agent}} would like to share {{title}}', words)
    case 'publish':
      return t('{{agent}} would like to submit {{title}} for review', words)
  }
}

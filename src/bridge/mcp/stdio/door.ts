import type { Result } from '@modelcontextprotocol/server'
import { agentNameSchema } from '../../../shared/agent-name.ts'
import { SkilletError } from '../../../shared/errors.ts'
import type { LocalUpstream } from './local.ts'
import { createPairing, type Pairing } from './pair.ts'
import { findBridge, Unreached, type SocketClient } from './socket-client.ts'
import { createTokenFile, type TokenFile } from './token-file.ts'
import {
  createUpstream,
  type Caller,
  type Upstream,
  type UpstreamHooks,
  type UpstreamRequest,
} from './upstream.ts'

interface DoorPorts {
  readonly home: string
  /** What the agent's configuration calls it; null: what it calls itself. */
  readonly name: string | null
  /** The engine in this process, for where no Skillet runs. Opens nothing by itself. */
  readonly openLocal: (name: string) => Promise<LocalUpstream>
  /** What is installed has changed, or the agent may see it from now on. */
  readonly onChanged: () => void
}

/** Where an agent's requests go. */
export interface Door {
  ask(caller: Caller, request: UpstreamRequest, hooks: UpstreamHooks): Promise<Result>
  /** Ends what this process runs itself. */
  close(): Promise<void>
}

/** The Skillet that runs, as an agent of it that has a token or not. */
interface Joined {
  readonly bridge: SocketClient
  readonly file: TokenFile
  readonly pairing: Pairing
}

/** What an agent asks for on its own as it starts: nobody is disturbed for that. */
const emptyLists: Readonly<Record<string, Result>> = {
  'resources/list': { resources: [] },
  'resources/templates/list': { resourceTemplates: [] },
  'prompts/list': { prompts: [] },
  'skills/list': { skills: [] },
}

/**
 * Joins the Skillet that runs, and where none does asks the engine in this process. What the agent may do is decided over
 * there either way. Connecting needs the person, who is asked when the agent first wants more than to know what there is.
 */
export function createDoor({ home, name, openLocal, onChanged }: DoorPorts): Door {
  let joined: Promise<Joined | null> | null = null
  let local: Promise<LocalUpstream> | null = null
  let listening: AbortController | null = null

  const nameOf = ({ info }: Caller) =>
    name ?? [info.title, info.name].find((one) => agentNameSchema.safeParse(one).success) ?? 'An agent'

  async function join(caller: Caller): Promise<Joined | null> {
    const bridge = await findBridge(home)
    if (bridge === null) return null
    const own = nameOf(caller)
    const file = createTokenFile(home, own)
    return { bridge, file, pairing: createPairing(bridge, { name: own, file, onToken: onChanged }) }
  }

  function openedLocal(caller: Caller): Promise<LocalUpstream> {
    return (local ??= openLocal(nameOf(caller)).catch((error: unknown) => {
      local = null
      throw error
    }))
  }

  async function upstreamFor(
    caller: Caller,
    request: UpstreamRequest,
    signal: AbortSignal,
  ): Promise<Upstream | Result> {
    joined ??= join(caller).catch((error: unknown) => {
      joined = null
      throw error
    })
    const there = await joined
    if (there === null) return openedLocal(caller)
    const known = await there.file.read()
    if (known === null) {
      // What tools there are is the same everywhere.
      if (request.method === 'tools/list') return openedLocal(caller)
      const empty = emptyLists[request.method]
      if (empty !== undefined) return empty
    }
    return createUpstream(there.bridge.exchangeAs(known ?? (await there.pairing.token(signal))))
  }

  async function ask(
    caller: Caller,
    request: UpstreamRequest,
    hooks: UpstreamHooks,
    again: boolean,
  ): Promise<Result> {
    try {
      const upstream = await upstreamFor(caller, request, hooks.signal)
      if (!('ask' in upstream)) return upstream as Result
      const result = await (upstream as Upstream).ask(caller, request, hooks)
      if (request.method !== 'tools/list') listen(caller, upstream as Upstream)
      return result
    } catch (error) {
      if (!again) throw error instanceof Unreached ? gone(error) : error
      // Skillet was closed or started anew: nothing of this has been done yet.
      if (error instanceof Unreached) joined = null
      else if (error instanceof SkilletError && error.code === 'UNAUTHORIZED' && (await hadToken()))
        await (await joined)!.file.forget()
      else throw error
      return ask(caller, request, hooks, false)
    }
  }

  async function hadToken(): Promise<boolean> {
    const there = await joined
    return there !== null && (await there.file.read()) !== null
  }

  /** Hears of changes from now on, until the other end goes. */
  function listen(caller: Caller, upstream: Upstream): void {
    if (listening !== null) return
    const mine = new AbortController()
    listening = mine
    const notifications = { toolsListChanged: true, resourcesListChanged: true, promptsListChanged: true }
    const onMessage = ({ method }: { method?: string }) => {
      if (method === 'notifications/tools/list_changed') onChanged()
    }
    upstream
      .ask(
        caller,
        { method: 'subscriptions/listen', params: { notifications } },
        { signal: mine.signal, onMessage },
      )
      // The next request finds out what became of the other end.
      .catch(() => undefined)
      .finally(() => {
        if (listening === mine) listening = null
      })
  }

  return {
    ask: (caller, request, hooks) => ask(caller, request, hooks, true),
    async close() {
      listening?.abort()
      await (await local)?.close()
    },
  }
}

const gone = (cause: unknown) =>
  new SkilletError('BUSY', 'Skillet was closed while this was under way.', {
    remedy: 'Open Skillet and try again.',
    cause,
  })

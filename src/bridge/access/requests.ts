import type { Engine } from '../../engine/api.ts'
import type { Journal } from '../../engine/ports.ts'
import type { AgentRequest, WaitingRequest } from '../../shared/agent-access.ts'
import { SkilletError } from '../../shared/errors.ts'
import type { InputValues } from '../../shared/input-values.ts'
import type { Agent } from '../operations/operation.ts'
import { createAsking } from './asking.ts'
import { givenPaths, isWithin } from './given-paths.ts'
import { plainLine } from './plain-line.ts'
import { createPublishRequests, type PublishRequests } from './publish-requests.ts'
import { createRate } from './rate.ts'
import { createRequestBook } from './request-book.ts'
import { createShareRequests, type ShareRequests } from './share-requests.ts'
import { isSameWish, plainWish, shownRequest, type StoredRequest, type Wish } from './stored-request.ts'
import { waitUntil, type Patience } from './wait-until.ts'

/** Each look at whether something can be installed asks the registry, and leaves a line in the journal where it can't. */
const lookRate = { times: 30, withinMs: 10 * 60_000 }

export interface InstallAsk {
  readonly slug: string
  readonly version?: string | undefined
  readonly reason?: string | undefined
}
export interface RunAsk {
  readonly slug: string
  readonly inputs: InputValues
  readonly reason?: string | undefined
}

/** Either it may start now, with these inputs and from these files, or the person has to answer first. */
export type RunAnswer =
  | { readonly go: true; readonly inputs: InputValues; readonly wasChosen: (path: string) => boolean }
  | { readonly go: false; readonly request: AgentRequest }

/** What agents ask for and only a person can answer. Nothing here lets an agent answer anything. */
export interface AgentRequests extends ShareRequests, Omit<PublishRequests, 'current'> {
  /**
   * Asks the person to install a skill. Everything that the person could not change is checked first, so that nobody is asked in
   * vain. The same wish again gives the same request, also one that was denied within a day.
   * @throws SkilletError RATE_LIMITED, INPUT_INVALID for a key that was used for something else, and what `planInstall` throws
   */
  install(agent: Agent, ask: InstallAsk, idempotencyKey?: string | null): Promise<AgentRequest>
  /**
   * Whether an agent's run may start. It waits for the person where the skill still wants an answer, and where the agent
   * gives it a file or folder that the person hasn't allowed: a skill must not read for an agent what the agent itself
   * may not. What was allowed is used up by one run.
   * @throws SkilletError NOT_INSTALLED, INPUT_INVALID, RATE_LIMITED
   */
  mayRun(agent: Agent, ask: RunAsk): Promise<RunAnswer>
  /** The agent's own; waits for an answer no longer than `patience` says. @throws SkilletError NOT_FOUND, CANCELLED */
  get(agent: Agent, id: string, patience?: Patience): Promise<AgentRequest>
  list(agent: Agent): Promise<AgentRequest[]>
  /** The agent doesn't want it any more. @throws SkilletError NOT_FOUND */
  withdraw(agent: Agent, id: string): Promise<AgentRequest>

  /** For the person: what waits for an answer, oldest first. */
  waiting(): Promise<WaitingRequest[]>
  /** @throws SkilletError NOT_FOUND for one that doesn't wait any more */
  deny(id: string): Promise<void>
  /**
   * The person allows this run; with `folder`, this agent may also give this skill other files from the same folders.
   * @throws SkilletError NOT_FOUND
   */
  allowRun(id: string, also?: { folder: boolean }): Promise<void>
  /** The agent was removed: nothing of it waits any more. */
  drop(agentId: string): Promise<void>
  onChange(listener: () => void): () => void
}

interface RequestsPorts {
  readonly file: string
  /** Skillet's own folder, which no skill is given. */
  readonly home: string
  readonly engine: () => Promise<Engine>
  readonly journal: Journal
  readonly now: () => Date
}

export function createRequests({ file, home, engine, journal, now }: RequestsPorts): AgentRequests {
  const book = createRequestBook({ file, now })
  const rate = createRate({ ...lookRate, now })

  const asking = createAsking({ book, home, engine, journal, rate })
  const { answer, ask, note } = asking
  const sharing = createShareRequests(asking)
  const { current, ...publishing } = createPublishRequests(asking)

  async function settleInstalls(): Promise<void> {
    const pending = (await book.read()).requests.filter(
      ({ kind, state }) => kind === 'install' && state === 'pending',
    )
    if (pending.length === 0) return
    const there = await (await engine()).installed()
    for (const one of pending)
      if (there.some(({ slug, version }) => slug === one.slug && version === one.version)) {
        // Null where another Skillet was faster.
        const done = await book.answer(one.id, 'done')
        if (done !== null)
          await note(
            'agent.answered',
            done,
            `You installed ${done.title} ${done.version}, which ${done.agentName} had asked for.`,
          )
      }
  }

  async function ownRequest(agent: Agent, id: string): Promise<StoredRequest> {
    const one = (await book.read()).requests.find((each) => each.id === id && each.agentId === agent.id)
    if (one === undefined) throw new SkilletError('NOT_FOUND', 'You have no request with this id.')
    return one
  }

  return {
    ...sharing,
    ...publishing,
    async install(agent, { slug, version, reason }, idempotencyKey = null) {
      asking.take(agent, `${agent.name} has asked for too many skills in a short time.`)
      const open = await engine()
      const there = (await open.installed()).find((one) => one.slug === slug && one.withdrawn === null)
      if (there !== undefined && (version === undefined || version === there.version)) {
        const { request } = await book.add(agent, toWish(there, null), { idempotencyKey, done: true })
        return shownRequest(request)
      }
      const plan = await open.planInstall({ slug, version })
      open.discardPlan(plan.planId)
      const wish = toWish(plan.skill, plainLine(reason, 300))
      const what = `${wish.title} ${wish.version}`
      const text = `${agent.name} asked you to install ${what}.`
      return shownRequest(await ask(agent, wish, idempotencyKey, text))
    },
    async mayRun(agent, { slug, inputs, reason }) {
      const open = await engine()
      const skill = (await open.installed()).find((one) => one.slug === slug)
      if (skill === undefined) throw new SkilletError('NOT_INSTALLED', `${slug} is not installed.`)
      const paths = await givenPaths(skill.manifest, inputs, home)
      const wish: Wish = {
        ...plainWish,
        kind: 'run',
        slug,
        version: skill.version,
        title: skill.title,
        inputs: { ...inputs, ...Object.fromEntries(paths.map(({ input, source }) => [input, source])) },
        reason: plainLine(reason, 300),
        paths,
      }
      const go: RunAnswer = {
        go: true,
        inputs: wish.inputs,
        wasChosen: (path) => paths.some(({ source }) => source === path),
      }
      if ((await book.useApproval(agent, (one) => isSameWish(one, wish))) !== null) return go
      const { folders } = await book.read()
      const allowed = folders.filter((one) => one.agentId === agent.id && one.slug === slug)
      const known = paths.every(({ source }) => allowed.some(({ folder }) => isWithin(source, folder)))
      if (known && !(await open.asks(slug)).some(({ decided }) => decided === null)) return go
      const what = `${wish.title} ${wish.version}`
      const text = `${agent.name} asked to run ${what}.`
      return { go: false, request: shownRequest(await ask(agent, wish, null, text)) }
    },
    async get(agent, id, patience) {
      const seen = await waitUntil(book, patience, async () => {
        await settleInstalls()
        const one = await ownRequest(agent, id)
        // One that is being submitted right now is as good as waiting.
        const moves = one.state === 'pending' || (one.kind === 'publish' && one.state === 'approved')
        return { value: one, settled: !moves, at: one.expiresAt }
      })
      return shownRequest(await current(seen))
    },
    async list(agent) {
      await settleInstalls()
      return (await book.read()).requests.filter(({ agentId }) => agentId === agent.id).map(shownRequest)
    },
    async withdraw(agent, id) {
      await ownRequest(agent, id)
      return shownRequest(await answer(id, 'expired'))
    },

    async waiting() {
      await settleInstalls()
      return (await book.read()).requests
        .filter(({ state }) => state === 'pending')
        .map((one) => ({ ...shownRequest(one), agent: { id: one.agentId, name: one.agentName } }))
    },
    async deny(id) {
      const denied = await answer(id, 'denied')
      const { kind, title, version, agentName } = denied
      const text = {
        install: `You did not install ${title} ${version}, which ${agentName} had asked for.`,
        run: `You did not let ${agentName} run ${title} ${version}.`,
        share: `You did not let ${agentName} share ${title}.`,
        publish: `You did not submit ${title} ${version}, which ${agentName} had asked for.`,
      }[kind]
      await note('agent.answered', denied, text)
    },
    async allowRun(id, also) {
      const allowed = await answer(id, 'approved', { ...also, kind: 'run' })
      await note(
        'agent.answered',
        allowed,
        `You let ${allowed.agentName} run ${allowed.title} ${allowed.version}.`,
      )
    },
    drop: (agentId) => book.drop(agentId),
    onChange: (listener) => book.onChange(listener),
  }
}

function toWish(
  { slug, version, title }: Pick<StoredRequest, 'slug' | 'version' | 'title'>,
  reason: string | null,
): Wish {
  return { ...plainWish, kind: 'install', slug, version, title, reason }
}

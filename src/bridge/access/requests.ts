import { randomUUID } from 'node:crypto'
import type { Engine } from '../../engine/api.ts'
import type { Journal } from '../../engine/ports.ts'
import type { AgentRequest, WaitingRequest } from '../../shared/agent-access.ts'
import type { InstalledSkill } from '../../shared/contract/library.ts'
import { SkilletError } from '../../shared/errors.ts'
import type { InputValues } from '../../shared/input-values.ts'
import type { Agent } from '../operations/operation.ts'
import { createBook } from './book.ts'
import { givenPaths, isWithin, rememberedFolder } from './given-paths.ts'
import { plainLine } from './plain-line.ts'
import { createRate } from './rate.ts'
import {
  answerMs,
  atTime,
  isSameWish,
  requestsFileSchema,
  shownRequest,
  standsFor,
  startMs,
  type RequestsFile,
  type StoredRequest,
  type Wish,
} from './stored-request.ts'
import { waitUntil, type Patience } from './wait-until.ts'

const maxWaiting = { ofAgent: 3, together: 10 }
/** Remembered ones of one agent, the waiting ones included. */
const maxOfAgent = 50
const maxFolders = 200
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
export interface AgentRequests {
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
  /** Something was installed: what waited for that is done. */
  installed(): Promise<void>
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
  const book = createBook({
    file,
    schema: () => requestsFileSchema,
    empty: { schema: 1, requests: [], folders: [] },
  })
  const rate = createRate({ ...lookRate, now })
  const at = () => now().toISOString()
  const later = (ms: number) => new Date(now().getTime() + ms).toISOString()
  const current = (content: RequestsFile) => atTime(content, now().getTime())
  const read = async () => current(await book.read())

  /** Adds it, unless the same is there already. */
  function add(agent: Agent, wish: Wish, idempotencyKey: string | null): Promise<StoredRequest> {
    return book
      .change<StoredRequest | SkilletError>((before) => {
        const content = current(before)
        const own = content.requests.filter(({ agentId }) => agentId === agent.id)
        const sameKey =
          idempotencyKey === null ? undefined : own.find((one) => one.idempotencyKey === idempotencyKey)
        if (sameKey !== undefined && !isSameWish(sameKey, wish))
          return [
            content,
            new SkilletError('INPUT_INVALID', 'This idempotency key was used for another request.'),
          ]
        const same = sameKey ?? own.find((one) => isSameWish(one, wish) && standsFor(one, now().getTime()))
        if (same !== undefined) return [content, same]
        const waiting = content.requests.filter(({ state }) => state === 'pending')
        const ofAgent = waiting.filter(({ agentId }) => agentId === agent.id).length
        if (
          ofAgent >= maxWaiting.ofAgent ||
          waiting.length >= maxWaiting.together ||
          own.length >= maxOfAgent
        )
          return [
            content,
            new SkilletError('RATE_LIMITED', 'Too many requests wait for the person, or were made today.', {
              remedy: 'Wait until they are answered in Skillet.',
            }),
          ]
        const added: StoredRequest = {
          ...wish,
          id: randomUUID(),
          state: 'pending',
          askedAt: at(),
          expiresAt: later(answerMs[wish.kind]),
          answeredAt: null,
          error: null,
          agentId: agent.id,
          agentName: agent.name,
          idempotencyKey,
        }
        return [{ ...content, requests: [...content.requests, added] }, added]
      })
      .then((added) => {
        if (added instanceof SkilletError) throw added
        return added
      })
  }

  /** Answers one that waits. @throws SkilletError NOT_FOUND */
  async function answer(
    id: string,
    state: 'approved' | 'denied' | 'expired' | 'done',
    also: (content: RequestsFile, one: StoredRequest) => Partial<RequestsFile> = () => ({}),
  ): Promise<StoredRequest> {
    const answered = await book.change<StoredRequest | null>((before) => {
      const content = current(before)
      const one = content.requests.find((each) => each.id === id && each.state === 'pending')
      if (one === undefined) return [content, null]
      const next = {
        ...one,
        state,
        answeredAt: at(),
        ...(state === 'approved' ? { expiresAt: later(startMs) } : {}),
      }
      const requests = content.requests.map((each) => (each === one ? next : each))
      return [{ ...content, ...also(content, one), requests }, next]
    })
    if (answered === null)
      throw new SkilletError('NOT_FOUND', 'This request does not wait for an answer any more.', {
        remedy: 'Have the agent ask again.',
      })
    return answered
  }

  async function settleInstalls(): Promise<void> {
    const pending = (await read()).requests.filter(
      ({ kind, state }) => kind === 'install' && state === 'pending',
    )
    if (pending.length === 0) return
    const there = await (await engine()).installed()
    for (const one of pending)
      if (there.some(({ slug, version }) => slug === one.slug && version === one.version)) {
        await answer(one.id, 'done').catch((error: unknown) => {
          // Somebody else was faster.
          if (!(error instanceof SkilletError && error.code === 'NOT_FOUND')) throw error
        })
        await journal.append(
          'agent.answered',
          one.slug,
          `You installed ${one.title} ${one.version}, which ${one.agentName} had asked for.`,
          { request: one.id, agent: one.agentId, version: one.version },
        )
      }
  }

  async function own(agent: Agent, id: string): Promise<StoredRequest> {
    const one = (await read()).requests.find((each) => each.id === id && each.agentId === agent.id)
    if (one === undefined) throw new SkilletError('NOT_FOUND', 'You have no request with this id.')
    return one
  }

  async function ask(agent: Agent, wish: Wish, idempotencyKey: string | null): Promise<StoredRequest> {
    const known = new Set((await read()).requests.map(({ id }) => id))
    const one = await add(agent, wish, idempotencyKey)
    if (!known.has(one.id))
      await journal.append(
        'agent.asked',
        wish.slug,
        wish.kind === 'install'
          ? `${agent.name} asked you to install ${wish.title} ${wish.version}.`
          : `${agent.name} asked to run ${wish.title} ${wish.version}.`,
        { request: one.id, agent: agent.id, version: wish.version },
      )
    return one
  }

  /** An approval of exactly this, which is used up by it. */
  function useApproval(agent: Agent, wish: Wish): Promise<boolean> {
    return book.change((before) => {
      const content = current(before)
      const one = content.requests.find(
        (each) => each.agentId === agent.id && each.state === 'approved' && isSameWish(each, wish),
      )
      if (one === undefined) return [content, false]
      const used = { ...one, state: 'done' as const, answeredAt: at() }
      return [{ ...content, requests: content.requests.map((each) => (each === one ? used : each)) }, true]
    })
  }

  return {
    async install(agent, { slug, version, reason }, idempotencyKey = null) {
      if (!rate.take(agent.id))
        throw new SkilletError('RATE_LIMITED', `${agent.name} has asked for too many skills in a short time.`)
      const open = await engine()
      const there = (await open.installed()).find((one) => one.slug === slug && one.withdrawn === null)
      if (there !== undefined && (version === undefined || version === there.version))
        return installedAlready(there, at())
      const plan = await open.planInstall({ slug, version })
      open.discardPlan(plan.planId)
      const wish: Wish = {
        kind: 'install',
        slug,
        version: plan.skill.version,
        title: plan.skill.title,
        inputs: {},
        reason: plainLine(reason, 300),
        paths: [],
      }
      return shownRequest(await ask(agent, wish, idempotencyKey))
    },
    async mayRun(agent, { slug, inputs, reason }) {
      const open = await engine()
      const skill = (await open.installed()).find((one) => one.slug === slug)
      if (skill === undefined) throw new SkilletError('NOT_INSTALLED', `${slug} is not installed.`)
      const paths = await givenPaths(skill.manifest, inputs, home)
      const wish: Wish = {
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
      if (await useApproval(agent, wish)) return go
      const { folders } = await read()
      const allowed = folders.filter((one) => one.agentId === agent.id && one.slug === slug)
      const known = paths.every(({ source }) => allowed.some(({ folder }) => isWithin(source, folder)))
      if (known && !(await open.asks(slug)).some(({ decided }) => decided === null)) return go
      return { go: false, request: shownRequest(await ask(agent, wish, null)) }
    },
    async get(agent, id, patience) {
      await settleInstalls()
      return shownRequest(
        await waitUntil(book, patience, async () => {
          const one = await own(agent, id)
          return { value: one, settled: one.state !== 'pending', at: one.expiresAt }
        }),
      )
    },
    async list(agent) {
      await settleInstalls()
      return (await read()).requests.filter(({ agentId }) => agentId === agent.id).map(shownRequest)
    },
    async withdraw(agent, id) {
      await own(agent, id)
      return shownRequest(await answer(id, 'expired'))
    },

    async waiting() {
      await settleInstalls()
      return (await read()).requests
        .filter(({ state }) => state === 'pending')
        .map((one) => ({ ...shownRequest(one), agent: { id: one.agentId, name: one.agentName } }))
    },
    async deny(id) {
      const { slug, kind, title, version, agentName, agentId } = await answer(id, 'denied')
      await journal.append(
        'agent.answered',
        slug,
        `You did not let ${agentName} ${kind === 'install' ? 'have' : 'run'} ${title} ${version}.`,
        { request: id, agent: agentId, version },
      )
    },
    async allowRun(id, { folder } = { folder: false }) {
      const { slug, title, version, agentName, agentId } = await answer(id, 'approved', (content, one) => {
        const added = folder ? one.paths.flatMap((path) => rememberedFolder(path) ?? []) : []
        const all = [
          ...content.folders,
          ...added.map((place) => ({ agentId: one.agentId, slug: one.slug, folder: place })),
        ]
        return { folders: all.slice(-maxFolders) }
      })
      await journal.append('agent.answered', slug, `You let ${agentName} run ${title} ${version}.`, {
        request: id,
        agent: agentId,
        version,
      })
    },
    installed: settleInstalls,
    async drop(agentId) {
      await book.change((content) => [
        {
          ...content,
          requests: content.requests.filter((one) => one.agentId !== agentId),
          folders: content.folders.filter((one) => one.agentId !== agentId),
        },
        null,
      ])
    },
    onChange: (listener) => book.onChange(listener),
  }
}

/** Nobody has to be asked. */
function installedAlready({ slug, version, title }: InstalledSkill, at: string): AgentRequest {
  return {
    id: randomUUID(),
    kind: 'install',
    slug,
    version,
    title,
    inputs: {},
    reason: null,
    state: 'done',
    askedAt: at,
    expiresAt: at,
    answeredAt: at,
    error: null,
  }
}

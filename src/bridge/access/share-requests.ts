import { maxShareDays, type AgentRequest } from '../../shared/agent-access.ts'
import { SkilletError, toSkilletError } from '../../shared/errors.ts'
import type { Agent } from '../operations/operation.ts'
import type { SharedBundle } from '../operations/shared-bundle.ts'
import type { Asking } from './asking.ts'
import { plainLine } from './plain-line.ts'
import { plainWish, shownRequest, type StoredRequest } from './stored-request.ts'

export interface ShareAsk {
  /** The bundle's name at the registry. */
  readonly bundle: string
  readonly days: number
  readonly reason?: string | undefined
}

/** Agents ask for a token that lets others read a bundle of the person's. */
export interface ShareRequests {
  /** @throws SkilletError RATE_LIMITED, UNAUTHORIZED, FORBIDDEN, NOT_FOUND for a bundle that isn't the account's */
  share(agent: Agent, ask: ShareAsk, idempotencyKey?: string | null): Promise<AgentRequest>
  /**
   * Makes the token that the person allowed and hands it to the agent, once: it is written down nowhere. `share` is null
   * where there is nothing to hand over, or not any more.
   */
  handOver(
    agent: Agent,
    request: AgentRequest,
  ): Promise<{ request: AgentRequest; share: SharedBundle | null }>
  /** For the person. @throws SkilletError NOT_FOUND, INPUT_INVALID for longer than was asked */
  allowShare(id: string, days: number): Promise<void>
}

export function createShareRequests(asking: Asking): ShareRequests {
  const { book, engine, note } = asking

  /** Of one that nobody else can take any more. */
  async function mint(one: StoredRequest): Promise<SharedBundle> {
    const { agentName, title, slug, bundleId, days } = one
    const { prefix, ...made } = await (
      await engine()
    ).shareBundle(bundleId!, { label: `For ${agentName}`, days: days! })
    await note('agent.answered', one, `${agentName} was given a token for your bundle ${title}.`, {
      prefix,
      expiresAt: made.expiresAt,
    })
    return { ...made, bundle: slug }
  }

  return {
    async share(agent, { bundle: name, days, reason }, idempotencyKey = null) {
      asking.take(agent, `${agent.name} has asked for too many bundles in a short time.`)
      const bundle = await (await engine()).bundleToShare(name)
      const wish = {
        ...plainWish,
        kind: 'share' as const,
        slug: bundle.name,
        version: null,
        title: bundle.title,
        days,
        bundleId: bundle.id,
        reason: plainLine(reason, 300),
      }
      const text = `${agent.name} asked for a token for your bundle ${bundle.title}.`
      return shownRequest(await asking.ask(agent, wish, idempotencyKey, text))
    },
    async handOver(agent, request) {
      if (request.kind !== 'share' || request.state !== 'approved') return { request, share: null }
      // Taken before it is made: whoever asks at the same time, also of another Skillet, gets none.
      const taken = await book.useApproval(agent, ({ id }) => id === request.id)
      if (taken === null) return { request: { ...request, state: 'done' }, share: null }
      try {
        const share = await mint(taken)
        return { request: shownRequest(taken), share }
      } catch (thrown) {
        const error = toSkilletError(thrown).toPlain()
        const failed = { ...taken, state: 'failed' as const, error }
        await book.settle(taken.id, failed)
        await note(
          'agent.answered',
          taken,
          `${taken.agentName} got no token for your bundle ${taken.title}.`,
          {
            code: error.code,
          },
        )
        return { request: shownRequest(failed), share: null }
      }
    },
    async allowShare(id, days) {
      const asked = (await book.read()).requests.find((one) => one.id === id)
      if (days > (asked?.days ?? maxShareDays))
        throw new SkilletError('INPUT_INVALID', 'That is longer than the agent asked for.')
      const allowed = await asking.answer(id, 'approved', { kind: 'share', days })
      await note(
        'agent.answered',
        allowed,
        days === 1
          ? `You let ${allowed.agentName} share ${allowed.title} for one day.`
          : `You let ${allowed.agentName} share ${allowed.title} for ${days} days.`,
      )
    },
  }
}

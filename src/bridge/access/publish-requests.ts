import type { AgentRequest } from '../../shared/agent-access.ts'
import type { FolderLook } from '../../shared/contract/agent-access.ts'
import { SkilletError, toSkilletError } from '../../shared/errors.ts'
import type { Agent } from '../operations/operation.ts'
import type { Asking } from './asking.ts'
import { givenFolder } from './given-paths.ts'
import { plainLine } from './plain-line.ts'
import { plainWish, shownRequest, type StoredRequest } from './stored-request.ts'

export interface PublishAsk {
  /** Absolute path of a skill's folder. */
  readonly folder: string
  readonly reason?: string | undefined
}

/** Agents ask to submit a skill's folder to the registry's review. */
export interface PublishRequests {
  /** @throws SkilletError RATE_LIMITED, INPUT_INVALID for a folder that may not be named, and what `lookAtFolder` throws */
  publish(agent: Agent, ask: PublishAsk, idempotencyKey?: string | null): Promise<AgentRequest>
  /** How far the review of one that was submitted is. */
  current(one: StoredRequest): Promise<StoredRequest>
  /** For the person: what would be submitted. @throws SkilletError NOT_FOUND, INTEGRITY_BROKEN where it is not what was asked for */
  lookAtFolder(id: string): Promise<FolderLook>
  /** For the person: submits it, as it was shown. @throws SkilletError NOT_FOUND, INTEGRITY_BROKEN, and why the registry refused */
  allowPublish(id: string): Promise<{ id: string }>
}

export function createPublishRequests(asking: Asking): PublishRequests {
  const { book, engine, home, note } = asking

  /** The folder that was asked for, if the same one still lies there. @throws SkilletError INTEGRITY_BROKEN, INPUT_INVALID */
  async function folderOf({ folder, paths }: StoredRequest): Promise<string> {
    const { source, identity } = await givenFolder(folder!, home)
    if (source !== paths[0]?.source || identity !== paths[0].identity) throw changed()
    return source
  }

  return {
    async publish(agent, { folder, reason }, idempotencyKey = null) {
      asking.take(agent, `${agent.name} has asked to submit too often in a short time.`)
      const path = await givenFolder(folder, home)
      const { slug, version, title, digest } = await (await engine()).lookAtFolder(path.source)
      const wish = {
        ...plainWish,
        kind: 'publish' as const,
        slug,
        version,
        title,
        folder: path.source,
        digest,
        paths: [path],
        reason: plainLine(reason, 300),
      }
      const what = `${title} ${version}`
      const text = `${agent.name} asked to submit ${what} for review.`
      return shownRequest(await asking.ask(agent, wish, idempotencyKey, text))
    },
    async current(one) {
      if (one.kind !== 'publish' || one.submission === null) return one
      try {
        const state = await (await engine()).submissionState(one.submission.id)
        return { ...one, submission: { ...one.submission, state } }
      } catch (error) {
        // That it was submitted is known all the same, also where the registry can't be asked or wants another key.
        if (error instanceof SkilletError) return one
        throw error
      }
    },
    async lookAtFolder(id) {
      const asked = (await book.read()).requests.find(
        (one) => one.id === id && one.kind === 'publish' && one.state === 'pending',
      )
      if (asked === undefined)
        throw new SkilletError('NOT_FOUND', 'This request does not wait for an answer any more.')
      const look = await (await engine()).lookAtFolder(await folderOf(asked))
      if (look.digest !== asked.digest) throw changed()
      return look
    },
    async allowPublish(id) {
      const allowed = await asking.answer(id, 'approved', { kind: 'publish' })
      const what = `${allowed.title} ${allowed.version}`
      try {
        const folder = await folderOf(allowed)
        const submission = await (await engine()).submitFolder(folder, allowed.digest!)
        await book.settle(id, { state: 'done', error: null, submission })
        await note('agent.answered', allowed, `You submitted ${what}, as ${allowed.agentName} had asked.`, {
          submission: submission.id,
        })
        return { id: submission.id }
      } catch (thrown) {
        const error = toSkilletError(thrown)
        await book.settle(id, { state: 'failed', error: error.toPlain(), submission: null })
        await note(
          'agent.answered',
          allowed,
          `${what}, which ${allowed.agentName} wanted to submit, was not submitted.`,
          {
            code: error.code,
          },
        )
        throw error
      }
    },
  }
}

function changed(): SkilletError {
  return new SkilletError('INTEGRITY_BROKEN', 'The folder is no longer what you were shown.', {
    remedy: 'Have the agent ask again.',
  })
}

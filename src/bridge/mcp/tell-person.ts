import {
  CLIENT_CAPABILITIES_META_KEY,
  inputRequired,
  type InputRequiredResult,
  type McpServer,
  type ServerContext,
} from '@modelcontextprotocol/server'
import { z } from 'zod'
import type { Operation } from '../operations/operation.ts'

const waitingSchema = z.looseObject({ request: z.looseObject({ state: z.literal('pending') }) })

/** Whether an operation's answer is that the person has to answer first. */
export const awaitsPerson = (answer: unknown): boolean => waitingSchema.safeParse(answer).success

/** Whether the agent's program can show its person something, and hasn't just done so. */
export function canTell({ server }: McpServer, { mcpReq }: ServerContext): boolean {
  if (mcpReq.inputResponses !== undefined) return false
  const envelope = mcpReq.envelope as Record<string, unknown> | undefined
  const capabilities = (envelope?.[CLIENT_CAPABILITIES_META_KEY] ?? server.getClientCapabilities()) as
    { elicitation?: { form?: unknown; url?: unknown } } | undefined
  const elicitation = capabilities?.elicitation
  // Without either it means a form: so it was before there were two.
  return elicitation !== undefined && (elicitation.form !== undefined || elicitation.url === undefined)
}

/**
 * What a call asks for while it tells the person: the first time nobody waits. Of one that may start something only the
 * agent's own wish counts.
 */
export function withoutWaiting({ idempotent, input }: Operation, given: Record<string, unknown>) {
  return idempotent && 'waitS' in input.shape ? { ...given, waitS: 0 } : given
}

/** Whether the agent wants to wait for the person at all. */
export function wantsToWait({ input }: Operation, given: Record<string, unknown>): boolean {
  const { data } = input.safeParse(given)
  return typeof data?.['waitS'] === 'number' && data['waitS'] > 0
}

/**
 * Has the agent's program tell its person that Skillet awaits them; the call comes again when they have seen it. Whatever is
 * answered there decides nothing: only the app asks, and only there does an answer count.
 */
export function tellPerson(): InputRequiredResult {
  return inputRequired({
    inputRequests: {
      'open-skillet': inputRequired.elicit({
        message:
          'Skillet is waiting for your answer. Open Skillet and answer there, then go on here. Nothing that you choose here decides it.',
        requestedSchema: { type: 'object', properties: {} },
      }),
    },
  })
}

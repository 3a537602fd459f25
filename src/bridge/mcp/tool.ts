import type {
  CallToolResult,
  InputRequiredResult,
  McpServer,
  ServerContext,
} from '@modelcontextprotocol/server'
import { SkilletError, toSkilletError } from '../../shared/errors.ts'
import { callOperation } from '../operations/call.ts'
import type { Agent, Operation } from '../operations/operation.ts'
import { createProgress } from './progress.ts'
import type { McpPorts } from './server.ts'
import { awaitsPerson, canTell, tellPerson, wantsToWait, withoutWaiting } from './tell-person.ts'
import { toToolError } from './tool-error.ts'
import { withKeptJsonSchema } from './schema.ts'

/** Characters of a result's JSON; twice that leaves, once as data and once as text. */
const maxResult = 2 * 1024 * 1024

/** Offers one operation as a tool. Its name and description are ours alone, so no skill can pass for a tool. */
export function addTool(server: McpServer, ports: McpPorts, agent: Agent, operation: Operation): void {
  const { name, title, description, input, output, readOnly, destructive, idempotent } = operation
  server.registerTool(
    name,
    {
      title,
      description,
      inputSchema: withKeptJsonSchema(input),
      outputSchema: withKeptJsonSchema(output),
      annotations: {
        title,
        readOnlyHint: readOnly,
        destructiveHint: destructive,
        idempotentHint: idempotent,
        // Catalogs, skills and what they print come from others.
        openWorldHint: true,
      },
    },
    (given, context) => call(server, ports, agent, operation, given, context),
  )
}

async function call(
  server: McpServer,
  ports: McpPorts,
  agent: Agent,
  operation: Operation,
  given: Record<string, unknown>,
  context: ServerContext,
): Promise<CallToolResult | InputRequiredResult> {
  const { mcpReq } = context
  const tells = canTell(server, context) && wantsToWait(operation, given)
  const token = mcpReq._meta?.progressToken
  const progress =
    token === undefined
      ? null
      : createProgress((params) =>
          mcpReq.notify({ method: 'notifications/progress', params: { progressToken: token, ...params } }),
        )
  try {
    const answer = await callOperation(
      operation,
      tells ? withoutWaiting(operation, given) : given,
      ports.contextOf(agent, { signal: mcpReq.signal, onEvent: (event) => progress?.onEvent(event) }),
    )
    return tells && awaitsPerson(answer) ? tellPerson() : toResult(answer)
  } catch (error) {
    const known = toSkilletError(error)
    if (known.code === 'INTERNAL') ports.log(known)
    return toToolError(known)
  } finally {
    await progress?.end()
  }
}

/** The answer as data, and as text for clients that know no data. */
function toResult(structuredContent: Record<string, unknown>): CallToolResult {
  const text = JSON.stringify(structuredContent)
  if (text.length > maxResult)
    throw new SkilletError('TOO_LARGE', 'The answer is too large for one message.', {
      remedy: 'Ask for less at once.',
    })
  return { content: [{ type: 'text', text }], structuredContent }
}

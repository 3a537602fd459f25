import type { z } from 'zod'
import { assertScope } from '../access/tokens.ts'
import type { Operation, OperationContext } from './operation.ts'
import { parseInput } from './parse-input.ts'

/**
 * The one way to an operation, for REST and MCP alike: may this agent ask for it, is what it sent what the operation
 * takes, and only what `output` names leaves.
 * @throws SkilletError FORBIDDEN, INPUT_INVALID, and what the operation throws
 */
export async function callOperation<O extends z.ZodObject>(
  operation: Operation<z.ZodObject, O>,
  input: unknown,
  context: OperationContext,
): Promise<z.output<O>> {
  assertScope(context.agent, operation.scope)
  const parsed = parseInput(operation.input, input)
  const work = async () => operation.output.parse(await operation.run(parsed, context))
  const { idempotencyKey, agent } = context
  if (operation.keepMs !== undefined)
    return context.kept.get([operation.name, parsed], operation.keepMs, work)
  // Reading twice does no harm, and what is handed out once is not kept to be handed out again.
  if (operation.route.method === 'get' || idempotencyKey === null) return work()
  return context.idempotency.once(agent.id, idempotencyKey, [operation.name, parsed], work)
}

import type { z } from 'zod'
import { SkilletError } from '../../shared/errors.ts'
import type { Operation, OperationContext } from './operation.ts'

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
  if (!context.agent.scopes.includes(operation.scope))
    throw new SkilletError('FORBIDDEN', `${context.agent.name} was not allowed to: ${operation.title}.`, {
      remedy: `Pair it again and ask for ${operation.scope}.`,
    })
  const parsed = operation.input.safeParse(input)
  if (!parsed.success)
    throw new SkilletError('INPUT_INVALID', sentenceOf(parsed.error), { remedy: 'Correct the request.' })
  return operation.output.parse(await operation.run(parsed.data, context))
}

/** Every member that is wrong, by name; a caller that is a model corrects them all at once. */
function sentenceOf(error: z.ZodError): string {
  const sentences = error.issues.slice(0, 10).map(({ path, message }) => {
    const member = path.join('.')
    return member === '' ? message : `${member}: ${message}`
  })
  return sentences.join('; ')
}

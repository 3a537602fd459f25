import type { CallToolResult } from '@modelcontextprotocol/server'
import { toSkilletError } from '../../shared/errors.ts'

/**
 * A failure as a tool's result, which the model reads: our code, the sentence and what to do next. Programs find the same
 * under `_meta`: structured content must have the form of a success.
 */
export function toToolError(error: unknown): CallToolResult {
  const { code, message, remedy } = toSkilletError(error).toPlain()
  return {
    isError: true,
    content: [{ type: 'text', text: `${code}: ${message}\n${remedy}` }],
    _meta: { 'skillet/error': { code, message, remedy } },
  }
}

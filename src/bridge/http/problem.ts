import { z } from 'zod'
import { errorCodes, httpStatusOf, toSkilletError, type SkilletError } from '../../shared/errors.ts'
import { Refusal } from './refusal.ts'

/** RFC 9457 §3.1, with Skillet's own code and what to do next. */
export const problemSchema = z.object({
  type: z.string().describe('Where the code is explained, relative to the bridge.'),
  title: z.string(),
  status: z.int(),
  detail: z.string().describe('A sentence for a person.'),
  code: z.enum(errorCodes),
  remedy: z.string().describe('What to do next.'),
})
type Problem = z.infer<typeof problemSchema>

export const problemType = 'application/problem+json'

/** What is said of a failure. Of what nobody foresaw, nothing but that: its cause goes to the log. */
export function toProblem(
  thrown: unknown,
  log: (line: string) => void,
): { problem: Problem; headers: Record<string, string> } {
  const error = toSkilletError(thrown)
  if (error.code === 'INTERNAL') {
    const { cause } = error
    log(`bridge: ${cause instanceof Error ? (cause.stack ?? cause.message) : String(cause)}`)
  }
  const status = statusOf(error)
  const problem: Problem = {
    type: `/docs#${error.code}`,
    title: error.code.toLowerCase().replaceAll('_', ' '),
    status,
    detail: error.message,
    code: error.code,
    remedy: error.remedy,
  }
  return { problem, headers: error instanceof Refusal ? { ...error.headers } : {} }
}

function statusOf(error: SkilletError): number {
  return error instanceof Refusal ? error.status : httpStatusOf(error.code)
}

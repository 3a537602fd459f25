import type { Context } from 'hono'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import type { z } from 'zod'
import { httpStatusOf, SkilletError, toSkilletError } from '../../shared/errors.ts'
import { TierRequired } from '../auth/tier.ts'
import type { Log } from '../log.ts'
import { TooOften } from './rate-limits.ts'

/** Every failure as `{"error":{code,message,remedy}}`. What nobody foresaw is logged and tells the caller nothing. */
export function answerError(context: Context, thrown: unknown, log: Log): Response {
  const error = toSkilletError(thrown)
  if (error.code === 'INTERNAL') {
    const cause = error.cause ?? thrown
    log('error', 'request.failed', {
      id: context.get('requestId') ?? null,
      path: context.req.path,
      message: cause instanceof Error ? cause.message : String(cause),
      stack: cause instanceof Error ? (cause.stack ?? null) : null,
    })
  }
  if (error instanceof TooOften) context.header('retry-after', String(error.retryAfter))
  const more = error instanceof TierRequired ? error.refusal : {}
  return context.json({ error: error.toPlain(), ...more }, httpStatusOf(error.code) as ContentfulStatusCode)
}

/** Parses what a caller sent. Throws INPUT_INVALID naming the field, and for text with NUL, which PostgreSQL can't store. */
export function parseInput<S extends z.ZodType>(schema: S, value: unknown): z.output<S> {
  if (holdsNul(value))
    throw new SkilletError('INPUT_INVALID', 'The request holds a NUL character.', {
      remedy: 'Take it out of the text.',
    })
  const result = schema.safeParse(value)
  if (result.success) return result.data
  const issue = result.error.issues[0]
  const field = issue?.path.join('.') ?? ''
  throw new SkilletError(
    'INPUT_INVALID',
    `${field === '' ? 'The request' : field}: ${issue?.message ?? 'not valid'}`,
    {
      remedy: 'Correct the request.',
    },
  )
}

/** Without recursion: what was sent may be nested as deep as it is long. */
function holdsNul(sent: unknown): boolean {
  const waiting = [sent]
  while (waiting.length > 0) {
    const value = waiting.pop()
    if (typeof value === 'string' && value.includes('\0')) return true
    if (typeof value === 'object' && value !== null)
      for (const [name, inner] of Object.entries(value)) waiting.push(name, inner)
  }
  return false
}

import type { Context } from 'hono'
import type { z } from 'zod'
import { SkilletError } from '../../shared/errors.ts'
import { parseInput } from './errors.ts'

/** Bytes of a JSON request. */
const maxJsonBytes = 64 * 1024

/**
 * The whole body, never more than `limit` bytes in memory, whether or not the request says its length beforehand.
 * Throws TOO_LARGE with `message`. (Hono's own limit can't read a body of unknown length on this server.)
 */
export async function readBytes(context: Context, limit: number, message: string): Promise<Uint8Array> {
  const tooLarge = () => new SkilletError('TOO_LARGE', message, { remedy: 'Send less.' })
  if (Number(context.req.header('content-length') ?? 0) > limit) throw tooLarge()
  const reader = context.req.raw.body?.getReader()
  if (reader === undefined) return new Uint8Array()
  const parts: Uint8Array[] = []
  let size = 0
  for (;;) {
    const part = await reader.read()
    if (part.done) return new Uint8Array(Buffer.concat(parts))
    size += part.value.byteLength
    if (size > limit) {
      await reader.cancel()
      throw tooLarge()
    }
    parts.push(part.value)
  }
}

/** The request's JSON body. Throws INPUT_INVALID, TOO_LARGE. */
export async function parseBody<S extends z.ZodType>(context: Context, schema: S): Promise<z.output<S>> {
  const bytes = await readBytes(context, maxJsonBytes, 'The request is too large.')
  let body: unknown
  try {
    body = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch (error) {
    throw new SkilletError('INPUT_INVALID', 'The request is not JSON.', {
      remedy: 'Correct the request.',
      cause: error,
    })
  }
  return parseInput(schema, body)
}

import type { Context } from 'hono'
import { SkilletError } from '../../shared/errors.ts'
import { bodyBytes, tooLarge } from './guard.ts'

/**
 * The request's body as JSON. What is sent in pieces says nowhere how long it is, so it is counted.
 * @throws SkilletError INPUT_INVALID, TOO_LARGE
 */
export async function readJson(context: Context): Promise<unknown> {
  const text =
    context.req.header('transfer-encoding') === undefined
      ? await context.req.text()
      : await readCounted(context)
  try {
    return JSON.parse(text) as unknown
  } catch (cause) {
    throw new SkilletError('INPUT_INVALID', 'The request isn’t JSON.', {
      remedy: 'Correct the request.',
      cause,
    })
  }
}

async function readCounted(context: Context): Promise<string> {
  const parts: Uint8Array[] = []
  let bytes = 0
  for await (const part of (context.req.raw.body ?? []) as AsyncIterable<Uint8Array>) {
    bytes += part.byteLength
    if (bytes > bodyBytes) throw tooLarge()
    parts.push(part)
  }
  return Buffer.concat(parts).toString('utf8')
}

import type { IncomingMessage } from 'node:http'
import { SkilletError } from '../../shared/errors.ts'
import { bodyBytes, tooLarge } from './guard.ts'

/**
 * The request's body as JSON. What is sent in pieces says nowhere how long it is, so it is counted.
 * @throws SkilletError INPUT_INVALID, TOO_LARGE, CANCELLED where its sender goes before its end
 */
export async function readJson(request: IncomingMessage): Promise<unknown> {
  const text = await readText(request)
  try {
    return JSON.parse(text) as unknown
  } catch (cause) {
    throw new SkilletError('INPUT_INVALID', 'The request isn’t JSON.', {
      remedy: 'Correct the request.',
      cause,
    })
  }
}

function readText(request: IncomingMessage): Promise<string> {
  return new Promise((resolve, reject) => {
    const parts: Buffer[] = []
    let bytes = 0
    request.on('data', (part: Buffer) => {
      bytes += part.byteLength
      if (bytes <= bodyBytes) return void parts.push(part)
      // The rest runs off, for as long as a body may take, so that its sender gets to read the answer.
      parts.length = 0
      reject(tooLarge())
    })
    request.once('end', () => resolve(Buffer.concat(parts).toString('utf8')))
    request.once('close', () => reject(new SkilletError('CANCELLED', 'The request ended too early.')))
  })
}

import { request } from 'node:http'
import { notRunning } from './bridge-file.ts'
import { ClientError } from './client-error.ts'

/** Where a request goes: the socket, or a port of 127.0.0.1. */
export type Where = { readonly socketPath: string } | { readonly port: number }

export interface Asked {
  readonly method: 'GET' | 'POST' | 'DELETE'
  /** With its query. */
  readonly path: string
  readonly token?: string | undefined
  /** Sent as JSON. */
  readonly body?: object | undefined
  readonly idempotencyKey?: string | undefined
  readonly signal?: AbortSignal | undefined
}

/** More than any answer of Skillet's. */
const mostBytes = 64 * 1024 * 1024

/** One request and its answer. @throws ClientError with Skillet's code, or NOT_RUNNING */
export async function exchange(where: Where, asked: Asked): Promise<unknown> {
  const { status, text } = await send(where, asked)
  let answer: unknown
  try {
    answer = JSON.parse(text)
  } catch (cause) {
    throw new ClientError('UNTRUSTED', 'The answer is not JSON.', { status, cause })
  }
  if (status < 400) return answer
  const problem: Record<string, unknown> = { ...(answer as object | null) }
  const words = (member: string, otherwise: string) =>
    typeof problem[member] === 'string' ? problem[member] : otherwise
  throw new ClientError(words('code', 'UNKNOWN'), words('detail', `Skillet answered ${status}.`), {
    status,
    remedy: words('remedy', ''),
  })
}

function send(where: Where, asked: Asked): Promise<{ status: number; text: string }> {
  const { method, path, token, body, idempotencyKey, signal } = asked
  const content = body === undefined ? null : JSON.stringify(body)
  return new Promise((resolve, reject) => {
    const sent = request(
      {
        ...('port' in where ? { host: '127.0.0.1', port: where.port } : where),
        method,
        path,
        signal,
        headers: {
          host: 'port' in where ? `127.0.0.1:${where.port}` : 'localhost',
          accept: 'application/json',
          ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
          ...(idempotencyKey === undefined ? {} : { 'idempotency-key': idempotencyKey }),
          ...(content === null
            ? {}
            : { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(content)) }),
        },
      },
      (response) => {
        const parts: Buffer[] = []
        let bytes = 0
        response.on('data', (part: Buffer) => {
          bytes += part.length
          parts.push(part)
          if (bytes > mostBytes) response.destroy(new ClientError('UNTRUSTED', 'The answer is too large.'))
        })
        response.on('error', reject)
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, text: Buffer.concat(parts).toString('utf8') }),
        )
      },
    )
    sent.on('error', (error: NodeJS.ErrnoException) =>
      reject(error.code === 'ECONNREFUSED' || error.code === 'ENOENT' ? notRunning(error) : error),
    )
    sent.end(content ?? undefined)
  })
}

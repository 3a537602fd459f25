import { Agent, request, type IncomingMessage } from 'node:http'
import { randomBytes } from 'node:crypto'
import { SkilletError, errorCodes, type ErrorCode } from '../../../shared/errors.ts'
import { readDiscovery } from '../../discovery.ts'
import { isProof } from '../../proof.ts'
import type { Exchange } from './exchange.ts'

/** The bridge of the Skillet that runs on this computer, over its socket. */
export interface SocketClient {
  /** @throws SkilletError what the bridge refused; UNREACHED where it is gone */
  post(path: string, body: object, signal?: AbortSignal): Promise<unknown>
  /** As the agent of this token. */
  exchangeAs(token: string): Exchange
}

/** Nothing listens any more, and nothing was done. */
export class Unreached extends Error {}

/**
 * The bridge that `bridge.json` names, once it has proven that it wrote that file; null where no Skillet runs.
 * @throws SkilletError STORE_DAMAGED, FORBIDDEN where somebody else answers
 */
export async function findBridge(home: string): Promise<SocketClient | null> {
  const discovery = await readDiscovery(home)
  if (discovery === null) return null
  const { socket, key } = discovery
  const agent = new Agent({ keepAlive: true })
  const send = createSender(socket, agent)
  const challenge = randomBytes(24).toString('base64url')
  try {
    const { proof } = (await readJson(await send('GET', `/v1/hello?challenge=${challenge}`))) as {
      proof?: unknown
    }
    if (typeof proof !== 'string' || !isProof(proof, key, socket, challenge))
      throw new SkilletError('FORBIDDEN', 'Another program answers in place of Skillet.', {
        remedy: 'Close Skillet, start it again, and look for what listens at its socket.',
      })
  } catch (error) {
    // A Skillet that was killed leaves the file behind.
    if (error instanceof Unreached) return null
    throw error
  }
  return {
    post: async (path, body, signal) => readJson(await send('POST', path, { body, signal })),
    exchangeAs: (token) => async (body, headers, signal) => {
      const response = await send('POST', '/mcp', {
        body,
        signal,
        headers: {
          ...headers,
          accept: 'application/json, text/event-stream',
          authorization: `Bearer ${token}`,
        },
      })
      const contentType = response.headers['content-type'] ?? ''
      if (contentType.startsWith('application/problem+json')) await readJson(response)
      return { status: response.statusCode ?? 0, contentType, body: response }
    },
  }
}

interface Sent {
  readonly body?: object
  readonly headers?: Record<string, string>
  readonly signal?: AbortSignal | undefined
}

function createSender(socketPath: string, agent: Agent) {
  return (
    method: string,
    path: string,
    { body, headers = {}, signal }: Sent = {},
  ): Promise<IncomingMessage> =>
    new Promise((resolve, reject) => {
      const text = body === undefined ? undefined : JSON.stringify(body)
      const sent = request(
        {
          socketPath,
          agent,
          method,
          path,
          ...(signal ? { signal } : {}),
          headers: {
            host: 'localhost',
            ...headers,
            ...(text === undefined
              ? {}
              : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }),
          },
        },
        resolve,
      )
      sent.on('error', (error: NodeJS.ErrnoException) => {
        const isGone =
          ['ECONNREFUSED', 'ENOENT', 'ECONNRESET'].includes(error.code ?? '') && signal?.aborted !== true
        reject(isGone ? new Unreached(error.message, { cause: error }) : error)
      })
      sent.end(text)
    })
}

/** @throws SkilletError the one that the answer tells of */
async function readJson(response: IncomingMessage): Promise<unknown> {
  let text = ''
  for await (const part of response.setEncoding('utf8')) text += part as string
  const said = JSON.parse(text) as { code?: string; detail?: string; remedy?: string }
  if ((response.statusCode ?? 500) < 400) return said
  const code = errorCodes.find((one) => one === said.code) ?? ('INTERNAL' satisfies ErrorCode)
  throw new SkilletError(
    code,
    said.detail ?? 'Skillet refused.',
    said.remedy === undefined ? {} : { remedy: said.remedy },
  )
}

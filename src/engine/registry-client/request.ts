import { z } from 'zod'
import { SkilletError, type ErrorCode } from '../../shared/errors.ts'
import { waitFor } from '../wait-for.ts'
import { createExchange, type Answer } from './exchange.ts'
import { directRoute, type Route } from './route.ts'

export interface RequestOptions {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'DELETE'
  readonly headers?: Record<string, string>
  readonly body?: string | Uint8Array
  readonly signal?: AbortSignal | undefined
  /** Milliseconds until the answer must begin, where sending takes longer than usual. */
  readonly timeoutMs?: number
}

/** Milliseconds without an answer, or without another byte of one, after which a registry counts as gone. */
export const defaultStallTimeoutMs = 30_000

const redirects = new Set([301, 302, 303, 307, 308])

/** Sends requests to one registry with its key, and turns every way of failing into an error a person understands. */
export interface Connection {
  readonly url: string
  readonly stallTimeoutMs: number
  /** Any answer below 400. Throws what `toRegistryError` makes of the others. */
  send(path: string, options?: RequestOptions): Promise<Answer>
  /** The body of an answer, never more than `limit` bytes. */
  bytes(response: Answer, limit: number): Promise<Uint8Array>
  /** A JSON answer of a known shape. Throws REGISTRY_REFUSED for any other. */
  json<S extends z.ZodType>(schema: S, path: string, options?: RequestOptions): Promise<z.output<S>>
}

export function createConnection(options: {
  url: string
  apiKey: string | undefined
  stallTimeoutMs: number
  /** What administrators say, asked before each request; `apiKey` in place of the person's. */
  terms?: (() => Promise<{ route: Route; apiKey: string | null }>) | undefined
}): Connection {
  const { url, stallTimeoutMs, terms } = options
  const exchangeBy = createExchanges(url)
  const connection: Connection = {
    url,
    stallTimeoutMs,
    async send(path, request = {}) {
      const controller = new AbortController()
      const abort = () => controller.abort(new SkilletError('CANCELLED', 'Cancelled.'))
      if (request.signal?.aborted === true) throw new SkilletError('CANCELLED', 'Cancelled.')
      request.signal?.addEventListener('abort', abort, { once: true })
      const timer = setTimeout(() => controller.abort(unreachable(url)), request.timeoutMs ?? stallTimeoutMs)
      let response: Answer
      try {
        const { route, apiKey } = (await terms?.()) ?? { route: directRoute, apiKey: null }
        const key = apiKey ?? options.apiKey
        response = await exchangeBy(route)(path, {
          method: request.method ?? 'GET',
          headers: { ...(key === undefined ? {} : { 'x-api-key': key }), ...request.headers },
          body: request.body,
          signal: controller.signal,
        })
      } catch (error) {
        if (error instanceof SkilletError) throw error
        const reason: unknown = controller.signal.reason
        throw reason instanceof SkilletError ? reason : unreachable(url, error)
      } finally {
        clearTimeout(timer)
        request.signal?.removeEventListener('abort', abort)
      }
      // Another host has no say here, and must not see the key.
      if (redirects.has(response.status)) {
        response.body.destroy()
        throw unreachable(url)
      }
      if (response.status < 400) return response
      throw await toRegistryError(response, url, (answer) => connection.bytes(answer, 64 * 1024))
    },
    async bytes(response, limit) {
      const parts: Uint8Array[] = []
      let size = 0
      // A byte now and then is no stall; documents this small have no reason to take longer.
      const deadline = Date.now() + 2 * stallTimeoutMs
      for await (const part of readBody(connection, response)) {
        if (Date.now() > deadline) throw unreachable(url)
        size += part.byteLength
        if (size > limit)
          throw new SkilletError('REGISTRY_REFUSED', `The registry at ${url} sent more than it should.`)
        parts.push(part)
      }
      return new Uint8Array(Buffer.concat(parts))
    },
    async json(schema, path, options) {
      const response = await connection.send(path, options)
      const body = await connection.bytes(response, 16 * 1024 * 1024)
      try {
        return schema.parse(JSON.parse(new TextDecoder().decode(body)))
      } catch (error) {
        throw new SkilletError(
          'REGISTRY_REFUSED',
          `The registry at ${url} sent an answer that makes no sense.`,
          {
            cause: error,
          },
        )
      }
    },
  }
  return connection
}

/** Connections are kept as long as the way there stays the same. */
function createExchanges(url: string): (route: Route) => ReturnType<typeof createExchange> {
  let made: { by: string; exchange: ReturnType<typeof createExchange> } | null = null
  return (route) => {
    const by = JSON.stringify(route)
    if (made?.by !== by) made = { by, exchange: createExchange(url, route) }
    return made.exchange
  }
}

/** The parts of a body as they arrive. Throws REGISTRY_UNREACHABLE when none comes for `stallTimeoutMs`, CANCELLED. */
export async function* readBody(
  { url, stallTimeoutMs }: Pick<Connection, 'url' | 'stallTimeoutMs'>,
  response: Answer,
  signal?: AbortSignal,
): AsyncGenerator<Uint8Array, void> {
  const parts = response.body[Symbol.asyncIterator]() as AsyncIterator<Uint8Array, undefined>
  try {
    for (;;) {
      const next = parts.next().catch((error: unknown) => {
        throw unreachable(url, error)
      })
      const part = await waitFor(next, stallTimeoutMs, signal, () => unreachable(url))
      if (part.done === true) return
      yield part.value
    }
  } finally {
    // Also ends the connection when the consumer stopped early.
    response.body.destroy()
  }
}

const errorAnswer = z.object({
  error: z.object({ code: z.string(), message: z.string().max(2000), remedy: z.string().max(2000) }),
})

/** Codes that a registry may pass on. Others would let it speak for this computer, for example of a signature. */
const passedOn = [
  'UNAUTHORIZED',
  'FORBIDDEN',
  'NOT_FOUND',
  'TIER_REQUIRED',
  'VERSION_EXISTS',
  'PUBLISH_REJECTED',
  'MANIFEST_INVALID',
  'INPUT_INVALID',
  'ARCHIVE_UNSAFE',
  'TOO_LARGE',
  'REVOKED',
  'ON_HOLD',
  'RATE_LIMITED',
  'BUSY',
  'NO_SPACE',
] as const satisfies readonly ErrorCode[]

async function toRegistryError(
  response: Answer,
  url: string,
  read: (response: Answer) => Promise<Uint8Array>,
): Promise<SkilletError> {
  let answer: z.output<typeof errorAnswer> | null = null
  try {
    answer = errorAnswer.parse(JSON.parse(new TextDecoder().decode(await read(response))))
  } catch {
    // Not the registry's own words: the status alone must do.
  }
  const code = passedOn.find((known) => known === answer?.error.code)
  if (answer !== null && code !== undefined)
    return new SkilletError(code, answer.error.message, { remedy: answer.error.remedy })
  if (response.status === 404)
    return new SkilletError('NOT_FOUND', `The registry at ${url} has no such thing.`)
  return new SkilletError(
    'REGISTRY_REFUSED',
    `The registry at ${url} answered with an error (${response.status}).`,
    { cause: answer },
  )
}

export function unreachable(url: string, cause?: unknown): SkilletError {
  return new SkilletError('REGISTRY_UNREACHABLE', `The registry at ${url} can't be reached.`, { cause })
}

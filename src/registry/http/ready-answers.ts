import { randomUUID } from 'node:crypto'
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import { getRequestListener } from '@hono/node-server'
import type { Hono } from 'hono'
import type { Standing } from '../standing.ts'
import type { AccessLog } from './access-log.ts'
import { acceptsGzip, hasTag } from './conditions.ts'
import { createKept } from './kept.ts'

/** How long an answer is right: `always`, being named by its content or version, or until something about releases changes. */
export type Holds = 'always' | 'standing'

/** An answer that may be given again. */
interface Keepable {
  /** What the response holds; null: only that nothing changed is told again. */
  readonly body: Uint8Array | null
  readonly holds: Holds
  /** As it was declared, for the metrics. */
  readonly route: string
}
const keepable = new WeakMap<Response, Keepable>()

/**
 * Lets an answer be given again, from memory, to whoever asks for the same without a key. It must depend on nothing but
 * the address and on whether gzip is taken.
 */
export function keep(response: Response, about: Keepable): Response {
  keepable.set(response, about)
  return response
}

interface Ready {
  /** Names and values in turn. */
  readonly headers: readonly string[]
  readonly headersUnchanged: readonly string[]
  /** Text, of which each character is a byte, where it is short: Node sends that in one piece with the headers. */
  readonly body: string | Buffer | null
  readonly etag: string | undefined
  readonly route: string
  /** Null: always. */
  readonly standing: string | null
  readonly bytes: number
}

/** An answer that will be sent before this turn of the event loop is over. */
interface Due {
  readonly ready: Ready
  readonly status: 200 | 304
  readonly incoming: IncomingMessage
  readonly outgoing: ServerResponse
  readonly started: number
}

const maxBytes = 64 * 1024 * 1024
const shortBytes = 16 * 1024
/** Roughly what an entry takes beside its body. */
const entryBytes = 2_000
/** Told anew each time, or by Node. */
const ofOneAnswer = new Set(['x-request-id', 'content-length'])
/** Not part of an answer 304 (RFC 9110 §15.4.5). */
const ofBody = new Set(['content-type', 'content-encoding'])

/**
 * Answers from memory what was answered before and still holds, with the same headers; everything else goes through the
 * app. Both are counted and logged alike.
 */
export function createListener(
  app: Pick<Hono, 'fetch'>,
  { standing, accessLog }: { readonly standing: Standing; readonly accessLog: AccessLog },
): RequestListener {
  const kept = createKept<Ready>(maxBytes, ({ bytes }) => bytes)

  const throughApp = getRequestListener(async (request, env) => {
    const before = standing()
    const response = await app.fetch(request, env)
    const about = keepable.get(response)
    if (about === undefined) return response
    const { incoming } = env as { incoming: IncomingMessage }
    // Found out after `before`: what changed meanwhile makes it be asked for anew.
    const holds = about.holds === 'always' || before !== null
    if (holds && isPlain(incoming))
      kept.set(keyOf(incoming), toReady(response, about, about.holds === 'always' ? null : before))
    return response
  })

  let waiting: Due[] = []
  // Requests that came together are answered together: each answer on its own would wake whoever asked, and for one
  // program with many connections, or a proxy, that takes longer than all the rest of it.
  const sendAll = () => {
    const all = waiting
    waiting = []
    for (const { ready, status, incoming, outgoing, started } of all) {
      const id = randomUUID()
      send(ready, status, id, outgoing)
      const url = incoming.url!
      const query = url.indexOf('?')
      const path = query === -1 ? url : url.slice(0, query)
      accessLog({ id, method: 'GET', path, route: ready.route, status, started, key: null })
    }
  }

  return (incoming, outgoing) => {
    const started = performance.now()
    const ready = isPlain(incoming) ? find(keyOf(incoming)) : undefined
    const status = ready && statusOf(ready, incoming)
    if (ready === undefined || status === undefined) {
      void throughApp(incoming, outgoing)
      return
    }
    if (waiting.push({ ready, status, incoming, outgoing, started }) === 1) setImmediate(sendAll)
  }

  function find(key: string): Ready | undefined {
    const ready = kept.get(key)
    if (ready === undefined || ready.standing === null || ready.standing === standing()) return ready
    kept.delete(key)
    return undefined
  }
}

/** Whether nothing but the address and whether gzip is taken says what is asked for. */
function isPlain({ method, headers }: IncomingMessage): boolean {
  return method === 'GET' && headers['x-api-key'] === undefined && headers.range === undefined
}

function keyOf({ url, headers }: IncomingMessage): string {
  return `${acceptsGzip(headers['accept-encoding']) ? 'gzip' : 'plain'} ${url}`
}

function toReady(response: Response, { body, route }: Keepable, standing: string | null): Ready {
  const all = [...response.headers].filter(([name]) => !ofOneAnswer.has(name))
  const unchanged = all.filter(([name]) => !ofBody.has(name))
  const length = body?.byteLength ?? 0
  return {
    headers: [...all, ['content-length', String(length)]].flat(),
    headersUnchanged: unchanged.flat(),
    body: body && (length <= shortBytes ? Buffer.from(body).toString('latin1') : Buffer.from(body)),
    etag: response.headers.get('etag') ?? undefined,
    route,
    standing,
    bytes: entryBytes + length,
  }
}

/** The status of the answer; undefined where this can't tell. */
function statusOf(ready: Ready, { headers }: IncomingMessage): Due['status'] | undefined {
  const known = headers['if-none-match']
  if (known !== undefined && ready.etag !== undefined && hasTag(known, ready.etag)) return 304
  return ready.body === null ? undefined : 200
}

function send(ready: Ready, status: Due['status'], id: string, outgoing: ServerResponse): void {
  const headers = status === 200 ? ready.headers : ready.headersUnchanged
  outgoing.writeHead(status, [...headers, 'x-request-id', id])
  if (status === 200) outgoing.end(ready.body, 'latin1')
  else outgoing.end()
}

import { Refusal } from './refusal.ts'

/** How a listener is called by those who mean it: exact values of `Host` and `Origin`. */
export interface Authority {
  readonly hosts: readonly string[]
  readonly origins: readonly string[]
}

/** A request's head as it came, before anything has put it in order. */
export interface RequestHead {
  readonly method: string
  readonly url: string
  readonly httpVersion: string
  /** Names and values in turn. */
  readonly rawHeaders: readonly string[]
}

/** Bytes of a request's body at most: what a skill may be given on its standard input, and some more. */
export const bodyBytes = 2 * 1024 * 1024
/** Skillet's own clients send about ten, browsers about twenty. */
const mostHeaders = 64
const mostTarget = 4096

/** Of these, a second one is an attempt to have two readers understand two different requests. */
const single = new Set([
  'authorization',
  'content-length',
  'content-type',
  'host',
  'idempotency-key',
  'last-event-id',
  'mcp-protocol-version',
  'mcp-session-id',
  'origin',
  'sec-fetch-site',
  'transfer-encoding',
])

/**
 * Judges a request before anything reads it. Whoever writes web pages can have a browser on this computer send requests
 * here, under a name of their own that leads to 127.0.0.1 (DNS rebinding), and sees neither the token nor this answer. What
 * a browser sends on its own is known by `Host`, `Origin` and `Sec-Fetch-Site` (Fetch Standard §3.2, Fetch Metadata §2.4).
 * Null: it may go on.
 */
export function judgeHead(head: RequestHead, authority: Authority): Refusal | null {
  const { rawHeaders, method, url } = head
  if (rawHeaders.length > 2 * mostHeaders)
    return new Refusal(431, 'TOO_LARGE', 'The request has too many headers.', { remedy: 'Send fewer.' })
  const headers = new Map<string, string>()
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at]!.toLowerCase()
    if (headers.has(name) && single.has(name)) return malformed(`The header ${name} is there twice.`)
    headers.set(name, rawHeaders[at + 1]!)
  }
  if (head.httpVersion !== '1.1') return new Refusal(505, 'USAGE', 'Skillet speaks HTTP/1.1 here.')
  if (!url.startsWith('/') || url.startsWith('//')) return malformed('The request names no path.')
  if (url.length > mostTarget)
    return new Refusal(414, 'TOO_LARGE', 'The request’s path is too long.', { remedy: 'Send less of it.' })
  return judgeSender(headers, method, authority) ?? judgeMethod(headers, method) ?? judgeBody(headers, method)
}

function judgeSender(headers: Map<string, string>, method: string, authority: Authority): Refusal | null {
  if (!authority.hosts.includes(headers.get('host') ?? ''))
    return new Refusal(421, 'FORBIDDEN', 'The request is meant for another host.', {
      remedy: 'Use the address that bridge.json names, word for word.',
    })
  const origin = headers.get('origin')
  const site = headers.get('sec-fetch-site')
  const isOwnPage = origin === undefined || authority.origins.includes(origin)
  // `none`: a person typed the address.
  const isOwnSite =
    site === undefined ||
    site === 'same-origin' ||
    (site === 'none' && (method === 'GET' || method === 'HEAD'))
  if (isOwnPage && isOwnSite) return null
  return new Refusal(403, 'FORBIDDEN', 'Web pages may not speak to Skillet.', {
    remedy: 'Use a program of your own, and pair it with Skillet.',
  })
}

function judgeMethod(headers: Map<string, string>, method: string): Refusal | null {
  if (headers.has('upgrade'))
    return new Refusal(400, 'USAGE', 'Skillet speaks nothing but HTTP here.', {
      remedy: 'Leave out Upgrade; what goes on is told by server-sent events.',
    })
  if (method === 'GET' || method === 'POST' || method === 'DELETE') return null
  return new Refusal(405, 'USAGE', 'There is nothing that this method would do.', {
    remedy: 'Use GET, POST or DELETE.',
    headers: { allow: 'GET, POST, DELETE' },
  })
}

function judgeBody(headers: Map<string, string>, method: string): Refusal | null {
  const length = headers.get('content-length')
  const coding = headers.get('transfer-encoding')
  if (coding !== undefined && (coding !== 'chunked' || length !== undefined))
    return malformed('The request doesn’t say clearly how long it is.')
  if (Number(length ?? 0) > bodyBytes) return tooLarge()
  if (method !== 'POST')
    return coding === undefined && Number(length ?? 0) === 0
      ? null
      : malformed(`A ${method} request has no body.`)
  // A form or a page's simple request can't say this without asking first, and nobody is ever told that they may.
  if (/^application\/json(?:; ?charset=utf-8)?$/i.test(headers.get('content-type') ?? '')) return null
  return new Refusal(415, 'INPUT_INVALID', 'The request isn’t JSON.', {
    remedy: 'Send JSON, with content-type: application/json.',
  })
}

export function tooLarge(): Refusal {
  return new Refusal(413, 'TOO_LARGE', `A request holds at most ${bodyBytes / 1024 / 1024} MB.`, {
    remedy: 'Send less at once.',
  })
}

function malformed(message: string): Refusal {
  return new Refusal(400, 'INPUT_INVALID', message, { remedy: 'Correct the request.' })
}

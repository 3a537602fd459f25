import { Agent, request } from 'node:http'
import { expect } from 'vitest'

export interface Sent {
  readonly status: number
  readonly headers: Record<string, unknown>
  readonly text: string
}
export interface Send {
  method: string
  /** As it is: nothing is put right on the way, unlike by browsers. */
  path: string
  headers?: Record<string, string>
  body?: string | Uint8Array
}

/** What no answer may hold: where the server's files are, its source, its statements and its database's complaints. */
const leaks = [
  /\n\s+at /,
  /node_modules|\.ts:\d|\.js:\d|\.cjs/,
  /\b(?:select|insert into|update|delete from)\b[^"]*\b(?:from|values|set|where)\b[^"]*\$\d/i,
  /violates|relation \\"|syntax error at|invalid byte sequence|invalid input syntax|pg_catalog/,
  /ECONN|ENOENT|EACCES|ZodError/,
]

/** Sends requests to a registry and looks at every answer for what must never be in one. */
export function createSender(url: string): { send: (what: Send) => Promise<Sent>; close(): void } {
  const agent = new Agent({ keepAlive: true, maxSockets: 8 })
  const { hostname, port } = new URL(url)
  const send = async ({ method, path, headers = {}, body }: Send): Promise<Sent> => {
    // The server may hang up on who sends too much, while it is being sent; that connection is nobody else's.
    const isBig = (body?.length ?? 0) > 100_000
    const sent = await new Promise<Sent>((resolve, reject) => {
      const asked = request(
        {
          agent: isBig ? false : agent,
          hostname,
          port,
          method,
          path,
          headers:
            body === undefined || 'transfer-encoding' in headers
              ? headers
              : { 'content-length': Buffer.byteLength(body), ...headers },
        },
        (response) => {
          const parts: Buffer[] = []
          response.on('data', (part: Buffer) => parts.push(part))
          response.on('error', reject)
          response.on('end', () =>
            resolve({
              status: response.statusCode ?? 0,
              headers: response.headers,
              text: Buffer.concat(parts).toString('utf8'),
            }),
          )
        },
      )
      asked.on('error', reject)
      if (isBig) asked.on('socket', (socket) => socket.on('error', () => {}))
      asked.end(body)
    })
    judge(`${method} ${path.slice(0, 200)} ${String(body ?? '').slice(0, 200)}`, sent)
    return sent
  }
  return { send, close: () => agent.destroy() }
}

function judge(what: string, { status, headers, text }: Sent): void {
  expect([what, status, status >= 500 ? text : '']).toEqual([what, status < 500 ? status : '< 500', ''])
  for (const name of Object.keys(headers))
    expect([what, name]).not.toEqual([what, expect.stringMatching(/^access-control-/)])
  expect([what, headers['x-content-type-options']]).toEqual([what, 'nosniff'])
  for (const leak of leaks) expect([what, text]).not.toEqual([what, expect.stringMatching(leak)])
  if (status >= 400 && status !== 416 && text !== '') {
    const { error, ...more } = JSON.parse(text) as { error: Record<string, unknown> }
    expect([what, Object.keys(error).sort()]).toEqual([what, ['code', 'message', 'remedy']])
    expect([
      what,
      Object.keys(more).filter((key) => !['reason', 'required_tier', 'upgrade_url'].includes(key)),
    ]).toEqual([what, []])
  }
}

/** The code of a refusal; null of anything else. */
export function codeOf({ text }: Sent): string | null {
  if (!text.startsWith('{"error"')) return null
  return (JSON.parse(text) as { error: { code: string } }).error.code
}

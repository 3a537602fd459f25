/** One message to `/mcp` and what comes back, wherever that is. */
export interface Exchange {
  /** `headers` in lower case. Aborting ends what the message asked for. */
  (message: object, headers: Record<string, string>, signal: AbortSignal): Promise<Exchanged>
}

export interface Exchanged {
  readonly status: number
  readonly contentType: string
  readonly body: AsyncIterable<Uint8Array>
}

/** A message of JSON-RPC 2.0, as far as it matters here. */
export interface Message {
  readonly id?: string | number | null
  readonly method?: string
  readonly params?: Record<string, unknown>
  readonly result?: Record<string, unknown>
  readonly error?: { code: number; message: string; data?: unknown }
}

/** Characters of one message; results are bounded well below. */
const maxMessage = 16 * 1024 * 1024

/** The messages in an answer, be it one as JSON or several as server-sent events (WHATWG HTML §9.2.6). */
export async function* messagesOf({ contentType, body }: Exchanged): AsyncGenerator<Message> {
  const decoder = new TextDecoder()
  let text = ''
  for await (const part of body) {
    text += decoder.decode(part, { stream: true })
    if (text.length > maxMessage) throw new RangeError('A message is too long.')
    if (!contentType.startsWith('text/event-stream')) continue
    for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
      const message = ofEvent(text.slice(0, end))
      text = text.slice(end + 2)
      if (message !== null) yield message
    }
  }
  if (!contentType.startsWith('text/event-stream') && text !== '') yield JSON.parse(text) as Message
}

/** Null for a sign of life. */
function ofEvent(event: string): Message | null {
  const data = event
    .split('\n')
    .flatMap((line) => (line.startsWith('data:') ? [line.slice(5).trimStart()] : []))
    .join('\n')
  return data === '' ? null : (JSON.parse(data) as Message)
}

import fc from 'fast-check'
import { expect, test } from 'vitest'
import { messagesOf, type Message } from '../../../../src/bridge/mcp/stdio/exchange.ts'

async function read(contentType: string, parts: readonly Uint8Array[]): Promise<Message[]> {
  async function* body() {
    yield* parts
  }
  const messages: Message[] = []
  for await (const message of messagesOf({ status: 200, contentType, body: body() })) messages.push(message)
  return messages
}

/** Cut where nobody would cut, within a character too. */
function cut(bytes: Uint8Array, places: readonly number[]): Uint8Array[] {
  const at = [...new Set(places.map((place) => place % (bytes.length + 1)))].sort((a, b) => a - b)
  return [...at, bytes.length].map((end, index) => bytes.subarray(at[index - 1] ?? 0, end))
}

test('reads messages out of events, however they are cut', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.string({ unit: 'binary' }), { maxLength: 5 }),
      fc.array(fc.nat(), { maxLength: 8 }),
      async (texts, places) => {
        const messages = texts.map((text, id) => ({ jsonrpc: '2.0', id, result: { text } }))
        const events = messages.map((message) => `event: message\ndata: ${JSON.stringify(message)}\n\n`)
        const bytes = new TextEncoder().encode(`: sign of life\n\n${events.join('')}`)
        expect(await read('text/event-stream', cut(bytes, places))).toEqual(
          messages.map((message) => JSON.parse(JSON.stringify(message)) as Message),
        )
      },
    ),
    { numRuns: 50 },
  )
})

test('reads one message as JSON, and nothing where there is none', async () => {
  const bytes = new TextEncoder().encode('{"id":1,"result":{}}')
  expect(await read('application/json', cut(bytes, [3, 9]))).toEqual([{ id: 1, result: {} }])
  expect(await read('application/json', [])).toEqual([])
})

test('refuses a message that has no end', async () => {
  const part = new Uint8Array(6 * 1024 * 1024).fill(97)
  await expect(
    read(
      'text/event-stream',
      Array.from({ length: 3 }, () => part),
    ),
  ).rejects.toThrow(RangeError)
})

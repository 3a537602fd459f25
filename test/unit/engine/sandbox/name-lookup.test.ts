import { once } from 'node:events'
import { connect, createServer, type AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { setImmediate } from 'node:timers/promises'
import { afterEach, expect, test, vi } from 'vitest'
import { serveEgress, type Dialer } from '../../../../src/engine/sandbox/egress.ts'
import { lookUpSparingly } from '../../../../src/engine/sandbox/name-lookup.ts'
import { createRelay } from '../../../../src/engine/sandbox/relay.ts'

/** What was asked and not answered yet, by name. */
const asked = new Map<string, (addresses: string[] | Error) => void>()
const dialer: Dialer = {
  resolve: (host) =>
    new Promise((resolve, reject) =>
      asked.set(host, (answer) => {
        asked.delete(host)
        if (answer instanceof Error) reject(answer)
        else resolve(answer)
      }),
    ),
  isAllowedAddress: () => true,
  route: (host, port) => ({ host, port }),
}
const newRun = (isOver = () => false) => lookUpSparingly(dialer, isOver).resolve
const answer = async (host: string, addresses: string[] | Error) => {
  asked.get(host)!(addresses)
  await setImmediate()
}

afterEach(async () => {
  vi.useRealTimers()
  while (asked.size > 0) for (const host of asked.keys()) await answer(host, [])
})

test('two skills can keep no more than two places, and one skill no more than one', async () => {
  const [first, second, third] = [newRun(), newRun(), newRun()]
  for (const host of ['a.example', 'b.example', 'c.example']) void first(host)
  await setImmediate()
  expect([...asked.keys()]).toEqual(['a.example'])
  void second('d.example')
  void third('e.example')
  await setImmediate()
  expect([...asked.keys()]).toEqual(['a.example', 'd.example'])
  await answer('a.example', ['192.0.2.1'])
  expect([...asked.keys()]).toEqual(['d.example', 'e.example'])
})

test('the same name is looked up once a run; what was not found is asked for again', async () => {
  const run = newRun()
  const both = Promise.all([run('a.example'), run('A.example')])
  await setImmediate()
  await answer('a.example', ['192.0.2.1'])
  expect(await both).toEqual([['192.0.2.1'], ['192.0.2.1']])
  expect(await run('a.example')).toEqual(['192.0.2.1'])

  const lost = expect(run('b.example')).rejects.toThrow('offline')
  await setImmediate()
  await answer('b.example', new Error('offline'))
  await lost
  void run('b.example')
  await setImmediate()
  expect([...asked.keys()]).toEqual(['b.example'])
})

test('nothing more is looked up for a run that is over', async () => {
  let over = false
  const run = newRun(() => over)
  void run('a.example')
  const waiting = run('b.example')
  await setImmediate()
  over = true
  await answer('a.example', ['192.0.2.1'])
  expect(await waiting).toEqual([])
  expect(asked.size).toBe(0)
})

test('a name server that never answers costs one lookup, and the requests are told after five seconds', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const refused: string[] = []
  const onRefused = (_host: string, why: string) => void refused.push(why)
  const log = { contacted: new Set<string>(), requests: 0, bytesOut: 0, bytesIn: 0, onRefused }
  const resolve = vi.fn(dialer.resolve)
  const close = serveEgress(
    server,
    { hosts: ['slow.example'], maxRequests: 100, maxBytesOut: 1e6 },
    log,
    lookUpSparingly({ ...dialer, resolve }, () => false),
    createRelay(''),
  )
  const { port } = server.address() as AddressInfo
  const clients = Array.from({ length: 20 }, () => connect(port, '127.0.0.1'))
  for (const client of clients) client.write('CONNECT slow.example:443 HTTP/1.1\r\n\r\n')
  await vi.waitFor(() => expect(log.requests).toBe(20))
  expect(resolve).toHaveBeenCalledTimes(1)
  vi.advanceTimersByTime(5000)
  expect(await Promise.all(clients.map((client) => text(client)))).toEqual(
    clients.map(() => expect.stringContaining('Its address could not be found within 5 seconds.')),
  )
  expect(refused).toHaveLength(20)
  close()
})

import { expect, test } from 'vitest'
import { createKeyGuard } from '../../../../src/engine/sandbox/key-guard.ts'

const key = 'sk-3f9c/7d+1e=tail'
const keys = { EXAMPLE_API_KEY: { value: key, hosts: ['api.example.com', 'plain.example.com:80'] } }
const seen = (place: string, ...pieces: string[]) => {
  const guard = createKeyGuard(keys, place)
  return pieces.map((piece) => guard(Buffer.from(piece)))
}

test('a key is found however it is cut and in the forms that it travels in', () => {
  for (let at = 1; at < key.length; at++)
    expect(seen('api.example.com:80', `a${key.slice(0, at)}`, key.slice(at))).toEqual([
      null,
      'EXAMPLE_API_KEY',
    ])
  expect(seen('api.example.com:80', ...key)).toEqual([...Array(key.length - 1).fill(null), 'EXAMPLE_API_KEY'])
  for (const form of [encodeURIComponent(key), Buffer.from(`..${key}..`).toString('base64')])
    expect(seen('api.example.com:80', 'x'.repeat(70_000), form)).toEqual([null, 'EXAMPLE_API_KEY'])
})

test('it may go where its manifest names that very port, and nowhere else', () => {
  expect(seen('plain.example.com:80', key)).toEqual([null])
  for (const place of ['plain.example.com:8080', 'api.example.com:80', 'evil.example.net:80'])
    expect(seen(place, key), place).toEqual(['EXAMPLE_API_KEY'])
  expect(seen('evil.example.net:80', 'nothing of it')).toEqual([null])
})

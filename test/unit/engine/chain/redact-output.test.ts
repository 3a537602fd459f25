import { expect, test, vi } from 'vitest'
import { redactOutput } from '../../../../src/engine/chain/redact-output.ts'
import { redactSecrets } from '../../../../src/engine/secrets/redact.ts'

vi.mock('../../../../src/engine/secrets/redact.ts', { spy: true })

const token = `ghp_${'a1B2'.repeat(9)}`

test('an output without a key stays the very same', async () => {
  const value = {
    title: 'Keys and tokens',
    n: 5,
    key: 'a sentence',
    list: ['a password is needed', null, { token: 3 }],
  }
  const redacted = await redactOutput(value)
  expect(redacted.isWhole).toBe(true)
  expect(redacted.value).toBe(value)
})

test('what was replaced when it was printed is no reason to redact', async () => {
  const value = { token: '«REDACTED:MY_TOKEN»' }
  expect(await redactOutput(value)).toEqual({ value, isWhole: true })
})

test.each([
  ['a string', `before ${token} after`, 'before «REDACTED:GITHUB_TOKEN» after'],
  ['a line of its own', `a\n${token}\nb`, 'a\n«REDACTED:GITHUB_TOKEN»\nb'],
  ['deep inside', { a: [{ b: token }] }, { a: [{ b: '«REDACTED:GITHUB_TOKEN»' }] }],
  ['a name', { [token]: 1 }, { '«REDACTED:GITHUB_TOKEN»': 1 }],
  ['only by the name', { api_key: 'Xy12Zt99qqW' }, { api_key: '«REDACTED:API_KEY»' }],
  ['by name and shape', { token }, { token: '«REDACTED:GITHUB_TOKEN»' }],
  ['a list', { password: ['hunter22xyz!'] }, { password: '«REDACTED:PASSWORD»' }],
  [
    'a phrase',
    { db: { dbPassword: 'correct horse battery' } },
    { db: { dbPassword: '«REDACTED:DBPASSWORD»' } },
  ],
  ['a word', { access_token: 'abcdefghijkl' }, { access_token: '«REDACTED:ACCESS_TOKEN»' }],
  ['a number', { secret_key: 12345678901 }, { secret_key: '«REDACTED:SECRET_KEY»' }],
  ['a header', { Authorization: 'Basic YTpiY2Q=' }, { Authorization: '«REDACTED:AUTHORIZATION»' }],
  [
    'the only one among many',
    [...Array.from({ length: 5000 }, (_, n) => `line ${n}`), token],
    [...Array.from({ length: 5000 }, (_, n) => `line ${n}`), '«REDACTED:GITHUB_TOKEN»'],
  ],
])('a key is replaced: %s', async (_, value, replaced) => {
  expect(await redactOutput(value)).toEqual({ value: replaced, isWhole: false })
})

test('others get their turn, and only pieces that hold a key are looked through string by string', async () => {
  const rows = Array.from({ length: 20_000 }, (_, n) => ({
    name: `row number ${n}`,
    note: 'nothing special',
  }))
  const pieces = JSON.stringify(rows).length / 32_768
  let turns = 0
  let counting = setImmediate(function count() {
    turns++
    counting = setImmediate(count)
  })
  vi.mocked(redactSecrets).mockClear()
  const redacted = await redactOutput({ k: token, rows })
  clearImmediate(counting)
  expect(redacted).toEqual({ value: { k: '«REDACTED:GITHUB_TOKEN»', rows }, isWhole: false })
  expect(turns).toBeGreaterThan(pieces)
  // Thrice as much text, with the names alone and with their members; and one piece's strings.
  expect(vi.mocked(redactSecrets).mock.calls.length).toBeLessThan(3 * pieces + 5000)
})

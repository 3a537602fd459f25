import { expect, test } from 'vitest'
import { redactOutput } from '../../../../src/engine/chain/redact-output.ts'

const token = `ghp_${'a1B2'.repeat(9)}`

test('an output without a key stays the very same', async () => {
  const value = { title: 'Keys and tokens', n: 5, list: ['a password is needed', null, { token: 3 }] }
  const redacted = await redactOutput(value)
  expect(redacted.isWhole).toBe(true)
  expect(redacted.value).toBe(value)
})

test.each([
  ['a string', `before ${token} after`, 'before «REDACTED:GITHUB_TOKEN» after'],
  ['a line of its own', `a\n${token}\nb`, 'a\n«REDACTED:GITHUB_TOKEN»\nb'],
  ['deep inside', { a: [{ b: token }] }, { a: [{ b: '«REDACTED:GITHUB_TOKEN»' }] }],
  ['a name', { [token]: 1 }, { '«REDACTED:GITHUB_TOKEN»': 1 }],
  ['only by the name', { api_key: 'Xy12Zt99qqW' }, { api_key: '«REDACTED:API_KEY»' }],
  [
    'the only one among many',
    [...Array.from({ length: 5000 }, (_, n) => `line ${n}`), token],
    [...Array.from({ length: 5000 }, (_, n) => `line ${n}`), '«REDACTED:GITHUB_TOKEN»'],
  ],
])('a key is replaced: %s', async (_, value, replaced) => {
  expect(await redactOutput(value)).toEqual({ value: replaced, isWhole: false })
})

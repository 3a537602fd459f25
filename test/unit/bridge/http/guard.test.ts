import { expect, test } from 'vitest'
import { bodyBytes, judgeHead, type RequestHead } from '../../../../src/bridge/http/guard.ts'

const authority = {
  hosts: ['127.0.0.1:4000', 'localhost:4000'],
  origins: ['http://127.0.0.1:4000', 'http://localhost:4000'],
}
const json = { 'Content-Type': 'application/json' }

function judge(method: string, headers: Record<string, string>, more: Partial<RequestHead> = {}) {
  const rawHeaders = Object.entries({ Host: '127.0.0.1:4000', ...headers }).flat()
  return (
    judgeHead({ method, url: '/v1/skills', httpVersion: '1.1', rawHeaders, ...more }, authority)?.status ??
    null
  )
}

test('lets through what agents and a person’s own browser send', () => {
  expect(judge('GET', {})).toBeNull()
  expect(
    judge('GET', { host: 'x', Host: 'localhost:4000' }, { rawHeaders: ['host', 'localhost:4000'] }),
  ).toBeNull()
  expect(judge('GET', { 'Sec-Fetch-Site': 'none' })).toBeNull()
  expect(judge('GET', { Origin: 'http://127.0.0.1:4000', 'Sec-Fetch-Site': 'same-origin' })).toBeNull()
  expect(judge('POST', { ...json, 'Content-Length': '2' })).toBeNull()
  expect(
    judge('POST', { 'content-type': 'application/json; charset=utf-8', 'Transfer-Encoding': 'chunked' }),
  ).toBeNull()
  expect(judge('DELETE', { 'Content-Length': '0' })).toBeNull()
})

test.each<[string, number, string, Record<string, string>, Partial<RequestHead>?]>([
  ['no Host', 421, 'GET', {}, { rawHeaders: [] }],
  ['another Host', 421, 'GET', { Host: 'evil.example:4000' }],
  ['our Host without its port', 421, 'GET', { Host: '127.0.0.1' }],
  ['another origin', 403, 'GET', { Origin: 'https://evil.example' }],
  ['an origin that begins like ours', 403, 'GET', { Origin: 'http://127.0.0.1:40000' }],
  ['no origin at all', 403, 'GET', { Origin: 'null' }],
  ['another site', 403, 'GET', { 'Sec-Fetch-Site': 'cross-site' }],
  ['another port of this computer', 403, 'GET', { 'Sec-Fetch-Site': 'same-site' }],
  ['an address that somebody typed, and a POST', 403, 'POST', { ...json, 'Sec-Fetch-Site': 'none' }],
  ['a question of CORS', 405, 'OPTIONS', {}],
  ['another method', 405, 'PUT', json],
  ['an upgrade', 400, 'GET', { Upgrade: 'h2c' }],
  ['text', 415, 'POST', { 'Content-Type': 'text/plain' }],
  ['no type', 415, 'POST', {}],
  ['two types in one', 415, 'POST', { 'Content-Type': 'text/plain, application/json' }],
  ['a body where none belongs', 400, 'GET', { 'Content-Length': '2' }],
  ['pieces where none belong', 400, 'DELETE', { 'Transfer-Encoding': 'chunked' }],
  ['a length and pieces', 400, 'POST', { ...json, 'Content-Length': '2', 'Transfer-Encoding': 'chunked' }],
  ['another coding', 400, 'POST', { ...json, 'Transfer-Encoding': 'gzip, chunked' }],
  ['too much', 413, 'POST', { ...json, 'Content-Length': String(bodyBytes + 1) }],
  ['an absolute address', 400, 'GET', {}, { url: 'http://127.0.0.1:4000/v1/skills' }],
  ['a path that means another host', 400, 'GET', {}, { url: '//evil.example/' }],
  ['a long path', 414, 'GET', {}, { url: `/${'a'.repeat(5000)}` }],
  ['another version', 505, 'GET', {}, { httpVersion: '1.0' }],
  [
    'too many headers',
    431,
    'GET',
    Object.fromEntries(Array.from({ length: 70 }, (_, at) => [`x-${at}`, 'a'])),
  ],
])('%s: %i', (_, status, method, headers, more) => {
  expect(judge(method, headers, more)).toBe(status)
})

test.each([
  'host',
  'origin',
  'authorization',
  'content-type',
  'content-length',
  'idempotency-key',
  'mcp-session-id',
])('two of %s', (name) => {
  const known: Record<string, string> = { host: '127.0.0.1:4000', origin: 'http://127.0.0.1:4000' }
  const value = known[name] ?? '0'
  const rawHeaders = [
    'Host',
    '127.0.0.1:4000',
    ...(name === 'host' ? [] : [name, value]),
    name.toUpperCase(),
    value,
  ]
  expect(judge('GET', {}, { rawHeaders })).toBe(400)
})

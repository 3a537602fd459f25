import { X509Certificate } from 'node:crypto'
import { expect, test } from 'vitest'
import { createRunCertificates } from '../../../../../src/engine/sandbox/broker/certificate.ts'
import { placeholderFor } from '../../../../../src/engine/sandbox/broker/placeholder.ts'
import { mayTravel, withKeys } from '../../../../../src/engine/sandbox/broker/swap.ts'

const key = {
  name: 'KEY',
  value: 'real$&key',
  placeholder: 'stand-in-1234',
  hosts: ['api.example.com', 'b.example.com:8443'],
}
const base64 = (text: string) => Buffer.from(text).toString('base64')

test('a header’s value gets the key wherever its placeholder stands, also as a password', () => {
  expect(withKeys('Bearer stand-in-1234', [key])).toEqual({ value: 'Bearer real$&key', names: ['KEY'] })
  expect(withKeys(`basic ${base64('me:stand-in-1234')}`, [key])).toEqual({
    value: `basic ${base64('me:real$&key')}`,
    names: ['KEY'],
  })
  for (const other of ['Bearer stand-in-123', `Basic ${base64('me:other')}`, base64('stand-in-1234')])
    expect(withKeys(other, [key])).toEqual({ value: other, names: [] })
})

test('a key travels to its own hosts and ports', () => {
  const places: [string, number, boolean][] = [
    ['api.example.com', 443, true],
    ['api.example.com', 80, false],
    ['api.example.com', 8443, false],
    ['b.example.com', 8443, true],
    ['b.example.com', 443, false],
    ['x.api.example.com', 443, false],
  ]
  for (const [host, port, may] of places) expect(mayTravel(key, host, port), `${host}:${port}`).toBe(may)
})

test('a placeholder is of the key’s shape, another one each time, and never a word that somebody thought of', () => {
  const shapes: [string, RegExp][] = [
    ['sk-proj-aB3dEf6hIj9lMn0pQr2tUv4x', /^sk-proj-[a-z][A-Z]\d[a-z][A-Z][a-z]\d/],
    ['ghp_0123456789abcdefABCDEF012345', /^ghp_\d{10}[a-z]{6}[A-Z]{6}\d{6}$/],
    ['1b2c3d4e-0000-1111-2222-333344445555:fx', /^\d[a-z]\d[a-z]\d[a-z]\d[a-z]-\d{4}-\d{4}-\d{4}-\d{12}:fx$/],
    ['hunter2', /^[a-z]{6}\d[a-z]{17}$/],
    ['with space/and+more é', /^[A-Za-z0-9]+$/],
  ]
  for (const [value, shape] of shapes) {
    const made = [placeholderFor(value), placeholderFor(value)]
    expect(made[0]).toMatch(shape)
    expect(made[0]).not.toBe(made[1])
    expect(made[0]!.length).toBeGreaterThanOrEqual(24)
  }
})

test('the certificates of a run hold for its hosts, for a day, and only one of them may issue', () => {
  const { authority, certificate } = createRunCertificates(['api.example.com', 'b.example.com'])
  const [ca, own] = [new X509Certificate(authority), new X509Certificate(certificate)]
  expect(ca.ca).toBe(true)
  expect(own.ca).toBe(false)
  expect(own.verify(ca.publicKey)).toBe(true)
  expect(own.checkIssued(ca)).toBe(true)
  expect(own.checkHost('b.example.com')).toBe('b.example.com')
  expect(own.checkHost('evil.example.net')).toBeUndefined()
  expect(new Date(own.validTo).getTime() - Date.now()).toBeLessThanOrEqual(24 * 3_600_000)
})

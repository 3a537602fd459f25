import { createHmac } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { createSecretBox } from '../../../../src/registry/webhooks/secret-box.ts'
import { assertWebhookUrl, signatureOf } from '../../../../src/registry/webhooks/send.ts'

describe('a delivery’s signature', () => {
  it('is over the time and the body, so that a recorded one grows old', () => {
    const hash = createHmac('sha256', 'a secret').update('1700000000.{"a":1}').digest('hex')
    expect(signatureOf('{"a":1}', 'a secret', 1_700_000_000)).toBe(`t=1700000000,v1=${hash}`)
  })
})

describe('a secret of the server’s own', () => {
  const box = createSecretBox(Buffer.alloc(32, 7))
  const damaged = expect.objectContaining({ code: 'STORE_DAMAGED' })

  it('is read back where it belongs, and nowhere else', () => {
    const sealed = box.seal('whsec', 'row one')
    expect(box.open(sealed, 'row one')).toBe('whsec')
    expect(() => box.open(sealed, 'row two')).toThrow(damaged)
    expect(() => createSecretBox(Buffer.alloc(32, 8)).open(sealed, 'row one')).toThrow(damaged)
  })

  it('that was changed anywhere is refused', () => {
    const sealed = box.seal('whsec', 'row')
    for (let at = 0; at < sealed.length; at += 1) {
      const other = Buffer.from(sealed)
      other[at]! ^= 1
      expect(() => box.open(other, 'row')).toThrow(damaged)
    }
    expect(() => box.open(sealed.subarray(0, 20), 'row')).toThrow(damaged)
  })
})

describe('a webhook’s address', () => {
  it.each([
    'http://example.com/',
    'ftp://example.com/',
    'https://name:word@example.com/',
    'https://10.0.0.1/',
    'https://127.0.0.1/',
    'https://[::1]/',
    'https://169.254.169.254/',
    'http://127.0.0.1:8080/',
    'no address',
  ])('is refused: %s', (text) => {
    expect(() => assertWebhookUrl(text, false)).toThrow(expect.objectContaining({ code: 'INPUT_INVALID' }))
  })

  it('on this computer is for developers', () => {
    expect(assertWebhookUrl('http://127.0.0.1:8080/', true).port).toBe('8080')
    expect(() => assertWebhookUrl('http://10.0.0.1/', true)).toThrow()
    expect(assertWebhookUrl('https://example.com/x', false).pathname).toBe('/x')
  })
})

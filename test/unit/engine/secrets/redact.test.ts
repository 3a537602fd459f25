import { runInNewContext } from 'node:vm'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createRedactor, redactDeep, redactSecrets } from '../../../../src/engine/secrets/redact.ts'

const key = 'k3y/With+odd "chars"&é'

describe('redactSecrets with known values', () => {
  const forms: [string, string][] = [
    ['as it is', key],
    ['base64', Buffer.from(key).toString('base64')],
    ['base64url', Buffer.from(key).toString('base64url')],
    ['hexadecimal', Buffer.from(key).toString('hex')],
    ['upper-case hexadecimal', Buffer.from(key).toString('hex').toUpperCase()],
    ['percent-encoded', encodeURIComponent(key)],
    ['percent-encoded in lower case', encodeURIComponent(key).replace(/%../g, (code) => code.toLowerCase())],
    ['form-encoded', new URLSearchParams({ key }).toString().slice(4)],
    ['JSON', JSON.stringify(key).slice(1, -1)],
    ['ASCII JSON', JSON.stringify(key).slice(1, -1).replace('é', '\\u00e9')],
    ['JSON with its slashes escaped', JSON.stringify(key).slice(1, -1).replaceAll('/', '\\/')],
    ['HTML', key.replace('&', '&amp;').replaceAll('"', '&quot;')],
  ]
  it.each(forms)('hides it %s', (_, form) => {
    expect(redactSecrets(`a ${form} b`, { MY_KEY: key })).toBe('a «REDACTED:MY_KEY» b')
  })

  it('hides it inside the base64 of something longer, at every alignment', () => {
    for (const user of ['', 'u', 'us', 'use']) {
      const header = Buffer.from(`${user}:${key}:tail`).toString('base64')
      const redacted = redactSecrets(header, { MY_KEY: key })
      expect(redacted).toContain('«REDACTED:MY_KEY»')
      expect(redacted.length).toBeLessThan(header.length)
    }
  })

  it('takes what is not text for what it would be printed as, and never throws', () => {
    const odd = { PIN: 48151623, NONE: null, LIST: ['x'] } as never
    expect(redactSecrets('pin 48151623', odd)).toBe('pin «REDACTED:PIN»')
    expect(redactSecrets('nothing', null as never)).toBe('nothing')
  })

  it('replaces the longest first, and no part of an overlapping pair survives', () => {
    expect(redactSecrets('abcdefgh', { SHORT: 'abcd', LONG: 'abcdefgh' })).toBe('«REDACTED:LONG»')
    expect(redactSecrets('xabcdefx', { A: 'abcd', B: 'cdef' })).toBe('x«REDACTED:A»x')
  })

  it('treats short values sanely: only where they stand alone', () => {
    expect(redactSecrets('a banana, pin=42 and 421', { PIN: '42', LETTER: 'a' })).toBe(
      '«REDACTED:LETTER» banana, pin=«REDACTED:PIN» and 421',
    )
    expect(redactSecrets('nothing', { EMPTY: '' })).toBe('nothing')
  })
})

describe('redactSecrets without known values', () => {
  const shaped: [string, string, string][] = [
    ['sk-', `use sk-${'a1B2'.repeat(8)}.`, 'use «REDACTED:API_KEY».'],
    ['sk-ant-', `sk-ant-api03-${'a1B2'.repeat(8)}`, '«REDACTED:API_KEY»'],
    ['ghp_', `ghp_${'a1B2'.repeat(9)}`, '«REDACTED:GITHUB_TOKEN»'],
    ['github_pat_', `github_pat_${'a1B2'.repeat(9)}`, '«REDACTED:GITHUB_TOKEN»'],
    ['glpat-', `glpat-${'a1B2'.repeat(5)}`, '«REDACTED:GITLAB_TOKEN»'],
    ['npm_', `npm_${'a1B2'.repeat(9)}`, '«REDACTED:NPM_TOKEN»'],
    ['hf_', `hf_${'aBcD'.repeat(8)}`, '«REDACTED:HUGGINGFACE_TOKEN»'],
    ['AIza', `AIza${'a1B2-'.repeat(7)}`, '«REDACTED:GOOGLE_API_KEY»'],
    ['sk_live_', `sk_live_${'a1B2'.repeat(6)}`, '«REDACTED:STRIPE_KEY»'],
    ['Basic', 'Authorization: Basic bWU6aHVudGVyMg==', 'Authorization: Basic «REDACTED:BASIC_AUTH»'],
    ['AKIA', `id AKIA${'ABCD'.repeat(4)} x`, 'id «REDACTED:AWS_ACCESS_KEY» x'],
    ['xoxb-', `xoxb-${'1234567890-'.repeat(3)}x`, '«REDACTED:SLACK_TOKEN»'],
    ['Bearer', 'Authorization: Bearer abc.def-123456', 'Authorization: Bearer «REDACTED:BEARER_TOKEN»'],
    ['JWT', 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9P', '«REDACTED:JWT»'],
    ['a JWT in the middle of a word', 'a.x-eyJhbGciOiJI.eyJzdWIiOiIx.', 'a.x-«REDACTED:JWT»'],
    ['rec_', `x-api-key: rec_${'a1B2'.repeat(8)}`, 'x-api-key: «REDACTED:SKILLET_KEY»'],
    [
      'a URL',
      'postgres://me:hunter22@db.example.com/x',
      'postgres://me:«REDACTED:URL_PASSWORD»@db.example.com/x',
    ],
    ['an assignment', 'EXAMPLE_API_KEY=s3cr3t-value', 'EXAMPLE_API_KEY=«REDACTED:EXAMPLE_API_KEY»'],
    [
      'a JSON field',
      '{"password": "correct horse9"}'.replace(' horse', 'Horse'),
      '{"password": "«REDACTED:PASSWORD»"}',
    ],
  ]
  it.each(shaped)('hides %s', (_, text, expected) => {
    expect(redactSecrets(text)).toBe(expected)
  })

  it('hides a private key whole, and one whose end is missing', () => {
    const pem = `-----BEGIN OPENSSH PRIVATE KEY-----\nb3Blbn\nNzaC1r\n-----END OPENSSH PRIVATE KEY-----`
    expect(redactSecrets(`a\n${pem}\nb`)).toBe('a\n«REDACTED:PRIVATE_KEY»\nb')
    expect(redactSecrets(pem.slice(0, 50))).toBe('«REDACTED:PRIVATE_KEY»')
  })

  it('leaves ordinary text, digests and fingerprints alone', () => {
    for (const text of [
      'The key is under the mat. Password: required. token: string',
      `sha256 ${'0123456789abcdef'.repeat(4)}`,
      `signing-key: ${'0123456789abcdef'.repeat(4)}`,
      'https://api.example.com:8443/v1?page=2',
      'monkey=banana-split, keyid=abc',
    ])
      expect(redactSecrets(text)).toBe(text)
  })

  it('changes nothing when applied twice', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.string(), fc.constantFrom(...shaped.map(([, text]) => text)))),
        (parts) => {
          const once = redactSecrets(parts.join(' '))
          expect(redactSecrets(once)).toBe(once)
        },
      ),
    )
  })

  // What a pattern begins with, again and again, never what it ends with. Linear work takes milliseconds.
  const beginnings = [
    '-----BEGIN PRIVATE KEY-----|-----BEGIN A A A A |-----BEGIN A-----END A |-----END AAAA ',
    'eyJaaaaaa-|eyJ|eyJaaaaaa.|eyJaaaaaa.eyJ|aaaaaaaaa.eyJ|.eyJaaaaaa-|eyJaaaaaa.eyJaaaaaa-',
    'rec_fleet_|rec_|ghp_|github_pat_|glpat-|npm_|hf_|AKIA|AKIA0|AIza|AIza-|xoxb-|xapp-|sk_live_|sk-|sk-a',
    'Bearer |Bearer aaaa |Authorization: |Basic |Authorization: Basic |a://|a://:|a://a:a|a.|a-|aa:|://:',
    `token=|token="|token='|token" : |token |key-|api_|a_token|a_a_a_a_a_a_|token="a" | |\n|a|-|=`,
  ]
  it.each(beginnings.flatMap((line) => line.split('|')))('takes no longer for hostile text: %j', (seed) => {
    for (const start of ['', 'Bearer', 'token', 'Authorization:']) {
      const text = `${start}${seed.repeat(200_000 / seed.length)} `
      // Ends it in the middle of a pattern too.
      runInNewContext('redact(text)', { redact: redactSecrets, text }, { timeout: 5000 })
    }
  })

  it('reaches every string of a JSON value', () => {
    expect(redactDeep({ list: ['x supersecret'], supersecret: 1, n: null }, { S: 'supersecret' })).toEqual({
      list: ['x «REDACTED:S»'],
      '«REDACTED:S»': 1,
      n: null,
    })
  })
})

describe('createRedactor', () => {
  const stream = (secrets: Record<string, string>, chunks: readonly string[]) => {
    const redactor = createRedactor(secrets)
    return chunks.map((chunk) => redactor.push(chunk)).join('') + redactor.flush()
  }

  it('catches a secret that redacting piece by piece would let through', () => {
    const pieces = ['the key is supers', 'ecret-value', ' ok']
    expect(pieces.map((piece) => redactSecrets(piece, { K: 'supersecret-value' })).join('')).toContain(
      'supersecret-value',
    )
    expect(stream({ K: 'supersecret-value' }, pieces)).toBe('the key is «REDACTED:K» ok')
  })

  it('shows at once what can be no part of a secret', () => {
    const redactor = createRedactor({ K: 'supersecret-value' })
    expect(redactor.push('progress 10%\n')).toBe('progress 10%\n')
    expect(redactor.push('super')).toBe('')
    expect(redactor.push('market')).toBe('supermarket')
  })

  it('finds it wherever it stands in a long piece, among any characters', () => {
    for (const filler of ['x', 'é', '語'])
      for (const K of ['abcd', 'abcde', 'sk-2f9/7d+1e=tail'])
        for (const at of [0, 1, 2, 3, 16_377, 16_378, 16_379, 16_380, 16_381, 16_382, 16_383, 16_384, 32_767])
          for (const form of [K, base64(K), encodeURIComponent(K)]) {
            const text = `${filler.repeat(at)}${form}${filler}`
            expect(stream({ K }, [text]), `${filler} ${at}`).toBe(`${filler.repeat(at)}«REDACTED:K»${filler}`)
          }
  })

  // A tiny alphabet makes secrets overlap themselves and each other in every way there is.
  const tiny = (minLength: number, maxLength: number) =>
    fc.string({ unit: fc.constantFrom('a', 'b', ' '), minLength, maxLength })
  const secretsOf = fc.dictionary(fc.constantFrom('A', 'B', 'C'), tiny(0, 6))

  it('gives the same however the stream is cut', () => {
    fc.assert(
      fc.property(secretsOf, fc.array(tiny(0, 5), { maxLength: 30 }), (secrets, chunks) => {
        expect(stream(secrets, chunks)).toBe(stream(secrets, [chunks.join('')]))
      }),
      { numRuns: 2000 },
    )
  })

  it('lets no form of a secret through, however the stream is cut', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary', minLength: 8, maxLength: 40, size: 'max' }),
        fc.string({ unit: fc.constantFrom('.', ' ', '%', 'A', '\n'), maxLength: 9 }),
        fc.constantFrom(...Object.values(encodings)),
        fc.infiniteStream(fc.nat({ max: 2 ** 16 })),
        (value, around, encode, random) => {
          const choose = (count: number) => random.next().value! % count
          const form = encode(value, choose)
          const text = `${around}${form}${around}`
          const chunks: string[] = []
          for (let at = 0; at < text.length; at += chunks.at(-1)!.length)
            chunks.push(text.slice(at, at + 1 + choose(choose(2) === 0 ? 3 : text.length)))
          const shown = stream({ K: value }, chunks)
          expect(shown).toContain('«REDACTED:K»')
          const left = shown
            .replaceAll('«REDACTED:K»', '')
            .slice(around.length, around.length === 0 ? undefined : -around.length)
          // Of base64 in the middle: what stands for three bytes on either side and a few bits of the secret's ends.
          const allowed = encode === encodings['base64 in the middle'] ? 9 : 0
          expect(
            left
              .replace(/\n/g, '')
              .replace(/%[0-9A-F]{2}/g, '.')
              .replace(/[.=]*$/, '').length,
          ).toBeLessThanOrEqual(allowed)
        },
      ),
      { numRuns: 10_000 },
    )
  })
})

type Encode = (value: string, choose: (count: number) => number) => string

const base64 = (text: string) => Buffer.from(text).toString('base64')
const perByte = (value: string, write: (byte: number, character: string) => string) =>
  [...Buffer.from(value)].map((byte) => write(byte, String.fromCharCode(byte))).join('')
const hexOf = (byte: number) => byte.toString(16).padStart(2, '0')

/** Written anew here: what is searched for must not decide what is tried. */
const encodings: Record<string, Encode> = {
  plain: (value) => value,
  base64,
  'base64 without padding': (value) => base64(value).replace(/=+$/, ''),
  base64url: (value) => Buffer.from(value).toString('base64url'),
  'base64 over lines of 76': (value) => base64(value).replace(/.{76}(?=.)/g, '$&\n'),
  'base64 over lines of 64': (value) => base64(value).replace(/.{64}(?=.)/g, '$&\r\n'),
  'base64 in the middle': (value, choose) => {
    const text = base64(`${'abc'.slice(choose(3))}${value}${'xyz'.slice(choose(3))}`)
    const lines = [
      text,
      text.replace(/.{76}(?=.)/g, '$&\n'),
      encodeURIComponent(text),
      JSON.stringify(text).slice(1, -1),
    ]
    return lines[choose(4)]!
  },
  hexadecimal: (value) => Buffer.from(value).toString('hex'),
  'hexadecimal in upper case': (value) => Buffer.from(value).toString('hex').toUpperCase(),
  'hexadecimal with separators': (value) => perByte(value, hexOf).replace(/..(?=.)/g, '$&:'),
  URL: (value) => encodeURIComponent(value),
  form: (value) => new URLSearchParams({ value }).toString().slice(6),
  'percent-encoded here and there': (value, choose) =>
    Array.from(value, (character) => {
      const escaped = perByte(character, (byte) => `%${hexOf(byte)}`)
      return [character, escaped, escaped.toUpperCase()][choose(3)]!
    }).join(''),
  JSON: (value) => JSON.stringify(value).slice(1, -1),
  'JSON in ASCII': (value) =>
    JSON.stringify(value)
      .slice(1, -1)
      .replace(/[^ -~]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`),
  HTML: (value) => value.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`),
  'upper case': (value) => value.replace(/[a-z]/g, (letter) => letter.toUpperCase()),
}

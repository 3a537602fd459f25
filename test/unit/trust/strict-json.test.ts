import { describe, expect, it } from 'vitest'
import { parseStrictJson } from '../../../src/trust/strict-json.ts'

const parse = (...parts: (string | number[])[]) =>
  parseStrictJson(new Uint8Array(Buffer.concat(parts.map((part) => Buffer.from(part as string)))))

describe('parseStrictJson', () => {
  it('reads what JSON says', () => {
    expect(parse('{"a":[1,{"a":"é{\\"a\\":"}],"b":{"a":null}}')).toEqual({
      a: [1, { a: 'é{"a":' }],
      b: { a: null },
    })
  })

  it.each<[string, (string | number[])[]]>([
    ['bytes that are no UTF-8', ['{"a":"', [0xff], '"}']],
    ['an overlong slash', ['{"a":"', [0xc0, 0xaf], '"}']],
    ['half a surrogate pair in UTF-8', ['{"a":"', [0xed, 0xa0, 0x80], '"}']],
    ['a byte-order mark', [[0xef, 0xbb, 0xbf], '{"a":1}']],
    ['a name twice', ['{"a":1,"b":2,"a":1}']],
    ['a name twice, deep down', ['[{"b":[{"a":1,"c":{},"a":1}]}]']],
    ['a name twice, once with an escape', ['{"a":1,"\\u0061":1}']],
    ['a name twice, with space before the colon', ['{"a" :1,"a"\n:1}']],
    ['what is no JSON', ['{a:1}']],
  ])('refuses %s', (_, parts) => {
    expect(() => parse(...parts)).toThrow(SyntaxError)
  })
})

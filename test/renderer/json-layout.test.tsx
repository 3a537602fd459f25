import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { layOutJson } from '../../src/renderer/features/run/json-layout.ts'

describe('layOutJson', () => {
  it('leaves anything that is not one JSON document alone', () => {
    for (const text of ['', 'done', '42', '"a"', '{"a":1}\n{"a":2}', '{"a":', '[1,2] trailing'])
      expect(layOutJson(text)).toBeNull()
  })
  it('keeps numbers and strings exactly as written', () => {
    expect(layOutJson('{"n":1.50e+3,"id":12345678901234567890,"s":"a:{,\\"}"}')).toBe(
      '{\n  "n": 1.50e+3,\n  "id": 12345678901234567890,\n  "s": "a:{,\\"}"\n}',
    )
  })
  it('changes nothing but space, whatever the document', () => {
    fc.assert(
      fc.property(fc.oneof(fc.dictionary(fc.string(), fc.jsonValue()), fc.array(fc.jsonValue())), (value) => {
        const text = JSON.stringify(value)
        expect(layOutJson(text)).toBe(JSON.stringify(JSON.parse(text), null, 2))
      }),
    )
  })
})

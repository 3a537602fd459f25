import { expect, test } from 'vitest'
import { memberOf, parseOutput, toInputValue } from '../../../../src/engine/chain/hand-over.ts'
import { SkilletError } from '../../../../src/shared/errors.ts'
import type { SkillInput } from '../../../../src/shared/skill-manifest.ts'

function refusalOf(work: () => unknown): string {
  try {
    work()
  } catch (error) {
    if (error instanceof SkilletError && error.code === 'STEP_FAILED') return error.message
    throw error
  }
  throw new Error('It was taken.')
}

test.each([
  ['{"a": 1}\n', { a: 1 }],
  ['\n "text" ', 'text'],
  ['null', null],
  ['7', 7],
])('%j is one document', (stdout, value) => {
  expect(parseOutput(stdout, 'Sample')).toEqual(value)
})

test.each([
  ['', 'Sample printed nothing; a step of a chain prints one JSON document.'],
  ['Hello\nthere', 'Sample did not print one JSON document. What it printed begins with: Hello'],
  ['{"a": 1}\n{"b": 2}', 'Sample did not print one JSON document. What it printed begins with: {"a": 1}'],
  ['NaN', 'Sample did not print one JSON document. What it printed begins with: NaN'],
])('%j is none', (stdout, sentence) => {
  expect(refusalOf(() => parseOutput(stdout, 'Sample'))).toBe(sentence)
})

test('what lies too deep is refused, and takes no call within call to find', () => {
  const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth)
  expect(JSON.stringify(parseOutput(nested(100), 'Sample'))).toBe(nested(100))
  for (const depth of [101, 20_000, 200_000])
    expect(refusalOf(() => parseOutput(nested(depth), 'Sample'))).toContain('more than 100 deep')
  expect(refusalOf(() => parseOutput('{"a":'.repeat(150) + '1' + '}'.repeat(150), 'Sample'))).toContain(
    'deep',
  )
})

test('what is shown of an output is redacted before it is cut', () => {
  const key = 'AIzaSyA1bcD2efG3hiJ4klM5noP6qrS7tuV8wxY'
  const shown = refusalOf(() => parseOutput('x '.repeat(28) + key, 'Sample'))
  expect(shown).not.toContain('AIza')
  const names = refusalOf(() =>
    memberOf({ [`${'x '.repeat(10)}${key}`]: 1, ['k '.repeat(2_000_000)]: 1 }, 's', ['a']),
  )
  expect(names).not.toContain('AIza')
  expect(names.length).toBeLessThan(150)
})

test('a path leads through members and places of lists', () => {
  const output = { a: [{ b: 'c' }], '0': 'zero' }
  expect(memberOf(output, 's', [])).toBe(output)
  expect(memberOf(output, 's', ['a', '0', 'b'])).toBe('c')
  expect(memberOf(output, 's', ['0'])).toBe('zero')
})

test.each([
  [['x'], 'There is no s.x: s has a, n, e.'],
  [['constructor'], 'There is no s.constructor: s has a, n, e.'],
  [['a', '2'], 'There is no s.a.2: s.a is a list of 2.'],
  [['a', 'length'], 'There is no s.a.length: s.a is a list of 2.'],
  [['a', '-1'], 'There is no s.a.-1: s.a is a list of 2.'],
  [['e', '0'], 'There is no s.e.0: s.e is an empty list.'],
  [['n', 'x'], 'There is no s.n.x: s.n is null.'],
  [['a', '0', 'x'], 'There is no s.a.0.x: s.a.0 is a string.'],
])('%j is not there', (path, sentence) => {
  expect(refusalOf(() => memberOf({ a: ['x', 'y'], n: null, e: [] }, 's', path))).toBe(sentence)
})

const input = (type: 'string' | 'number' | 'boolean' | 'choice'): SkillInput => {
  const base = { title: 'Thing', required: false }
  if (type === 'choice') return { type, ...base, options: ['a'] }
  return type === 'string' ? { type, ...base, multiline: false } : { type, ...base }
}

test.each([
  ['text', 'string', 'text'],
  [{ a: [1] }, 'string', '{"a":[1]}'],
  [5, 'string', '5'],
  [5, 'number', 5],
  [true, 'boolean', true],
  ['a', 'choice', 'a'],
  [null, 'number', undefined],
] as const)('%j as a %s', (value, type, handed) => {
  expect(toInputValue(value, input(type), 's')).toEqual(handed)
})

test.each([
  ['5', 'number', 'Thing must be a number, and s is a string.'],
  [1, 'boolean', 'Thing must be a boolean, and s is a number.'],
  [['a'], 'choice', 'Thing must be a string, and s is a list.'],
] as const)('%j is no %s', (value, type, sentence) => {
  expect(refusalOf(() => toInputValue(value, input(type), 's'))).toBe(sentence)
})

import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { parseChain } from '../../../../src/engine/chain/parse-chain.ts'
import { SkilletError } from '../../../../src/shared/errors.ts'

const head = 'schema = 1\ntitle = "T"\nsummary = "S"\n'

/** What is wrong with a chain, without the name of its file. */
function problemOf(text: string): string {
  try {
    parseChain(text, 'my.toml')
  } catch (error) {
    if (!(error instanceof SkilletError) || error.code !== 'CHAIN_INVALID') throw error
    expect(error.message.startsWith('my.toml is not valid. ')).toBe(true)
    return error.message.slice('my.toml is not valid. '.length)
  }
  throw new Error('It was valid.')
}

test('the reference chain is read with its references', async () => {
  const { title, inputs, steps } = parseChain(
    await readFile('chains/read-and-remember.toml', 'utf8'),
    'read-and-remember.toml',
  )
  expect(title).toBe('Read a document and remember it')
  expect(inputs['document']).toEqual({ type: 'file', title: 'Document', required: true })
  expect(steps.map(({ id, skill }) => [id, skill])).toEqual([
    ['parse', 'parse-input'],
    ['check', 'validate-coverage'],
    ['pick', 'extract-highlights'],
    ['remember', 'memory-update'],
  ])
  expect(steps[0]!.inputs).toEqual({ text: { kind: 'input', input: 'document' } })
  expect(steps[3]!.inputs).toEqual({
    highlights: { kind: 'step', step: 'pick', path: [] },
    topic: { kind: 'step', step: 'parse', path: ['title'] },
  })
})

test('an id is the slug unless it is given, and plain values stay what they are', () => {
  const text = `${head}[[steps]]\nskill = "one"\n[steps.inputs]\na = "x"\nb = 2\nc = true\n`
  expect(parseChain(text, 'x').steps).toEqual([
    {
      id: 'one',
      skill: 'one',
      inputs: {
        a: { kind: 'value', value: 'x' },
        b: { kind: 'value', value: 2 },
        c: { kind: 'value', value: true },
      },
    },
  ])
})

const one = '[[steps]]\nskill = "one"\n'
test.each([
  ['schema = 1\ntitle = \n', 'Line 2: this line is not TOML'],
  [`${head}color = "red"\n${one}`, 'Line 4: color is not a key that a chain may have.'],
  [head, 'steps: this key is missing.'],
  [`${head}${one}when = "later"\n`, 'Line 6: steps[1].when is not a key that a chain may have.'],
  [`${head}${one}[[steps]]\nskill = "Two"\n`, 'Line 7: steps[2].skill: must be lower-case words'],
  [`${head}${one}${one}`, 'Line 6: steps[2].id: another step is called one already'],
  [`${head}${one}[steps.inputs]\na = [1]\n`, 'Line 7: steps[1].inputs.a: must be text, a number, true'],
  [`${head}${one}[steps.inputs]\na = { of = "x" }\n`, 'Line 7: steps[1].inputs.a: must be text, a number'],
  [
    `${head}${one}[steps.inputs]\na = { from = "nobody" }\n`,
    'Line 7: steps[1].inputs.a: there is no step called nobody.',
  ],
  [
    `${head}${one}[[steps]]\nskill = "two"\n[steps.inputs]\na = { from = "one..b" }\n`,
    'Line 9: steps[2].inputs.a: a member has a name between its dots',
  ],
  [
    `${head}${one}[steps.inputs]\na = { from = "one" }\n`,
    'Line 7: steps[1].inputs.a: a step can take nothing from itself.',
  ],
  [
    `${head}${one}[steps.inputs]\na = { from = "two.b" }\n[[steps]]\nskill = "two"\n`,
    'Line 7: steps[1].inputs.a: two comes later',
  ],
  [
    `${head}[inputs.text]\ntype = "string"\ntitle = "Text"\n${one}[steps.inputs]\na = { from = "inputs.test" }\n`,
    'Line 10: steps[1].inputs.a: the chain has no input called test; there is text.',
  ],
  [
    `${head}[inputs.text]\ntype = "string"\ntitle = "Text"\n${one}[steps.inputs]\na = { from = "inputs.text.length" }\n`,
    'Line 10: steps[1].inputs.a: the chain has no input called text.length; there is text.',
  ],
  [
    `${head}[inputs.text]\ntype = "folder"\ntitle = "Text"\n${one}`,
    'Line 5: inputs.text.type: must be file or string',
  ],
  [
    `${head}${one}[steps.inputs]\n[[steps]]\nid = "inputs"\nskill = "two"\n`,
    'Line 8: steps[2].id: inputs means',
  ],
  [`# ${'x'.repeat(70_000)}\n${head}${one}`, 'It is larger than 64 KB.'],
])('%s is refused', (text, problem) => {
  expect(problemOf(text)).toContain(problem)
})

test('everything that is wrong is named at once', () => {
  const problem = problemOf(`${head}color = "red"\n[[steps]]\nskill = "Two"\n`)
  expect(problem).toContain('Line 4: color')
  expect(problem).toContain('Line 6: steps[1].skill')
})

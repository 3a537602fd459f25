import { expect, test } from 'vitest'
import { misfits } from '../../../../src/engine/chain/fit.ts'
import { parseChain } from '../../../../src/engine/chain/parse-chain.ts'
import { skillManifest } from '../../../support/host-values.ts'

/** What doesn't fit of a step that takes these from a chain with an input of each kind. */
function misfitsOf(inputs: string, manifest = skillManifest): string[] {
  const chain = parseChain(
    `schema = 1
title = "T"
summary = "S"
[inputs.doc]
type = "file"
title = "Doc"
[inputs.word]
type = "string"
title = "Word"
[inputs.many]
type = "number"
title = "Many"
[[steps]]
skill = "earlier"
[[steps]]
skill = "csv-profile"
[steps.inputs]
${inputs}`,
    'x.toml',
  )
  return misfits(chain.steps[1]!, chain, manifest)
}
const file = 'file = { from = "inputs.doc" }'

test('what fits', () => {
  expect(misfitsOf(`${file}\nname = { from = "inputs.doc" }`)).toEqual([])
  expect(misfitsOf(`${file}\nname = { from = "inputs.many" }\nrows = { from = "inputs.many" }`)).toEqual([])
  expect(misfitsOf(`${file}\nname = { from = "earlier" }\nstrict = { from = "earlier.yes" }`)).toEqual([])
  expect(misfitsOf(`${file}\nheader = "yes"\nrows = 7`)).toEqual([])
})

test.each([
  ['', 'CSV file of CSV profile is needed, and the chain gives it nothing.'],
  [
    `${file}\nfiel = 1`,
    'CSV profile has no input called fiel. It takes file, folder, name, rows, strict, header.',
  ],
  ['file = { from = "inputs.word" }', 'CSV file of CSV profile is a file; inputs.word is a string.'],
  [
    'file = { from = "earlier" }',
    'CSV file of CSV profile is a file; what a step prints is handed on as text.',
  ],
  // Otherwise whoever wrote a chain could have a skill read a file that the person never chose.
  [
    'file = "/home/me/.ssh/id"',
    'CSV file of CSV profile is a file: only the person who runs the chain can choose it.',
  ],
  [`${file}\nfolder = { from = "inputs.doc" }`, 'Folder of CSV profile is a folder; inputs.doc is a file.'],
  [`${file}\nrows = { from = "inputs.word" }`, 'Rows of CSV profile is a number; inputs.word is a string.'],
])('%s is named', (inputs, sentence) => {
  expect(misfitsOf(inputs)).toEqual([sentence])
})

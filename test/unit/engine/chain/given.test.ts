import { expect, test } from 'vitest'
import { readGiven } from '../../../../src/engine/chain/given.ts'
import { parseChain } from '../../../../src/engine/chain/parse-chain.ts'
import { knownValues } from '../../../../src/engine/chain/preflight.ts'
import { skillManifestSchema } from '../../../../src/shared/skill-manifest.ts'

const chainOf = (required: boolean) =>
  parseChain(
    `schema = 1
title = "T"
summary = "S"
[inputs.constructor]
type = "file"
title = "Builder"
required = ${required}
[[steps]]
skill = "sample"
[steps.inputs]
constructor = { from = "inputs.constructor" }`,
    'x.toml',
  )
const manifest = skillManifestSchema.parse({
  schema: 1,
  slug: 'sample',
  version: '1.0.0',
  title: 'Sample',
  summary: 'x',
  publisher: 'skillet-labs',
  license: 'MIT',
  category: 'data',
  capabilities: { 'fs:read': 'Reads.' },
  run: { command: ['sh'], inputs: { constructor: { type: 'file', title: 'File' } } },
})

test('an input with the name of what every object has is not given before it is given', async () => {
  await expect(readGiven(chainOf(true), {}, '/nowhere', () => true)).rejects.toMatchObject({
    code: 'INPUT_INVALID',
    message: 'Builder is needed.',
  })
  const chain = chainOf(false)
  const given = await readGiven(chain, {}, '/nowhere', () => true)
  expect(given.values).toEqual({})
  expect(await knownValues(chain.steps[0]!, chain, manifest, given)).toEqual({})
})

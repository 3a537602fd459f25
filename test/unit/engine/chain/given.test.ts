import { appendFileSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
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

const folder = mkdtempSync(join(tmpdir(), 'skillet-given-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const give = (name: string, content: string | Buffer, wasChosen = (_path: string) => true) => {
  const path = join(folder, name)
  writeFileSync(path, content)
  return readGiven(chainOf(true), { constructor: path }, '/nowhere', wasChosen)
}

test('what the chain doesn’t ask for, and a file that nobody chose, is refused', async () => {
  await expect(readGiven(chainOf(false), { other: 'x' }, '/nowhere', () => true)).rejects.toMatchObject({
    code: 'INPUT_INVALID',
    message: 'The chain has no input called other.',
  })
  const chosen = give('letter', 'x', (path) => path === join(folder, 'letter'))
  await expect(chosen).resolves.toMatchObject({ values: { constructor: join(folder, 'letter') } })
  await expect(give('letter', 'x', () => false)).rejects.toMatchObject({
    message: 'Choose Builder with the file chooser.',
  })
})

test('the text that is handed on is the one that was looked at, and is text of some length', async () => {
  const given = await give('text', 'as it was')
  expect(await given.text('constructor')).toBe('as it was')
  const changed = await give('changed', 'as it was')
  appendFileSync(join(folder, 'changed'), ' and more')
  const binary = await give('binary', Buffer.from([0x61, 0xff, 0x62]))
  truncateSync(join(folder, 'text'), 8 * 1024 * 1024 + 1)
  const long = await readGiven(chainOf(true), { constructor: join(folder, 'text') }, '/nowhere', () => true)
  for (const [one, words] of [
    [changed, 'was changed just now'],
    [binary, 'is not a text file'],
    [long, 'up to 8 MB of text'],
  ] as const)
    await expect(one.text('constructor')).rejects.toMatchObject({
      code: 'INPUT_INVALID',
      message: expect.stringContaining(words),
    })
})

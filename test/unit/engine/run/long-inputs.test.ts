import { expect, test } from 'vitest'
import { resolveInputs } from '../../../../src/engine/run/inputs.ts'
import { skillManifestSchema } from '../../../../src/shared/skill-manifest.ts'

const base = {
  schema: 1,
  slug: 'sample',
  version: '1.0.0',
  title: 'Sample',
  summary: 'x',
  publisher: 'skillet-labs',
  license: 'MIT',
  category: 'data',
}
const text = (title: string, stdin?: boolean) => ({ type: 'string', title, ...(stdin ? { stdin } : {}) })
const many = Object.fromEntries(Array.from({ length: 10 }, (_, n) => [`n${n}`, text(`N${n}`)]))
const manifest = skillManifestSchema.parse({
  ...base,
  run: { command: ['sh'], inputs: { text: text('Text'), long: text('Long', true), ...many } },
})
const resolve = (values: Record<string, string>) => resolveInputs(manifest, values, '/nowhere')

test('one input comes on standard input, the others as arguments', async () => {
  expect(await resolve({ text: 'a', long: 'b\nc' })).toMatchObject({ argv: ['--text=a'], stdin: 'b\nc' })
  expect(await resolve({ text: 'a' })).toMatchObject({ argv: ['--text=a'], stdin: null })
})

test('what Linux takes as one argument is taken, a byte more is refused with its size', async () => {
  const most = 128 * 1024 - 1 - '--text='.length
  expect((await resolve({ text: 'x'.repeat(most) })).argv[0]).toHaveLength(128 * 1024 - 1)
  await expect(resolve({ text: 'x'.repeat(most + 1) })).rejects.toMatchObject({
    code: 'INPUT_INVALID',
    message: 'Text is too long: it is 128 KB, and the skill can be given 127 KB.',
  })
  // In bytes: 43,700 of these are 128 KB.
  await expect(resolve({ text: '語'.repeat(50_000) })).rejects.toMatchObject({
    message: 'Text is too long: it is 147 KB, and the skill can be given 127 KB.',
  })
})

test('all arguments together, and standard input, have their limits too', async () => {
  const values = Object.fromEntries(Object.keys(many).map((name) => [name, 'x'.repeat(120_000)]))
  await expect(resolve(values)).rejects.toMatchObject({
    code: 'INPUT_INVALID',
    message: 'The inputs of Sample are 1.2 MB together, and it can be given 1 MB.',
  })
  expect((await resolve({ long: 'x'.repeat(8 * 1024 * 1024) })).stdin).toHaveLength(8 * 1024 * 1024)
  await expect(resolve({ long: 'x'.repeat(8 * 1024 * 1024 + 1) })).rejects.toMatchObject({
    message: 'Long is too long: it is 8.1 MB, and the skill can be given 8 MB.',
  })
})

test('a second input on standard input is refused', () => {
  const inputs = { one: text('One', true), two: text('Two', true) }
  const result = skillManifestSchema.safeParse({ ...base, run: { command: ['sh'], inputs } })
  expect(result.error?.issues).toMatchObject([
    { path: ['run', 'inputs', 'two', 'stdin'], message: 'one comes on standard input already' },
  ])
})

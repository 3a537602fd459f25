import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { resolveInputs } from '../../../../src/engine/run/inputs.ts'
import { skillManifestSchema } from '../../../../src/shared/skill-manifest.ts'

const folder = mkdtempSync(join(tmpdir(), 'skillet-inputs-'))
const home = join(folder, 'home')
const file = join(folder, 'orders.csv')
const identityOf = (path: string) => `${statSync(path).dev}:${statSync(path).ino}`
mkdirSync(join(home, 'records'), { recursive: true })
writeFileSync(join(home, 'records', 'grants.json'), '{}')
writeFileSync(file, 'a,b\n')
symlinkSync(file, join(folder, 'link.csv'))
symlinkSync('/etc', join(folder, 'etc-link'))
symlinkSync(home, join(folder, 'home-link'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const manifest = skillManifestSchema.parse({
  schema: 1,
  slug: 'sample',
  version: '1.0.0',
  title: 'Sample',
  summary: 'x',
  publisher: 'skillet-labs',
  license: 'MIT',
  category: 'data',
  capabilities: { 'fs:read': 'Reads.', 'fs:write': 'Writes.' },
  run: {
    command: ['sh'],
    inputs: {
      file: { type: 'file', title: 'File' },
      folder: { type: 'folder', title: 'Folder' },
      text: { type: 'string', title: 'Text', default: 'hello' },
      count: { type: 'number', title: 'Count', min: 1, max: 9 },
      really: { type: 'boolean', title: 'Really' },
      kind: { type: 'choice', title: 'Kind', options: ['a', 'b'] },
    },
  },
})
const resolve = (values: Record<string, string | number | boolean>) => resolveInputs(manifest, values, home)

test('values become words in the order of the manifest, defaults included', async () => {
  const { argv, paths } = await resolve({ kind: 'b', really: true, count: '3', file })
  expect(argv).toEqual([`--file=${file}`, '--text=hello', '--count=3', '--really=true', '--kind=b'])
  expect(paths).toEqual([{ path: file, source: file, identity: identityOf(file), writable: false }])
})

test('a link is bound where it leads, and keeps the name that was chosen', async () => {
  const link = join(folder, 'link.csv')
  expect((await resolve({ file: link })).paths).toEqual([
    { path: link, source: file, identity: identityOf(file), writable: false },
  ])
})

test('a skill that writes but keeps no state may change the chosen folder', async () => {
  const chosen = join(folder, 'chosen')
  mkdirSync(chosen)
  expect((await resolve({ folder: chosen })).paths[0]).toMatchObject({ writable: true })
})

test.each([
  ['an unknown input', { nope: 1 }],
  ['a missing file', { file: '/nowhere/x.csv' }],
  ['a folder for a file', { file: folder }],
  ['a file for a folder', { folder: file }],
  ['a number too large', { count: 10 }],
  ['a number too small', { count: 0 }],
  ['a number that is a word of truth', { count: true }],
  ['nothing for a number', { count: ' ' }],
  ['a number for a path', { file: 5 }],
  ['a path with a zero in it', { file: `${file}\0` }],
  ['a number that is none', { count: 'many' }],
  ['a boolean that is none', { really: 'perhaps' }],
  ['a choice that is none', { kind: 'c' }],
  ['a NUL', { text: 'a\0b' }],
  ['the whole disk', { folder: '/' }],
  ['a folder of the system', { folder: '/usr/share' }],
  ['a link to a folder of the system', { folder: join(folder, 'etc-link') }],
  ['the whole home folder', { folder: homedir() }],
  ["Skillet's own folder", { folder: home }],
  ["a folder in Skillet's own", { folder: join(home, 'records') }],
  ["a file in Skillet's own", { file: join(home, 'records', 'grants.json') }],
  ["a link to Skillet's own folder", { folder: join(folder, 'home-link') }],
  ["a folder that holds Skillet's own", { folder }],
])('%s is refused', async (_what, values) => {
  await expect(resolve(values as never)).rejects.toMatchObject({ code: 'INPUT_INVALID' })
})

test.runIf(process.getuid?.() !== 0)(
  'a file that the person may not read is refused before anything starts',
  async () => {
    const secret = join(folder, 'secret.csv')
    writeFileSync(secret, 'x')
    chmodSync(secret, 0)
    await expect(resolve({ file: secret })).rejects.toMatchObject({ code: 'INPUT_INVALID' })
  },
)

test('a path that nobody picked is refused before anything looks at it', async () => {
  const asked: string[] = []
  const picked = (path: string) => {
    asked.push(path)
    return path === file
  }
  await expect(resolveInputs(manifest, { file: '/does/not/exist' }, home, picked)).rejects.toMatchObject({
    code: 'INPUT_INVALID',
    message: 'Choose File with the file chooser.',
  })
  expect((await resolveInputs(manifest, { file, text: 'x' }, home, picked)).paths).toHaveLength(1)
  expect(asked).toEqual(['/does/not/exist', file])
})

test('an input with the name of what every object has is not given before it is given', async () => {
  const inputs = {
    constructor: { type: 'string' as const, title: 'Builder', required: true, multiline: false },
  }
  const asks = { ...manifest, run: { ...manifest.run, inputs } }
  await expect(resolveInputs(asks, {}, home)).rejects.toMatchObject({ message: 'Builder is needed.' })
  await expect(resolveInputs(manifest, { toString: 'x' } as never, home)).rejects.toMatchObject({
    message: expect.stringContaining('has no input called toString.'),
  })
})

import { execFileSync } from 'node:child_process'
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createChainFiles } from '../../../../src/engine/chain/chain-files.ts'
import { codeOf } from '../../trust/code.ts'

const text = (title: string) => `schema = 1\ntitle = "${title}"\nsummary = "S"\n[[steps]]\nskill = "one"\n`
let folder: string
const chains = () => createChainFiles(join(folder, 'chains'))
function write(name: string, content = text('T')): string {
  const path = join(folder, name)
  writeFileSync(path, content)
  return path
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'skillet-chains-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

test('the chain that comes with Skillet is the file of the project, and stays', async () => {
  const [own] = await chains().list()
  expect(own).toMatchObject({ id: 'read-and-remember', builtIn: true })
  expect(own!.text).toBe(readFileSync('chains/read-and-remember.toml', 'utf8'))
  expect(await codeOf(chains().remove('read-and-remember'))).toBe('FORBIDDEN')
})

test('a file is copied under its name, the same one once, another one beside it', async () => {
  const files = chains()
  expect(await files.add(write('My Chain!.toml'))).toEqual({ id: 'my-chain' })
  expect(await files.add(write('my-chain.toml'))).toEqual({ id: 'my-chain' })
  expect(await files.add(write('my-chain.toml', text('U')))).toEqual({ id: 'my-chain-2' })
  expect(await files.add(write('read-and-remember.toml'))).toEqual({ id: 'read-and-remember-2' })
  expect(await files.add(write('日本.toml'))).toEqual({ id: 'chain' })
  expect(readdirSync(join(folder, 'chains')).sort()).toEqual([
    'chain.toml',
    'my-chain-2.toml',
    'my-chain.toml',
    'read-and-remember-2.toml',
  ])
  expect((await chains().list()).map(({ id }) => id)).toEqual([
    'read-and-remember',
    'chain',
    'my-chain-2',
    'my-chain',
    'read-and-remember-2',
  ])
})

test('what was removed comes back', async () => {
  const files = chains()
  await files.add(write('one.toml'))
  const { undoId } = await files.remove('one')
  expect(await codeOf(files.get('one'))).toBe('NOT_FOUND')
  expect(await files.restore(undoId)).toEqual({ id: 'one' })
  expect((await files.get('one')).text).toBe(text('T'))
  expect(await codeOf(files.restore(undoId))).toBe('NOT_FOUND')
})

test('what is no chain is refused', async () => {
  const files = chains()
  expect(await codeOf(files.add(join(folder, 'nothing.toml')))).toBe('NOT_FOUND')
  expect(await codeOf(files.add(write('bad.toml', 'schema = 2')))).toBe('CHAIN_INVALID')
  expect(await codeOf(files.add(write('long.toml', `#${'x'.repeat(70_000)}`)))).toBe('CHAIN_INVALID')
  mkdirSync(join(folder, 'folder.toml'))
  expect(await codeOf(files.read(join(folder, 'folder.toml')))).toBe('CHAIN_INVALID')
  execFileSync('mkfifo', [join(folder, 'pipe.toml')])
  expect(await codeOf(files.read(join(folder, 'pipe.toml')))).toBe('CHAIN_INVALID')
  for (const id of ['../../etc/passwd', 'A', 'nothing']) expect(await codeOf(files.get(id))).toBe('NOT_FOUND')
})

test('a file that somebody put there is listed, and nothing else in that folder', async () => {
  mkdirSync(join(folder, 'chains'))
  for (const name of ['mine.toml', 'Not An Id.toml', 'note.txt', 'mine.toml.abc.tmp'])
    write(join('chains', name))
  expect((await chains().list()).map(({ id }) => id)).toEqual(['read-and-remember', 'mine'])
})

test('files whose names are long and alike lie beside one another', async () => {
  const files = chains()
  const name = 'quarterly-report-of-the-regional-sales-department-for-review.toml'
  const ids: string[] = []
  for (let count = 0; count < 12; count++) ids.push((await files.add(write(name, text(`T${count}`)))).id)
  expect(new Set(ids).size).toBe(12)
  for (const [count, id] of ids.entries()) {
    expect(id.length).toBeLessThanOrEqual(60)
    expect((await files.get(id)).text).toBe(text(`T${count}`))
  }
  expect((await files.list()).map(({ id }) => id).sort()).toEqual(['read-and-remember', ...ids].sort())
})

test('of two files of one name that are added at once, neither is lost', async () => {
  const [one, two] = ['one', 'two'].map((title) => {
    mkdirSync(join(folder, title))
    return write(join(title, 'same.toml'), text(title))
  })
  const added = await Promise.all([chains().add(one!), chains().add(two!)])
  expect(await Promise.all(added.map(async ({ id }) => (await chains().get(id)).text))).toEqual([
    text('one'),
    text('two'),
  ])
})

test.each([
  ['a folder', (path: string) => mkdirSync(path)],
  ['a file that is too long', (path: string) => writeFileSync(path, 'x'.repeat(70_000))],
  ['a link to nothing', (path: string) => symlinkSync('nowhere', path)],
])('%s among the chains hides none of the others, and can be removed and brought back', async (_, make) => {
  const files = chains()
  await files.add(write('good.toml'))
  make(join(folder, 'chains', 'bad.toml'))
  const list = async () => (await files.list()).map(({ id, problem }) => [id, problem !== undefined])
  const all = [
    ['read-and-remember', false],
    ['bad', true],
    ['good', false],
  ]
  expect(await list()).toEqual(all)
  expect(await files.add(write('bad.toml'))).toEqual({ id: 'bad-2' })
  await files.remove('bad-2')
  const { undoId } = await files.remove('bad')
  expect(await list()).toEqual([all[0], all[2]])
  expect(await files.restore(undoId)).toEqual({ id: 'bad' })
  expect(await list()).toEqual(all)
})

test('what is no chain’s name leads nowhere', async () => {
  write('outside.toml')
  mkdirSync(join(folder, 'chains'))
  writeFileSync(join(folder, 'chains', 'Loud.toml'), text('T'))
  for (const id of ['../outside', 'a/../../outside', join(folder, 'outside'), 'Loud', '']) {
    expect(await codeOf(chains().get(id)), id).toBe('NOT_FOUND')
    expect(await codeOf(chains().remove(id)), id).toBe('NOT_FOUND')
  }
  expect(readdirSync(folder).sort()).toEqual(['chains', 'outside.toml'])
})

test('who names a chain that isn’t there is told what to name', async () => {
  await expect(chains().get('foo')).rejects.toMatchObject({
    remedy: 'Name its .toml file, or add it in the window.',
  })
})

import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { runCliWith } from '../../support/cli-run.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'skillet-keygen-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))
const at = (name: string) => join(folder, name)

it('makes nothing where one of the files exists already, and names the flag of that one', async () => {
  await writeFile(at('root.json'), 'mine')
  const argv = ['keygen', '-o', at('key.json'), '--trust-root-out', at('root.json'), '--json']
  const { json, status } = await runCliWith(argv, {})
  expect(status).toBe(2)
  expect(json).toMatchObject({ error: { code: 'USAGE', remedy: 'Name another file with --trust-root-out.' } })
  expect(await readdir(folder)).toEqual(['root.json'])
  await writeFile(at('key.json'), 'mine')
  expect((await runCliWith(argv, {})).json).toMatchObject({ error: { remedy: 'Name another file with -o.' } })
})

it('writes the trust root of a key that is there, and leaves the key as it is', async () => {
  await runCliWith(['keygen', '-o', at('key.json'), '--trust-root-out', at('first.json')], {})
  const key = await readFile(at('key.json'), 'utf8')
  const again = ['keygen', '--key', at('key.json'), '--trust-root-out', at('second.json'), '--json']
  expect((await runCliWith(again, {})).json).toMatchObject({ trustRoot: at('second.json') })
  expect(await readFile(at('second.json'), 'utf8')).toBe(await readFile(at('first.json'), 'utf8'))
  expect(await readFile(at('key.json'), 'utf8')).toBe(key)
  expect((await runCliWith(['keygen', '--key', at('key.json')], {})).status).toBe(2)
})

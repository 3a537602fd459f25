import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { createPaths } from '../../../src/engine/paths.ts'
import { loadPinnedRoot } from '../../../src/engine/trust-root.ts'
import { createTufRepository, forge } from '../../support/tuf-repository.ts'

let home: string
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'skillet-root-'))
})
afterEach(() => rm(home, { recursive: true, force: true }))

async function named(name: string, content: string | Uint8Array): Promise<Buffer> {
  await writeFile(join(home, name), content)
  await loadPinnedRoot(createPaths(home), join(home, name))
  return readFile(join(home, name))
}
const pinned = async () => {
  const bytes = await loadPinnedRoot(createPaths(home), null)
  return bytes === null ? null : Buffer.from(bytes)
}

it('the first root that is named stays, whatever is named later', async () => {
  const first = await named('first.json', createTufRepository().root())
  await named('second.json', createTufRepository().root())
  expect(await pinned()).toEqual(first)
})

it('what is no root is not kept', async () => {
  const root = createTufRepository().root()
  await named('login.html', '<!doctype html>')
  await named(
    'unsigned.json',
    forge(root, () => undefined, []),
  )
  expect(await pinned()).toBeNull()
  const good = await named('good.json', root)
  expect(await pinned()).toEqual(good)
})

it('a root takes the place of what is kept and is none', async () => {
  const root = await named('good.json', createTufRepository().root())
  const { trust } = createPaths(home)
  await writeFile(join(trust, 'root.json'), '{"half":')
  await named('bad.json', '{"also":"none"}')
  expect((await pinned())?.toString()).toBe('{"half":')
  await named('good.json', root)
  expect(await pinned()).toEqual(root)
})

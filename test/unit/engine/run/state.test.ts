import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { prepareState } from '../../../../src/engine/run/state.ts'
import { skillManifestSchema } from '../../../../src/shared/skill-manifest.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'skillet-state-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

test('folders are made below the skill’s own', async () => {
  const prepared = await prepareState(join(folder, 'state'), ['out', 'a/b'])
  expect(prepared).toEqual([
    { inside: 'out', host: join(folder, 'state', 'out'), identity: expect.stringMatching(/^\d+:\d+$/) },
    { inside: 'a/b', host: join(folder, 'state', 'a', 'b'), identity: expect.stringMatching(/^\d+:\d+$/) },
  ])
  expect(existsSync(join(folder, 'state', 'a', 'b'))).toBe(true)
})

test('a link in the place of a folder is not followed', async () => {
  mkdirSync(join(folder, 'victim'))
  mkdirSync(join(folder, 'state'))
  symlinkSync(join(folder, 'victim'), join(folder, 'state', 'out'))
  await expect(prepareState(join(folder, 'state'), ['out'])).rejects.toMatchObject({ code: 'STORE_DAMAGED' })
  await expect(prepareState(join(folder, 'state'), ['out/deep'])).rejects.toMatchObject({
    code: 'STORE_DAMAGED',
  })
  expect(existsSync(join(folder, 'victim', 'deep'))).toBe(false)
})

test('a file in the place of a folder is none', async () => {
  mkdirSync(join(folder, 'state'))
  writeFileSync(join(folder, 'state', 'out'), '')
  await expect(prepareState(join(folder, 'state'), ['out'])).rejects.toMatchObject({ code: 'STORE_DAMAGED' })
})

// A skill that may write `a` could exchange `a/b` for a link while a second run is being prepared.
test('folders within each other are refused, by the manifest and again before a run', async () => {
  const manifest = (write: string[]) => ({
    schema: 1,
    slug: 'sample',
    version: '1.0.0',
    title: 'Sample',
    summary: 'x',
    publisher: 'skillet-labs',
    license: 'MIT',
    category: 'data',
    capabilities: { 'fs:write': 'Writes.' },
    sandbox: { write },
    run: { command: ['sh'] },
  })
  expect(skillManifestSchema.safeParse(manifest(['a', 'ab', 'b/a'])).success).toBe(true)
  for (const write of [
    ['a', 'a/b/c'],
    ['a/b', 'a'],
    ['a', 'a'],
  ]) {
    expect(skillManifestSchema.safeParse(manifest(write)).success).toBe(false)
    if (new Set(write).size === write.length)
      await expect(prepareState(join(folder, 'state'), write)).rejects.toMatchObject({
        code: 'MANIFEST_INVALID',
      })
  }
})

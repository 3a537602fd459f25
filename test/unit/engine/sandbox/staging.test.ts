import { expect, test } from 'vitest'
import { stageByFolder } from '../../../../src/engine/sandbox/staging.ts'

const libraries = ['a', 'b', 'c'].map((name): [string, string] => [
  `/usr/lib/${name}.so.1.2`,
  `/lib/${name}.so.1`,
])

test('neighbours share a stage, from which each goes to its own place', () => {
  expect(stageByFolder(libraries, 'system')).toEqual({
    folders: [['/usr', '/.stage/system0']],
    placed: [
      ['/.stage/system0/lib/a.so.1.2', '/lib/a.so.1'],
      ['/.stage/system0/lib/b.so.1.2', '/lib/b.so.1'],
      ['/.stage/system0/lib/c.so.1.2', '/lib/c.so.1'],
    ],
    alone: [],
  })
})

test('elsewhere neighbours lie in the very same folder', () => {
  const binds = ['/opt/a/x', '/opt/a/y', '/opt/a/z', '/opt/b/x'].map((path): [string, string] => [path, path])
  expect(stageByFolder(binds, 'system')).toEqual({
    folders: [['/opt/a', '/.stage/system0']],
    placed: ['x', 'y', 'z'].map((name) => [`/.stage/system0/${name}`, `/opt/a/${name}`]),
    alone: [['/opt/b/x', '/opt/b/x']],
  })
})

test('what has few neighbours is bound as it is', () => {
  const few: [string, string][] = [...libraries.slice(1), ['/opt/bin/sh', '/usr/bin/sh']]
  expect(stageByFolder(few, 'system')).toEqual({ folders: [], placed: [], alone: few })
})

test('the root is never put on a stage', () => {
  const top = ['a', 'b', 'c', 'd'].map((name): [string, string] => [`/${name}`, `/x/${name}`])
  expect(stageByFolder(top, 'system').folders).toEqual([])
})

test('every bind comes out once, whatever the mixture', () => {
  const mixed: [string, string][] = [...libraries, ['/opt/x/one', '/one'], ['/usr/lib/d', '/d']]
  const { folders, placed, alone } = stageByFolder(mixed, 'own')
  expect(placed.length + alone.length).toBe(mixed.length)
  expect(new Set([...placed, ...alone].map(([, inside]) => inside))).toEqual(
    new Set(mixed.map(([, inside]) => inside)),
  )
  expect(folders).toEqual([['/usr', '/.stage/own0']])
})

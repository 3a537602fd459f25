import { mkdir, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { createCrashes } from '../../../src/main/crashes.ts'

it('reports of failures are listed, newest first, and deleted with what belongs to them', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'skillet-crashes-'))
  const crashes = createCrashes(join(folder, 'crashes'))
  expect(await crashes.list()).toEqual([])
  await mkdir(join(folder, 'crashes/completed'), { recursive: true })
  for (const [name, at] of [
    ['old.dmp', 1_700_000_000],
    ['new.dmp', 1_800_000_000],
    ['new.meta', 1_800_000_000],
    ['settings.dat', 1_800_000_000],
  ] as const) {
    const path = join(folder, 'crashes/completed', name)
    await writeFile(path, 'x')
    await utimes(path, at, at)
  }
  expect((await crashes.list()).map(({ name }) => name)).toEqual([
    join('completed', 'new.dmp'),
    join('completed', 'old.dmp'),
  ])
  await crashes.remove()
  expect(await crashes.list()).toEqual([])
  await rm(folder, { recursive: true })
})

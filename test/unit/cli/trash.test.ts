import { expect, it } from 'vitest'
import type { TrashedSkill } from '../../../src/shared/contract/library.ts'
import { runCliWith } from '../../support/cli-run.ts'

function bin() {
  const one = (undoId: string, slug: string): TrashedSkill => ({
    undoId,
    slug,
    version: '1.0.0',
    title: slug,
    removedAt: '2026-01-02T00:00:00.000Z',
    keptUntil: '2026-02-01T00:00:00.000Z',
  })
  const all = [one('b2', 'notes'), one('a1', 'csv'), one('a0', 'csv')]
  const restored: string[] = []
  const emptied: (string | null)[] = []
  return {
    restored,
    emptied,
    engine: {
      trash: () => Promise.resolve(all),
      restore: (undoId: string) => {
        restored.push(undoId)
        return Promise.resolve({ slug: 'csv' })
      },
      emptyTrash: (undoId: string | null) => {
        emptied.push(undoId)
        return Promise.resolve()
      },
    },
  }
}

it('lists what was removed', async () => {
  const { engine } = bin()
  expect((await runCliWith(['trash', 'list', '--json'], engine)).json).toEqual({
    trash: await engine.trash(),
  })
  expect((await runCliWith(['trash', 'list'], engine)).stdout).toContain('kept until 2026-02-01')
})

it('restores by id, or by name the one removed last', async () => {
  const { engine, restored } = bin()
  await runCliWith(['trash', 'restore', 'a0'], engine)
  await runCliWith(['trash', 'restore', 'csv'], engine)
  expect(restored).toEqual(['a0', 'a1'])
  const missing = await runCliWith(['trash', 'restore', 'other', '--json'], engine)
  expect(missing.json).toMatchObject({ error: { code: 'NOT_FOUND' } })
})

it('deletes all, or one', async () => {
  const { engine, emptied } = bin()
  expect((await runCliWith(['trash', 'empty', '--yes'], engine)).status).toBe(0)
  await runCliWith(['trash', 'empty', 'notes', '--yes'], engine)
  expect(emptied).toEqual(['b2', 'a1', 'a0', 'b2'])
})

it('deletes nothing where nobody can be asked and nobody has said yes', async () => {
  const { engine, emptied } = bin()
  for (const argv of [
    ['trash', 'empty'],
    ['trash', 'empty', 'notes', '--json'],
  ])
    expect((await runCliWith(argv, engine)).status).toBe(2)
  expect(emptied).toEqual([])
})

it('asks a person before it deletes', async () => {
  const { engine, emptied } = bin()
  const kept = await runCliWith(['trash', 'empty'], engine, { tty: true, stdin: 'n' })
  expect(kept.status).toBe(1)
  expect(emptied).toEqual([])
  await runCliWith(['trash', 'empty', '--yes'], engine, { tty: true })
  expect(emptied).toHaveLength(3)
})

import { describe, expect, it } from 'vitest'
import { SkilletError } from '../../../src/shared/errors.ts'
import { runCliWith } from '../../support/cli-run.ts'

it('does not tell whoever removes a skill to install it first', async () => {
  const engine = {
    remove: () => Promise.reject(new SkilletError('NOT_INSTALLED', 'other is not installed.')),
  }
  const result = await runCliWith(['remove', 'other'], engine)
  expect(result.status).toBe(1)
  expect(result.stderr).toBe('NOT_INSTALLED: other is not installed.\nSee what is installed: skillet list\n')
})

it('passes every other failure of remove on as it is', async () => {
  const engine = { remove: () => Promise.reject(new SkilletError('BUSY', 'Another Skillet is at work.')) }
  const result = await runCliWith(['remove', 'other', '--json'], engine)
  expect(result.json).toMatchObject({ error: { code: 'BUSY' } })
})

describe('keys that only the removed skill used', () => {
  const unusedKeys = [
    { name: 'A_KEY', skill: null },
    { name: 'B_KEY', skill: 'one' },
  ]
  function removing() {
    const erased: unknown[] = []
    return {
      erased,
      engine: {
        remove: async () => ({ undoId: 'undo', unusedKeys }),
        removeSecret: async (key: unknown) => void erased.push(key),
      },
    }
  }

  it('are erased after a yes, each by itself', async () => {
    const { erased, engine } = removing()
    const result = await runCliWith(['remove', 'one'], engine, { tty: true, stdin: 'n\ny' })
    expect(erased).toEqual([{ name: 'B_KEY', skill: 'one' }])
    expect(result.stderr).toContain('skillet secrets remove A_KEY\n')
  })

  it('stay, and are named, where nobody can be asked', async () => {
    const { erased, engine } = removing()
    const told = await runCliWith(['remove', 'one'], engine)
    expect(told.stderr).toContain('skillet secrets remove B_KEY --skill one')
    expect((await runCliWith(['remove', 'one', '--json'], engine)).json).toMatchObject({ unusedKeys })
    expect(erased).toEqual([])
  })
})

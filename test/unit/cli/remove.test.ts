import { expect, it } from 'vitest'
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

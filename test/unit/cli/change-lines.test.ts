import { expect, it } from 'vitest'
import { changeLines } from '../../../src/cli/change-lines.ts'
import { asksOf } from '../../../src/shared/capability-words.ts'
import { everything, manifestOf } from '../../support/manifest.ts'

it('says what changed also where only the limit tells', () => {
  const [before] = asksOf(manifestOf(everything))
  const [after] = asksOf(manifestOf({ ...everything, requires: { cuda: '>=11' } }))
  const lines = changeLines({
    widens: true,
    added: [],
    removed: [],
    changed: [{ before: before!, after: after! }],
  })
  expect(lines.join('\n')).toMatch(/after .*\n.*It uses the graphics card\.$/)
  expect(lines.join('\n').split('graphics card')).toHaveLength(2)
})

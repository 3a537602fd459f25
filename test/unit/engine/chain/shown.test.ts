import { expect, test } from 'vitest'
import { waitingStep } from '../../../../src/engine/chain/run-chain.ts'
import { shownRun } from '../../../../src/engine/chain/shown.ts'

test('of a long output its beginning is shown', () => {
  const long = JSON.stringify('x'.repeat(200_000))
  const steps = [null, '{"a":1}', long].map((output) => ({ ...waitingStep('a', 'a'), output }))
  const [none, short, cut] = shownRun({ steps }).steps.map(({ output }) => output)
  expect([none, short]).toEqual([null, '{"a":1}'])
  expect(cut).toHaveLength(64 * 1024 + '… (196 KB in all)'.length)
  expect(cut!.endsWith('… (196 KB in all)')).toBe(true)
  expect(steps[2]!.output).toBe(long)
})

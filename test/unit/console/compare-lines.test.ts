import fc from 'fast-check'
import { expect, test } from 'vitest'
import { compareLines, foldRows } from '../../../src/console/features/review/compare-lines.ts'

test('what was and what is stand in order and whole, whatever changed', () => {
  const text = fc
    .array(fc.constantFrom('a', 'b', 'c', ''))
    .map((lines) => lines.map((line) => `${line}\n`).join(''))
  fc.assert(
    fc.property(text, text, (before, now) => {
      const rows = compareLines(before, now)
      const side = (which: 'before' | 'now') =>
        rows.flatMap((row) => (row[which] === null ? [] : [`${row[which].text}\n`])).join('')
      expect(side('before')).toBe(before)
      expect(side('now')).toBe(now)
      for (const row of rows) expect(row.same).toBe(row.same && row.before?.text === row.now?.text)
    }),
  )
})

test('a changed line stands beside what it was; a new file has nothing beside it', () => {
  expect(compareLines('one\ntwo\nthree\n', 'one\nTWO\nthree\n')).toEqual([
    { same: true, before: { number: 1, text: 'one' }, now: { number: 1, text: 'one' } },
    { same: false, before: { number: 2, text: 'two' }, now: { number: 2, text: 'TWO' } },
    { same: true, before: { number: 3, text: 'three' }, now: { number: 3, text: 'three' } },
  ])
  expect(compareLines(null, 'new')).toEqual([{ same: false, before: null, now: { number: 1, text: 'new' } }])
})

test('what is the same is folded away, but never a change, nor a line that something was found in', () => {
  const before = Array.from({ length: 100 }, (_, index) => `line ${index + 1}`).join('\n')
  const rows = compareLines(before, before.replace('line 50\n', 'changed\n'))
  const folds = foldRows(rows, new Set([90]))
  const seen = folds.filter(({ folded }) => !folded).flatMap((fold) => fold.rows)
  expect(seen.map((row) => row.now?.number)).toEqual([
    46, 47, 48, 49, 50, 51, 52, 53, 54, 86, 87, 88, 89, 90, 91, 92, 93, 94,
  ])
  expect(folds.flatMap((fold) => fold.rows)).toEqual(rows)
})

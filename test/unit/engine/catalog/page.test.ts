import { expect, test } from 'vitest'
import { pageOfBest } from '../../../../src/engine/catalog/page.ts'

/** Deterministic, so that what fails fails again (Park and Miller's generator). */
function createRandom(seed: number): (below: number) => number {
  return (below) => (seed = (seed * 48271) % 2147483647) % below
}

/** All of them sorted, as `pageOfBest` is to answer. */
function sortedPage(
  values: Uint32Array,
  order: Uint32Array,
  accepts: (entry: number) => boolean,
  { offset, limit }: { offset: number; limit: number },
) {
  const all = [...order].filter((entry) => values[entry] !== 0 && accepts(entry))
  all.sort((a, b) => values[b]! - values[a]!)
  return { entries: all.slice(offset, offset + limit), total: all.length }
}

test('few or many, a page is what sorting all of them gives', () => {
  const random = createRandom(20261123)
  for (const size of [0, 1, 7, 300, 511, 512, 513, 3000])
    for (let round = 0; round < 20; round++) {
      const most = 1 + random(3000)
      const sparse = random(3) === 0
      const values = Uint32Array.from({ length: size }, () =>
        sparse && random(4) > 0 ? 0 : random(2) === 0 ? most : random(Math.min(most, 12) + 1),
      )
      const order = Uint32Array.from({ length: size }, (_, at) => at)
      for (let at = size - 1; at > 0; at--) {
        const other = random(at + 1)
        ;[order[at], order[other]] = [order[other]!, order[at]!]
      }
      const refused = 2 + random(5)
      const accepts = (entry: number) => entry % refused !== 0
      const window = { offset: random(size + 2), limit: 1 + random(60) }
      const expected = sortedPage(values, order, accepts, window)
      expect(pageOfBest({ values, most }, order, accepts, window)).toEqual(expected)
    }
})

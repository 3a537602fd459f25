import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { describeQuality, judgeSamples, of, shareFailed } from '../../support/review-quality.ts'
import { halfOf, parseSample, readReviewSamples } from '../../support/review-samples.ts'

const samples = await readReviewSamples()
const judged = judgeSamples(samples)

describe('the review, on labelled samples', () => {
  // The aims are more than half and less than 2 %. docs/review-quality.md says how far the rules are from them.
  it('stops no fewer of the harmful skills that its rules were not tried on than it did', () => {
    expect(shareFailed(of(judged, 'malicious', 'held-out'))).toBeGreaterThan(0.5)
    expect(shareFailed(of(judged, 'malicious', 'fresh'))).toBeGreaterThan(0.5)
    expect(shareFailed(of(judged, 'malicious', 'fresh-2'))).toBeGreaterThanOrEqual(0.5)
  })

  it('stops no more of the good ones than it did', () => {
    expect(shareFailed(of(judged, 'benign', 'held-out'))).toBeLessThan(0.06)
    expect(shareFailed(of(judged, 'benign'))).toBeLessThan(0.025)
  })

  it('stops none for a manifest that is merely written wrong', () => {
    const malformed = judged.filter(
      ({ label, gate, stops }) =>
        label !== 'careless' && gate !== 'lint' && stops.some(({ rule }) => rule.startsWith('manifest/')),
    )
    expect(malformed.map(({ name }) => name)).toEqual([])
  })

  it('is what docs/review-quality.md says', async () => {
    const page = await describeQuality(judged)
    await expect(page).toMatchFileSnapshot(join(import.meta.dirname, '../../../docs/review-quality.md'))
  })
})

describe('the labelled samples', () => {
  it('lie in the half that their names say, no name twice', () => {
    const misplaced = samples.filter(({ name, half }) => !half.startsWith('fresh') && halfOf(name) !== half)
    expect(misplaced.map(({ name }) => name)).toEqual([])
    expect(new Set(samples.map(({ name }) => name)).size).toBe(samples.length)
  })

  it('bring a whole skill each', () => {
    for (const { name, files } of samples) {
      const markdown = files.find(({ path }) => path === 'SKILL.md')?.content ?? []
      expect(Buffer.from(markdown).toString(), name).toMatch(/^---\nname: /)
    }
  })
})

describe('the notation', () => {
  const head = 'description: D\ncategory: c\ngate: none\nwhy: w\n'
  const textOf = (body: string) =>
    Buffer.from(
      parseSample('x', 'benign', 'tune', `${head}=== SKILL.md\n${body}`).files[0]?.content ?? [],
    ).toString()

  it('writes out what cannot be seen or read', () => {
    expect(textOf('a⟪U+200B⟫b')).toContain('a\u200bb')
    expect(textOf('⟪base64 ⟪reversed olleh⟫⟫')).toContain(Buffer.from('hello').toString('base64'))
    expect(textOf('⟪repeat 3 ab⟫')).toContain('ababab')
  })

  it('refuses what it does not know', () => {
    expect(() => textOf('⟪rot14 x⟫')).toThrow('Unknown notation')
    expect(() => parseSample('x', 'benign', 'tune', `${head}=== a.md\nx`)).toThrow('no SKILL.md')
  })
})

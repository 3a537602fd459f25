import { describe, expect, it } from 'vitest'
import { halfOf, parseSample, readReviewSamples } from '../../support/review-samples.ts'

const samples = await readReviewSamples()

describe('the labelled samples', () => {
  it('lie in the half that their names say, no name twice', () => {
    expect(samples.filter(({ name, half }) => halfOf(name) !== half).map(({ name }) => name)).toEqual([])
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

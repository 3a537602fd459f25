import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { lintFiles } from '../../../src/review/lint.ts'
import { ruleDescriptions } from '../../../src/review/rule-descriptions.ts'

import { readReviewSamples } from '../../support/review-samples.ts'

const root = join(import.meta.dirname, '../../..')
const rules = Object.entries(ruleDescriptions)

/** A row of docs/review.md. */
function row(name: string): string {
  const { looksFor, why, fix } = ruleDescriptions[name]!
  return `| \`${name}\` | ${[looksFor, why, fix].map((text) => text.replaceAll('|', '\\|')).join(' | ')} |`
}

describe('docs/review.md', async () => {
  const document = await readFile(join(root, 'docs/review.md'), 'utf8')
  const rows = document
    .split('\n')
    .filter((line) => /^\| `[a-z]+\//.test(line))
    .map((line) => line.replace(/ +/g, ' '))

  it('says of every rule what it looks for, why and how to fix it, and of nothing else', () => {
    expect(rows.toSorted()).toEqual(rules.map(([name]) => row(name)).toSorted())
  })
})

describe('every rule', async () => {
  const folder = join(root, 'src/review')
  const names = await readdir(folder, { recursive: true })
  const files = names.filter((name) => /\.(?:ts|yml)$/.test(name) && !name.startsWith('descriptions'))
  const sources = await Promise.all(files.map((name) => readFile(join(folder, name), 'utf8')))
  const source = sources.join('\n')

  it.each(rules.map(([name]) => name))('%s is one that something reports', (name) => {
    const [, short] = name.split('/')
    expect(source).toMatch(new RegExp(`(?<![a-z-])${short}(?![a-z-])`))
  })

  it('that reports anything about the labelled samples is described', async () => {
    const found = new Set<string>()
    for (const { name, files } of await readReviewSamples())
      for (const { rule } of lintFiles(name, files).findings) found.add(rule)
    expect([...found].filter((rule) => ruleDescriptions[rule] === undefined)).toEqual([])
  })

  it('of the code scan is described, by the lists that it works with', () => {
    const lists = sources.filter((_text, index) => files[index]?.endsWith('.yml')).join('\n')
    const named = [...lists.matchAll(/\brule: ([a-z-]+)/g)].map((match) => `code/${match[1]}`)
    expect(named.length).toBeGreaterThan(20)
    expect(named.filter((rule) => ruleDescriptions[rule] === undefined)).toEqual([])
  })

  it.each(rules)('%s is explained in sentences', (_name, { looksFor, why, fix }) => {
    for (const text of [looksFor, why, fix]) expect(text).toMatch(/^[A-Za-z][^|\n]{4,400}\.$/)
  })
})

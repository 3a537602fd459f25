import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { ruleDescriptions } from '../../../src/review/rule-descriptions.ts'

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
  const sources = await Promise.all(
    names
      .filter((name) => /\.(?:ts|yml)$/.test(name) && !name.startsWith('descriptions'))
      .map((name) => readFile(join(folder, name), 'utf8')),
  )
  const source = sources.join('\n')

  it.each(rules.map(([name]) => name).filter((name) => name !== 'code/not-scanned'))(
    '%s is one that something reports',
    (name) => {
      const [, short] = name.split('/')
      expect(source).toMatch(new RegExp(`(?<![a-z-])${short}(?![a-z-])`))
    },
  )

  it.each(rules)('%s is explained in sentences', (_name, { looksFor, why, fix }) => {
    for (const text of [looksFor, why, fix]) expect(text).toMatch(/^[A-Za-z][^|\n]{4,400}\.$/)
  })
})

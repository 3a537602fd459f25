import { createHash } from 'node:crypto'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { lintFolder } from '../src/review/lint-folder.ts'
import { readSkillFolder } from '../src/review/read-folder.ts'
import { stopsPublishing } from '../test/support/review-quality.ts'

// How many skills of a collection the review stops: other people's skills, which are not kept here, or else our own.
// REVIEW_FOLDERS=DIR[:DIR…] npx vitest run --project bench bench/review-quality.bench.ts
// Each folder below that holds a SKILL.md is a skill; the same files twice count once.

test('skills of a collection', async () => {
  const roots = process.env['REVIEW_FOLDERS']?.split(':') ?? [join(import.meta.dirname, '../skills')]
  for (const root of roots) {
    const count = { skills: 0, same: 0, fail: 0, warn: 0, pass: 0, form: 0 }
    const rules = new Map<string, number>()
    const failed: string[] = []
    const seen = new Set<string>()
    for (const folder of await skillFolders(root)) {
      const digest = await digestOf(folder)
      if (seen.has(digest)) {
        count.same++
        continue
      }
      seen.add(digest)
      const { verdict, findings } = await lintFolder(folder)
      count.skills++
      count[verdict]++
      if (verdict !== 'fail') continue
      const stopping = new Set(findings.filter(stopsPublishing).map(({ rule }) => rule))
      if ([...stopping].every((rule) => rule.startsWith('manifest/'))) count.form++
      failed.push(`${folder.slice(root.length + 1)}: ${[...stopping].join(', ')}`)
      for (const rule of stopping) rules.set(rule, (rules.get(rule) ?? 0) + 1)
    }
    const share = (n: number) => `${n} (${((100 * n) / count.skills).toFixed(1)} %)`
    process.stdout.write(
      `${root}: ${count.skills} skills (${count.same} more are copies), fail ${share(count.fail)}, ` +
        `${count.form} of these only for the form of SKILL.md, warn ${share(count.warn)}\n` +
        `${[...rules]
          .sort((a, b) => b[1] - a[1])
          .map(([rule, n]) => `  ${n} ${rule}`)
          .join('\n')}\n${process.env['REVIEW_LIST'] === undefined ? '' : `${failed.join('\n')}\n`}`,
    )
    expect(count.skills).toBeGreaterThan(0)
  }
}, 3_600_000)

async function skillFolders(dir: string): Promise<string[]> {
  const entries = await readdir(dir, { withFileTypes: true })
  if (entries.some((entry) => entry.isFile() && entry.name.toLowerCase() === 'skill.md')) return [dir]
  const inner = entries.filter((entry) => entry.isDirectory() && entry.name !== '.git')
  return (await Promise.all(inner.map((entry) => skillFolders(join(dir, entry.name))))).flat()
}

/** Of what the skill consists of; what its registry noted about it (`_meta.json`) is no part of it. */
async function digestOf(folder: string): Promise<string> {
  const { files } = await readSkillFolder(folder)
  const hash = createHash('sha256')
  for (const { path, content } of files)
    if (path !== '_meta.json') hash.update(`${path}\0${content.length}\0`).update(content)
  return hash.digest('hex')
}

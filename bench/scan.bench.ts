import { readdir } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { scanCode } from '../src/review/code-scan.ts'
import { lintFiles } from '../src/review/lint.ts'
import { readSkillFolder } from '../src/review/read-folder.ts'
import { toTextFile, type SourceFile } from '../src/review/source-file.ts'
import { readReviewSamples } from '../test/support/review-samples.ts'
import { goodSkill, toFiles } from '../test/support/sample-skill.ts'
import { median, percentile } from './support/rounds.ts'

// Skills a second on one core: the whole review, and the code scan's share; and what hostile skills cost.
// npx vitest run --project bench bench/scan.bench.ts

test('skills a second', async () => {
  const folder = join(import.meta.dirname, '../skills')
  const ours = await Promise.all(
    (await readdir(folder)).map(async (name) => (await readSkillFolder(join(folder, name))).files),
  )
  const samples = (await readReviewSamples()).map(({ files }) => files)
  const rows = [
    ['skills/', ours],
    ['labelled samples', samples],
    ['both', [...ours, ...samples]],
  ] as const
  console.table(
    rows.map(([what, skills]) => {
      const whole = rounds(() => skills.forEach((files) => void lintFiles('x', files)))
      const texts = skills.map((files) => files.flatMap((file) => toTextFile(file) ?? []))
      const code = rounds(() => texts.forEach((files) => void scanCode(files, null)))
      const bytes = skills.flat().reduce((sum, { content }) => sum + content.length, 0)
      return {
        what,
        skills: skills.length,
        'KB each': (bytes / 1024 / skills.length).toFixed(1),
        'a second': (1000 / (median(whole) / skills.length)).toFixed(0),
        'ms each, median round': (median(whole) / skills.length).toFixed(2),
        'ms each, worst round': (percentile(whole, 100) / skills.length).toFixed(2),
        'of it code scan, ms': (median(code) / skills.length).toFixed(2),
      }
    }),
  )
})

// Skills as people publish them: SKILLS=FOLDER, any collection on this disk. By the processor's time, which others at work
// on the same computer disturb less than the clock.
test.runIf(process.env['SKILLS'])('skills of a collection a second', { timeout: 3_600_000 }, async () => {
  const folder = process.env['SKILLS'] ?? ''
  const documents = (await readdir(folder, { recursive: true })).filter(
    (path) => basename(path) === 'SKILL.md',
  )
  const spent: { ms: number; kilobytes: number }[] = []
  for (const document of documents) {
    const skill = await readSkillFolder(join(folder, dirname(document))).catch(() => null)
    if (skill === null) continue
    const before = process.cpuUsage()
    lintFiles(basename(dirname(document)), skill.files)
    const { user, system } = process.cpuUsage(before)
    const bytes = skill.files.reduce((sum, { content }) => sum + content.length, 0)
    spent.push({ ms: (user + system) / 1000, kilobytes: bytes / 1024 })
  }
  const all = spent.map(({ ms }) => ms)
  const sum = (numbers: number[]) => numbers.reduce((total, one) => total + one, 0)
  console.table([
    {
      skills: spent.length,
      unreadable: documents.length - spent.length,
      'KB each, median': median(spent.map(({ kilobytes }) => kilobytes)).toFixed(1),
      'KB each, mean': (sum(spent.map(({ kilobytes }) => kilobytes)) / spent.length).toFixed(1),
      'a second, all together': ((1000 * spent.length) / sum(all)).toFixed(0),
      'ms, median': median(all).toFixed(1),
      'ms, 90 of 100': percentile(all, 90).toFixed(1),
      'ms, 99 of 100': percentile(all, 99).toFixed(0),
      'ms, worst': percentile(all, 100).toFixed(0),
    },
  ])
  expect(spent.length).toBeGreaterThan(0)
})

test('hostile skills', () => {
  const line = (text: string, times: number) => text.repeat(times)
  const one = (path: string, text: string): SourceFile[] => toFiles({ ...goodSkill, [path]: text })
  const many = toFiles(
    Object.fromEntries(
      Array.from({ length: 10_000 }, (_, n) => [`scripts/f${n}.py`, `import os\nprint(${n})\n`]),
    ),
  )
  const hostile: [string, readonly SourceFile[]][] = [
    ['one line of 5 MB', one('x.py', `x = "${line('a', 5_000_000)}"`)],
    ['one line of 5 MB, as data', one('x.json', `"${line('a.', 2_500_000)}"`)],
    ['10,000 files', [...toFiles(goodSkill), ...many]],
    ['500 KB of brackets', one('x.py', line(`${line('(', 1900)}\n`, 260))],
    ['500 KB of nested blocks', one('x.mjs', line('while(1){a.push(a.shift());\n', 18_000))],
    [
      '500 KB of names for names',
      one(
        'x.py',
        Array.from({ length: 16_000 }, (_, n) => `v${n} = v${(n * 7) % 16_000} + v${(n * 11) % 16_000}`).join(
          '\n',
        ),
      ),
    ],
    [
      '500 KB of functions that call each other',
      one(
        'x.py',
        Array.from(
          { length: 10_000 },
          (_, n) => `def f${n}(a): return f${(n * 3) % 10_000}(f${(n + 1) % 10_000}(a))`,
        ).join('\n'),
      ),
    ],
    ['500 KB of commands', one('x.sh', line('curl -s "$a" | base64 -d | eval "$b"\n', 13_000))],
    [
      '2 MB of almost-matches in prose',
      one('notes.md', line(`${line('curl wget ignore previous ', 150)}\n`, 500)),
    ],
  ]
  console.table(
    hostile.map(([what, files]) => {
      const started = performance.now()
      const report = lintFiles('x', files)
      expect(report.path).toBe('x')
      return { what, verdict: report.verdict, seconds: ((performance.now() - started) / 1000).toFixed(2) }
    }),
  )
})

function rounds(work: () => void): number[] {
  const times: number[] = []
  for (let round = 0; round < 6; round++) {
    const started = performance.now()
    work()
    // The first one makes the rules ready.
    if (round > 0) times.push(performance.now() - started)
  }
  return times
}

import { readdirSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { format, resolveConfig } from 'prettier'
import { lintFiles } from '../../src/review/lint.ts'
import type { Finding, LintReport } from '../../src/shared/finding.ts'
import type { ReviewSample, SampleHalf, SampleLabel } from './review-samples.ts'

export interface JudgedSample extends ReviewSample {
  readonly verdict: LintReport['verdict']
  /** Findings that made it fail. */
  readonly stops: readonly Finding[]
}

/** Reviews each sample as a registry does whose catalog holds our own skills. */
export function judgeSamples(samples: readonly ReviewSample[]): JudgedSample[] {
  const knownSlugs = readdirSync(join(import.meta.dirname, '../../skills'))
  return samples.map((sample) => {
    const { verdict, findings } = lintFiles(sample.name, sample.files, { folder: sample.name, knownSlugs })
    return { ...sample, verdict, stops: findings.filter(stopsPublishing) }
  })
}

/** High and critical findings are those for which a skill fails. */
export function stopsPublishing({ severity }: Finding): boolean {
  return severity === 'high' || severity === 'critical'
}

/** A measurement on other people's skills, which can't be kept here: taken by bench/review-quality.bench.ts. */
export interface ElsewhereFigure {
  readonly what: string
  readonly label: 'malicious' | 'benign'
  readonly skills: number
  readonly fail: number
  readonly warn: number
}

const halves: readonly [SampleHalf, string][] = [
  ['tune', 'open to those who write rules'],
  ['held-out', 'held out'],
  ['fresh', 'written afterwards'],
  ['fresh-2', 'written afterwards, a second time'],
]

const fixtures = join(import.meta.dirname, '../fixtures/review')

/** docs/review-quality.md, formatted as the other documents are. */
export async function describeQuality(judged: readonly JudgedSample[]): Promise<string> {
  const elsewhere = JSON.parse(await readFile(join(fixtures, 'elsewhere.json'), 'utf8')) as ElsewhereFigure[]
  const remarks = await readFile(join(fixtures, 'remarks.md'), 'utf8')
  const text = `# How well the review tells harmful skills from good ones

Made by \`npx vitest run --project unit test/unit/review/labelled-samples.test.ts -u\`, which fails where this page and the rules disagree.

${judged.length} labelled samples lie in \`test/fixtures/review\` (its README says how they came about). A harmful skill is **stopped** when it fails; a good one that fails is a **false alarm**. A warning is shown to the reviewer and stops nothing.

The aims are for what is held out: ${aim('more than half of the harmful skills stopped', shareFailed(of(judged, 'malicious', 'held-out')) > 0.5)}; ${aim('less than 2 % false alarms', shareFailed(of(judged, 'benign', 'held-out')) < 0.02)}.

${table(
  ['harmful skills', 'samples', 'stopped', 'by the gate meant for it', 'warned of', 'passed'],
  [
    ...halves.map(([half, words]) => harmfulRow(words, of(judged, 'malicious', half))),
    harmfulRow('all', of(judged, 'malicious')),
  ],
)}

${table(
  ['good skills', 'samples', 'false alarms', 'warned of', 'passed'],
  [
    ...halves.map(([half, words]) => goodRow(words, of(judged, 'benign', half))),
    goodRow('all', of(judged, 'benign')),
  ],
)}

Of all samples that failed, ${percentOf(of(judged, 'malicious').filter(failed).length, judged.filter((one) => one.label !== 'careless' && failed(one)).length)} were harmful (precision, at this mixture of harmful and good ones).

${table(
  ['careless skills (leaked names, manifests that don’t fit)', 'samples', 'failed', 'warned of', 'passed'],
  [goodRow('all', of(judged, 'careless'))],
)}

## Other people’s skills

${table(
  ['collection', 'label', 'skills', 'failed', 'warned of'],
  elsewhere.map(({ what, label, skills, fail, warn }) => [
    what,
    label,
    skills,
    shareOf(fail, skills),
    shareOf(warn, skills),
  ]),
)}

${remarks.trim()}

## Harmful skills by category

${table(['category', 'gate', 'samples', 'stopped', 'warned of'], byCategory(of(judged, 'malicious')))}

## What is missed

${missed(judged)}

## False alarms

${list(
  of(judged, 'benign').filter(failed),
  (one) => `${one.why} Failed for ${[...new Set(one.stops.map(({ rule }) => `\`${rule}\``))].join(', ')}.`,
)}

## Careless skills that pass

${list(
  of(judged, 'careless').filter(({ verdict }) => verdict === 'pass'),
  ({ why }) => why,
)}
`
  const options = await resolveConfig(join(import.meta.dirname, '../../docs/review-quality.md'))
  return format(text, { ...options, parser: 'markdown' })
}

/** Those of one label, of one half or all. */
export function of(judged: readonly JudgedSample[], label: SampleLabel, half?: SampleHalf): JudgedSample[] {
  return judged.filter((one) => one.label === label && (half === undefined || one.half === half))
}

/** From 0 to 1. */
export function shareFailed(those: readonly JudgedSample[]): number {
  return those.filter(failed).length / those.length
}

function aim(words: string, met: boolean): string {
  return met ? `${words}: met` : `**${words}: not met**`
}

function failed({ verdict }: { verdict: LintReport['verdict'] }): boolean {
  return verdict === 'fail'
}

const groupsOfGate: Record<string, readonly string[]> = {
  lint: ['manifest', 'consistency', 'secret'],
  archive: ['archive'],
  code: ['code', 'consistency'],
  prose: ['prose'],
}

function byItsGate({ gate, stops }: JudgedSample): boolean {
  return stops.some(({ rule }) => groupsOfGate[gate]?.includes(rule.split('/')[0] ?? '') === true)
}

type Cell = string | number

function harmfulRow(words: string, samples: JudgedSample[]): Cell[] {
  const [name, n, stopped, warned, passed] = goodRow(words, samples)
  return [
    name,
    n,
    stopped,
    shareOf(samples.filter(byItsGate).length, samples.length),
    warned,
    passed,
  ] as Cell[]
}

function goodRow(words: string, samples: JudgedSample[]): Cell[] {
  const count = (verdict: string) => samples.filter((one) => one.verdict === verdict).length
  return [words, samples.length, shareOf(count('fail'), samples.length), count('warn'), count('pass')]
}

function byCategory(samples: JudgedSample[]): Cell[][] {
  return [...new Set(samples.map(({ category }) => category))].sort().map((category) => {
    const those = samples.filter((one) => one.category === category)
    const count = (verdict: string) => those.filter((one) => one.verdict === verdict).length
    const gates = [...new Set(those.map(({ gate }) => gate))].sort().join(', ')
    return [category, gates, those.length, count('fail'), count('warn')]
  })
}

function missed(judged: readonly JudgedSample[]): string {
  return halves
    .map(([half, words]) => {
      const those = of(judged, 'malicious', half).filter((one) => !failed(one))
      const line = ({ why, verdict }: JudgedSample) => `${why}${verdict === 'warn' ? ' (Warned of.)' : ''}`
      return `### ${half}: ${words}\n\n${half === 'held-out' ? namesByCategory(those) : list(those, line)}`
    })
    .join('\n\n')
}

/** Without what they do: who writes rules reads this page, and these are held out. */
function namesByCategory(samples: readonly JudgedSample[]): string {
  return [...new Set(samples.map(({ category }) => category))]
    .sort()
    .map((category) => {
      const names = samples.filter((one) => one.category === category).map(({ name }) => `\`${name}\``)
      return `- ${category}: ${names.join(', ')}`
    })
    .join('\n')
}

function list(samples: readonly JudgedSample[], words: (sample: JudgedSample) => string): string {
  return samples.length === 0
    ? 'None.'
    : samples.map((one) => `- \`${one.name}\` (${one.category}): ${words(one)}`).join('\n')
}

function table(head: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const line = (cells: readonly Cell[]) => `| ${cells.join(' | ')} |`
  return [line(head), line(head.map((_, n) => (n === 0 ? '---' : '--:'))), ...rows.map(line)].join('\n')
}

function shareOf(part: number, whole: number): string {
  return `${part} (${percentOf(part, whole)})`
}

function percentOf(part: number, whole: number): string {
  return whole === 0 ? '–' : `${((100 * part) / whole).toFixed(whole < 100 ? 0 : 1)} %`
}

import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import type { SourceFile } from '../../src/review/source-file.ts'

/** `careless` breaks a rule of the linter without meaning harm: a leaked name, a manifest that doesn't fit. */
export type SampleLabel = 'malicious' | 'careless' | 'benign'

/** `tune`: rules may be tried on it. `held-out`: measured only. `fresh`, `fresh-2`: written after the rules, frozen since. */
export type SampleHalf = 'tune' | 'held-out' | 'fresh' | 'fresh-2'
const sampleHalves: readonly SampleHalf[] = ['tune', 'held-out', 'fresh', 'fresh-2']

export interface ReviewSample {
  readonly name: string
  readonly label: SampleLabel
  readonly half: SampleHalf
  readonly category: string
  /** Which gate should stop it, `none` where none should. */
  readonly gate: string
  readonly why: string
  readonly files: readonly SourceFile[]
}

const samplesDir = join(import.meta.dirname, '../fixtures/review')

/** Every labelled sample, in the order of half, label and name. */
export async function readReviewSamples(): Promise<ReviewSample[]> {
  const samples: ReviewSample[] = []
  for (const half of sampleHalves)
    for (const label of (await readdir(join(samplesDir, half))).sort() as SampleLabel[]) {
      const dir = join(samplesDir, half, label)
      for (const file of (await readdir(dir)).sort())
        samples.push(
          parseSample(basename(file, '.sample'), label, half, await readFile(join(dir, file), 'utf8')),
        )
    }
  return samples
}

/** The half that a sample belongs to follows from its name alone. */
export function halfOf(name: string): SampleHalf {
  return ((createHash('sha256').update(name).digest()[0] ?? 0) & 1) === 0 ? 'tune' : 'held-out'
}

/** Reads one file in the notation of test/fixtures/review/README.md. Throws where it is not in it. */
export function parseSample(name: string, label: SampleLabel, half: SampleHalf, text: string): ReviewSample {
  const [head = '', ...parts] = text.split(/^=== /m)
  const field = (key: string): string => {
    const value = new RegExp(`^${key}: (.+)$`, 'm').exec(head)?.[1]
    if (value === undefined) throw new Error(`${name}: no "${key}:" line`)
    return value
  }
  const description = expandNotation(field('description'))
  const files = parts.map((part): SourceFile => {
    const end = part.indexOf('\n')
    const title = part.slice(0, end)
    const [, rawPath = '', hex] = /^(\S+)(?: \(bytes ([0-9a-f ]+)\))?$/.exec(title) ?? []
    if (rawPath === '') throw new Error(`${name}: cannot read "=== ${title}"`)
    const path = expandNotation(rawPath)
    if (hex !== undefined)
      return {
        path,
        content: Buffer.concat([Buffer.from(hex.replaceAll(' ', ''), 'hex'), Buffer.alloc(64)]),
        executable: false,
      }
    const body = expandNotation(part.slice(end + 1))
    const content = Buffer.from(withBoilerplate(path, body, { name, description }))
    return { path, content, executable: body.startsWith('#!') }
  })
  if (!files.some((file) => file.path === 'SKILL.md')) throw new Error(`${name}: no SKILL.md`)
  return { name, label, half, category: field('category'), gate: field('gate'), why: field('why'), files }
}

/** What every SKILL.md and skill.toml begins with; a file that brings its own keeps it. */
function withBoilerplate(
  path: string,
  body: string,
  { name, description }: { name: string; description: string },
): string {
  if (path === 'SKILL.md' && !body.startsWith('---\n'))
    return `---\nname: ${name}\ndescription: ${JSON.stringify(description)}\n---\n\n${body}`
  if (path !== 'skill.toml' || body.startsWith('schema')) return body
  const title = (name.charAt(0).toUpperCase() + name.slice(1)).replaceAll('-', ' ')
  return `schema = 1
slug = ${JSON.stringify(name)}
version = "1.0.0"
title = ${JSON.stringify(title)}
summary = ${JSON.stringify(description.slice(0, 240))}
publisher = "sample-publisher"
license = "MIT"
category = "data"

${body}`
}

const notation: Record<string, (argument: string) => string> = {
  base64: (text) => Buffer.from(text).toString('base64'),
  hex: (text) => Buffer.from(text).toString('hex'),
  escaped: (text) =>
    Array.from(Buffer.from(text), (byte) => `\\x${byte.toString(16).padStart(2, '0')}`).join(''),
  codes: (text) => Array.from(text, (char) => char.codePointAt(0)).join(','),
  reversed: (text) => Array.from(text).toReversed().join(''),
  rot13: (text) =>
    text.replaceAll(/[a-z]/gi, (char) => {
      const base = char <= 'Z' ? 65 : 97
      return String.fromCharCode(((char.charCodeAt(0) - base + 13) % 26) + base)
    }),
  /** The Unicode block of invisible copies of ASCII. */
  tags: (text) =>
    Array.from(text, (char) => String.fromCodePoint(0xe0000 + (char.codePointAt(0) ?? 0))).join(''),
  /** Zero-width bits: the text in binary as U+200B and U+200C. */
  bits: (text) =>
    Array.from(Buffer.from(text), (byte) => byte.toString(2).padStart(8, '0'))
      .join('')
      .replaceAll('0', '\u200b')
      .replaceAll('1', '\u200c'),
  repeat: (argument) => {
    const [, times = '', text = ''] = /^(\d+) (.+)$/s.exec(argument) ?? []
    return text.repeat(Number(times))
  },
}

/** `⟪U+200B⟫` is that character, `⟪base64 TEXT⟫` the encoded text; the innermost first. */
function expandNotation(text: string): string {
  const expanded = text.replaceAll(/⟪([^⟪⟫]+)⟫/g, (whole, inner: string) => {
    const code = /^U\+([0-9A-F]{4,6})$/.exec(inner)?.[1]
    if (code !== undefined) return String.fromCodePoint(Number.parseInt(code, 16))
    const [, verb = '', argument = ''] = /^(\w+) (.+)$/s.exec(inner) ?? []
    const encode = notation[verb]
    if (encode === undefined) throw new Error(`Unknown notation ${whole}`)
    return encode(argument)
  })
  return expanded === text ? text : expandNotation(expanded)
}

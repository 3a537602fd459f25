import { LineCounter, parseDocument } from 'yaml'
import { SkilletError } from '../shared/errors.ts'
import type { RuleFinding } from './rules/rule.ts'

/** SKILL.md of the agentskills.io format. `body` is what follows the front matter. */
export interface SkillMarkdown {
  readonly name: string | null
  readonly description: string
  readonly license: string | null
  readonly compatibility: string | null
  readonly body: string
  /** Line of the body's first line, counted from 1. */
  readonly bodyLine: number
}

export interface SkillMarkdownReview {
  readonly skill: SkillMarkdown | null
  readonly findings: RuleFinding[]
}

/**
 * `strict`: publishing, where other tools must be able to read the file too. `lenient`: somebody else's skill,
 * which is unusable only without a description or with front matter that isn't YAML.
 */
export type Strictness = 'strict' | 'lenient'

const knownKeys = ['name', 'description', 'license', 'compatibility', 'metadata', 'allowed-tools']
/** Bytes of front matter; more is refused before it is parsed. */
const maxFrontMatterBytes = 16 * 1024
const frontMatter = /^\ufeff?---[ \t]*\r?\n([\s\S]*?)\r?\n---[ \t]*(?:\r?\n|$)/

/** Reads SKILL.md. Throws MANIFEST_INVALID where it is unusable at this strictness. */
export function parseSkillMarkdown(text: string, strictness: Strictness): SkillMarkdown {
  const { skill, findings } = reviewSkillMarkdown(text, strictness)
  const worst = findings.find((finding) => finding.severity === 'high')
  if (skill !== null && worst === undefined) return skill
  throw new SkilletError('MANIFEST_INVALID', worst?.message ?? 'SKILL.md is not valid.', {
    remedy: 'Ask the publisher to correct SKILL.md.',
  })
}

export function reviewSkillMarkdown(
  text: string,
  strictness: Strictness,
  file = 'SKILL.md',
): SkillMarkdownReview {
  const match = frontMatter.exec(text)
  if (match?.[1] === undefined)
    return {
      skill: null,
      findings: [
        finding(
          'manifest/front-matter',
          'high',
          file,
          1,
          'SKILL.md does not begin with front matter between two lines of ---.',
        ),
      ],
    }
  const unreadable = (message: string, line: number): SkillMarkdownReview => ({
    skill: null,
    findings: [finding('manifest/front-matter', 'high', file, line, message)],
  })
  if (Buffer.byteLength(match[1]) > maxFrontMatterBytes)
    return unreadable('The front matter is larger than 16 KB.', 1)
  const counter = new LineCounter()
  // Aliases could unfold a small file into gigabytes, and no front matter needs them.
  const document = parseDocument(match[1], { lineCounter: counter, prettyErrors: false, schema: 'core' })
  const yamlError = document.errors[0]
  if (yamlError !== undefined)
    return unreadable(
      `The front matter is not YAML: ${yamlError.message}.`,
      counter.linePos(yamlError.pos[0]).line + 1,
    )
  let data: unknown
  try {
    data = document.toJS({ maxAliasCount: 0 })
  } catch {
    return unreadable('The front matter uses YAML aliases, which are not allowed.', 2)
  }
  if (typeof data !== 'object' || data === null || Array.isArray(data))
    return unreadable('The front matter is not a list of keys.', 2)
  const fields = data as Record<string, unknown>
  const lines = match[1].split(/\r?\n/)
  const lineOf = (key: string) => {
    const found = lines.findIndex((line) => line.startsWith(`${key}:`))
    return found === -1 ? null : found + 2
  }
  const skill: SkillMarkdown = {
    name: asText(fields['name']),
    description: asText(fields['description']) ?? '',
    license: asText(fields['license']),
    compatibility: asText(fields['compatibility']),
    body: text.slice(match[0].length),
    bodyLine: match[0].split('\n').length,
  }
  return { skill, findings: judge(skill, fields, strictness, file, lineOf) }
}

function judge(
  skill: SkillMarkdown,
  fields: Record<string, unknown>,
  strictness: Strictness,
  file: string,
  lineOf: (key: string) => number | null,
): RuleFinding[] {
  const findings: RuleFinding[] = []
  const add = (rule: string, severity: RuleFinding['severity'], key: string, message: string) =>
    findings.push(finding(rule, severity, file, lineOf(key), message))
  const strict = strictness === 'strict'
  if (skill.description.trim() === '')
    add(
      'manifest/description',
      'high',
      'description',
      'The description is missing, so no agent could know when to use the skill.',
    )
  else if (skill.description.length > 1024)
    add(
      'manifest/description',
      strict ? 'high' : 'low',
      'description',
      'The description is longer than 1,024 characters.',
    )
  if (skill.name === null || !/^[a-z0-9]+(-[a-z0-9]+)*$/.test(skill.name) || skill.name.length > 64)
    add(
      'manifest/name',
      strict ? 'high' : 'low',
      'name',
      'The name must be lower-case words joined by single hyphens, at most 64 characters.',
    )
  if (skill.compatibility !== null && skill.compatibility.length > 500)
    add(
      'manifest/compatibility',
      strict ? 'high' : 'low',
      'compatibility',
      'The compatibility note is longer than 500 characters.',
    )
  for (const key of Object.keys(fields))
    if (!knownKeys.includes(key))
      add(
        'manifest/front-matter-key',
        strict ? 'high' : 'info',
        key,
        `"${key}" is not a key of SKILL.md, and other tools refuse the file because of it.`,
      )
  if (skill.body.split('\n').length > 500)
    findings.push(
      finding(
        'prose/long',
        'low',
        file,
        null,
        'SKILL.md is longer than 500 lines, more than an agent should read at once.',
      ),
    )
  return findings
}

function asText(value: unknown): string | null {
  return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : null
}

function finding(
  rule: string,
  severity: RuleFinding['severity'],
  file: string,
  line: number | null,
  message: string,
): RuleFinding {
  const fix =
    rule === 'prose/long'
      ? 'Move details into files beside it.'
      : 'Correct the front matter at the top of SKILL.md.'
  return { rule, severity, file, line, message, fix }
}

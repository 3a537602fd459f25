import type { SkillManifest } from '../../shared/skill-manifest.ts'
import type { SkillMarkdown } from '../skill-md.ts'
import type { SourceFile } from '../source-file.ts'
import { findKeyLines, lineOfKey } from '../toml-lines.ts'
import type { RuleFinding } from './rule.ts'

/** The parts of a skill held against each other. `folder` is null where the folder's name means nothing. */
export function findInconsistencies(skill: {
  manifest: SkillManifest
  manifestText: string
  markdown: SkillMarkdown | null
  folder: string | null
  files: readonly SourceFile[]
}): RuleFinding[] {
  const { manifest, markdown, folder, files } = skill
  const lines = findKeyLines(skill.manifestText)
  const findings: RuleFinding[] = []
  const add = (
    rule: string,
    severity: RuleFinding['severity'],
    path: string[],
    message: string,
    fix: string,
  ) =>
    findings.push({
      rule: `consistency/${rule}`,
      severity,
      file: 'skill.toml',
      line: lineOfKey(lines, path),
      message,
      fix,
    })
  if (markdown?.name !== null && markdown?.name !== undefined && markdown.name !== manifest.slug)
    add(
      'slug-name',
      'high',
      ['slug'],
      `The slug is ${manifest.slug}, but SKILL.md calls the skill ${markdown.name}.`,
      'Give both the same name.',
    )
  if (folder !== null && folder !== manifest.slug)
    add(
      'slug-folder',
      'high',
      ['slug'],
      `The slug is ${manifest.slug}, but the folder is called ${folder}.`,
      'Give both the same name.',
    )
  if (markdown?.license !== null && markdown?.license !== undefined && markdown.license !== manifest.license)
    add(
      'license',
      'medium',
      ['license'],
      `The licence is ${manifest.license} here, but ${markdown.license} in SKILL.md.`,
      'Name the same licence in both.',
    )
  if (manifest.alternatives.includes(manifest.slug))
    add(
      'alternatives',
      'high',
      ['alternatives'],
      'The skill names itself as its alternative.',
      'Remove it there.',
    )
  const present = new Set(files.map((file) => file.path))
  const script = scriptOf(manifest.run.command)
  if (script !== null && !present.has(script))
    add(
      'command',
      'high',
      ['run', 'command'],
      `The command starts ${script}, but the skill has no such file.`,
      'Add the file, or correct the command.',
    )
  return findings
}

/** The skill's own file that the command starts: its program if given by path, else its first argument with an extension. */
function scriptOf(command: readonly string[]): string | null {
  const [program, ...args] = command
  const candidate =
    program !== undefined && program.includes('/') ? program : args.find((arg) => !arg.startsWith('-'))
  if (candidate === undefined || candidate.startsWith('/') || !/\.[a-z0-9]{1,4}$|\//i.test(candidate))
    return null
  if (/[\s{}$*?]/.test(candidate)) return null
  return candidate.replace(/^\.\//, '')
}

import { readFile, stat } from 'node:fs/promises'
import { SkilletError } from '../shared/errors.ts'
import type { LintReport } from '../shared/finding.ts'
import type { SkillManifest } from '../shared/skill-manifest.ts'
import { readArchiveEntries } from '../trust/archive.ts'
import { reviewSkillToml } from './manifest.ts'
import { scanCode } from './code-scan.ts'
import { completeFindings } from './complete.ts'
import { lintWithin } from './lint-folder.ts'
import { scanProse } from './prose-scan.ts'
import { toReport } from './report.ts'
import { findArchiveProblems } from './rules/archive.ts'
import { findInconsistencies } from './rules/consistency.ts'
import { findHiddenCharacters } from './rules/hidden-characters.ts'
import { findBorrowedNames } from './rules/names.ts'
import { findPaths } from './rules/paths.ts'
import { findFetchedCommands } from './rules/fetched-commands.ts'
import { findPrivateDetails } from './rules/private-details.ts'
import { findPromotion } from './rules/promotion.ts'
import type { RuleFinding, TextRule } from './rules/rule.ts'
import { findSecrets } from './rules/secrets.ts'
import { findStagedDownloads } from './rules/staged-downloads.ts'
import { findUnreadable } from './rules/unreadable.ts'
import { reviewSkillMarkdown, type SkillMarkdown } from './skill-md.ts'
import { toTextFile, type SourceFile, type TextFile } from './source-file.ts'

const textRules: readonly TextRule[] = [
  findFetchedCommands,
  findHiddenCharacters,
  findSecrets,
  findPaths,
  findPrivateDetails,
  findPromotion,
]

export interface LintOptions {
  /** `publish`: skill.toml is required. `read`: a skill of somebody else's may bring SKILL.md alone. */
  readonly purpose?: 'publish' | 'read'
  /** Name of the skill's folder, held against the slug; null where it means nothing, as inside an archive. */
  readonly folder?: string | null
  /** Names of other publishers' skills, against which look-alikes are told. */
  readonly knownSlugs?: readonly string[]
}

/** Holds a skill's files against every rule. `path` is what the report is about, in the caller's words. */
export function lintFiles(path: string, files: readonly SourceFile[], options: LintOptions = {}): LintReport {
  const findings = findArchiveProblems(files)
  const texts = files.flatMap((file) => toTextFile(file) ?? [])
  const manifestText = texts.find((file) => file.path === 'skill.toml')?.text
  const markdownText = texts.find((file) => file.path === 'SKILL.md')?.text
  const strictness = manifestText !== undefined || options.purpose === 'publish' ? 'strict' : 'lenient'

  let manifest: SkillManifest | null = null
  if (manifestText !== undefined) {
    const review = reviewSkillToml(manifestText)
    manifest = review.manifest
    findings.push(...review.findings)
  } else if (options.purpose === 'publish') findings.push(missing('skill.toml'))
  const markdown = markdownText === undefined ? null : reviewSkillMarkdown(markdownText, strictness)
  if (markdown === null) findings.push(missing('SKILL.md'))
  else findings.push(...markdown.findings)
  if (manifest !== null && manifestText !== undefined)
    findings.push(
      ...findInconsistencies({
        manifest,
        manifestText,
        markdown: markdown?.skill ?? null,
        folder: options.folder ?? null,
        files,
      }),
    )
  findings.push(...findBorrowedNames(manifest, markdown?.skill ?? null, options.knownSlugs ?? []))
  return toReport(
    path,
    completeFindings([...findings, ...reviewTexts(texts, manifest, markdown?.skill ?? null)], texts),
  )
}

/** What the code scan finds a second time where a rule about lines has said it. */
const sameInText: Readonly<Record<string, readonly string[]>> = {
  'code/remote-code': ['code/pipe-to-shell', 'prose/pipe-to-shell'],
  'code/hidden-code': ['code/disguised-command', 'prose/disguised-command'],
}

/** Text that a person could not read either is refused as such, and the rules don't spend hours on it. */
function reviewTexts(
  texts: readonly TextFile[],
  manifest: SkillManifest | null,
  markdown: SkillMarkdown | null,
): RuleFinding[] {
  const findings: RuleFinding[] = []
  const readable: TextFile[] = []
  let total = 0
  for (const file of texts) {
    const unreadable = findUnreadable(file, total)
    if (unreadable !== null) findings.push(unreadable)
    else {
      readable.push(file)
      // One hostile file can make more findings than a call can take arguments.
      for (const rule of textRules) for (const finding of rule(file, { manifest })) findings.push(finding)
    }
    if (file.language !== 'other' && unreadable === null) total += file.text.length
  }
  const read = findings.concat(findStagedDownloads(readable), scanProse(readable, manifest, markdown))
  const said = new Set(read.map(({ rule, file, line }) => `${rule} ${file}:${line}`))
  const again = (finding: RuleFinding) =>
    (sameInText[finding.rule] ?? []).some((rule) => said.has(`${rule} ${finding.file}:${finding.line}`))
  return read.concat(scanCode(readable, manifest).filter((finding) => !again(finding)))
}

/** Lints a `.tgz`. An archive that must not be unpacked is a finding, not an error. Throws NOT_FOUND. */
export async function lintArchive(
  file: string,
  options: Omit<LintOptions, 'folder'> = {},
): Promise<LintReport> {
  let bytes: Uint8Array
  try {
    if ((await stat(file)).size > maxArchiveBytes)
      return toReport(file, completeFindings([unsafe('TOO_LARGE', 'The archive is larger than 64 MB.')], []))
    bytes = await readFile(file)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    throw new SkilletError('NOT_FOUND', `There is no file ${file}.`, {
      remedy: 'Check the path.',
      cause: error,
    })
  }
  return lintArchiveBytes(file, bytes, options)
}

/** Bytes of a compressed archive that the linter reads into memory. */
export const maxArchiveBytes = 64 * 1024 * 1024

/**
 * The same for an archive in memory. `lint` does the looking, by default in a thread that is ended when it takes too
 * long; a process that is ended in that case itself looks with {@link lintFiles}.
 */
export async function lintArchiveBytes(
  path: string,
  bytes: Uint8Array,
  options: Omit<LintOptions, 'folder'> = {},
  lint: (...given: Parameters<typeof lintFiles>) => LintReport | Promise<LintReport> = lintWithin,
): Promise<LintReport> {
  let entries: SourceFile[]
  try {
    entries = await readArchiveEntries(bytes)
  } catch (error) {
    if (!(error instanceof SkilletError)) throw error
    return toReport(path, completeFindings([unsafe(error.code, error.message)], []))
  }
  const { files, folder } = withoutWrapper(entries, options.purpose)
  return lint(path, files, { ...options, folder })
}

/** Other people's archives often hold one folder with everything inside. Ours never do, so publishing refuses them. */
function withoutWrapper(
  entries: SourceFile[],
  purpose: LintOptions['purpose'],
): { files: SourceFile[]; folder: string | null } {
  const top = new Set(entries.map((entry) => entry.path.split('/')[0]))
  const [folder] = top
  const wrapped = top.size === 1 && folder !== undefined && entries.every((entry) => entry.path.includes('/'))
  if (!wrapped || purpose === 'publish') return { files: entries, folder: null }
  return { files: entries.map((entry) => ({ ...entry, path: entry.path.slice(folder.length + 1) })), folder }
}

function missing(file: string): RuleFinding {
  return {
    rule: file === 'SKILL.md' ? 'manifest/no-skill-md' : 'manifest/no-skill-toml',
    severity: 'high',
    file,
    line: null,
    message: `There is no readable ${file}.`,
  }
}

function unsafe(code: string, message: string): RuleFinding {
  return {
    rule: code === 'TOO_LARGE' ? 'archive/too-large' : 'archive/unsafe',
    severity: 'critical',
    file: '',
    line: null,
    message,
  }
}

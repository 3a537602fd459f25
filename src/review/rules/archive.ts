import { createNameSet } from '../../trust/entry-name.ts'
import { toTextFile, type SourceFile } from '../source-file.ts'
import { binaryKind, carriedKind, isPicture } from './file-kind.ts'
import type { RuleFinding } from './rule.ts'

const mebibyte = 1024 * 1024
/** Limits for publishing: bytes of one file, of all files, and how many files. */
export const sizeLimits = { file: 5 * mebibyte, total: 20 * mebibyte, files: 1000 } as const

const programNames =
  /\.(?:exe|dll|so|dylib|node|com|scr|msi|pyc|pyo|pyd|class|jar|apk|dmg|app|deb|rpm|lnk|wasm)$/i
const agentSettings =
  /(?:^|\/)\.(?:git|claude|codex|cursor|gemini|vscode|idea|github|opencode|codeium)\/|(?:^|\/)\.(?:mcp\.json|npmrc|yarnrc(?:\.yml)?|pypirc|netrc|bashrc|zshrc|profile|gitmodules)$/i

/** Rules about files as such: a skill is plain text (and pictures) that a person can read. */
export function findArchiveProblems(files: readonly SourceFile[]): RuleFinding[] {
  const findings: RuleFinding[] = []
  const names = createNameSet()
  const add = (rule: string, severity: RuleFinding['severity'], file: string, message: string, fix: string) =>
    findings.push({ rule: `archive/${rule}`, severity, file, line: null, message, fix })
  for (const file of files) {
    const isText = toTextFile(file) !== null
    const binary =
      binaryKind(file.content, isText) ?? (programNames.test(file.path) ? 'a compiled program' : null)
    const carried = binary === null ? carriedKind(file.content) : null
    if (binary !== null)
      add(
        'binary',
        'high',
        file.path,
        `This is ${binary}, which nobody can read.`,
        'Ship its source instead.',
      )
    else if (carried !== null)
      add(
        'hidden-file',
        'high',
        file.path,
        `Behind its visible part, this file holds ${carried}.`,
        'Ship the visible part alone.',
      )
    else if (!isText && !isPicture(file.content))
      add(
        'not-text',
        'medium',
        file.path,
        'This is neither plain text nor a picture.',
        'Ship a text form of it.',
      )
    const problem = names.add(file.path, 'file')
    if (problem !== null)
      add('name', 'high', file.path, `The installer refuses this name: it ${problem}.`, 'Rename it.')
    const encoded = isText ? encodedProgram(file.content) : null
    if (encoded !== null)
      add(
        'encoded-binary',
        'high',
        file.path,
        `This text holds ${encoded} in an encoding, which nobody can read.`,
        'Ship its source instead.',
      )
    if (agentSettings.test(file.path))
      add(
        'settings-file',
        'high',
        file.path,
        "This is a settings file of another program, which would change that program's behaviour.",
        'Remove it from the skill.',
      )
    if (file.content.byteLength > sizeLimits.file)
      add(
        'too-large',
        'high',
        file.path,
        'This file is larger than 5 MB.',
        'Make it smaller, or fetch it at run time.',
      )
  }
  const total = files.reduce((sum, file) => sum + file.content.byteLength, 0)
  if (total > sizeLimits.total)
    add(
      'too-large',
      'high',
      '',
      'All files together are larger than 20 MB.',
      'Remove what the skill does not need.',
    )
  if (files.length > sizeLimits.files)
    add(
      'too-many',
      'high',
      '',
      `The skill has ${files.length} files; 1,000 are allowed.`,
      'Remove what it does not need.',
    )
  return findings
}

/** Beginnings of programs and archives in Base64 and in hexadecimal, each followed by more of the same. */
const encodedForms: readonly (readonly [string, string, RegExp])[] = [
  ['f0VMR', 'a Linux program', /^f0VMR[A-Za-z0-9+/\s]{200}/],
  ['TVqQAA', 'a Windows program', /^TVqQAA[A-Za-z0-9+/\s]{200}/],
  ['z/rt/', 'a macOS program', /^z\/rt\/[A-Za-z0-9+/\s]{200}/],
  ['7f454c46', 'a Linux program', /^7f454c46[0-9a-f\s]{200}/],
  ['4d5a9000', 'a Windows program', /^4d5a9000[0-9a-f\s]{200}/],
]

function encodedProgram(content: Uint8Array): string | null {
  const bytes = Buffer.from(content.buffer, content.byteOffset, content.byteLength)
  for (const [start, what, form] of encodedForms) {
    let at = bytes.indexOf(start)
    for (let tries = 0; at >= 0 && tries < 100; tries++, at = bytes.indexOf(start, at + 1))
      if (form.test(bytes.toString('latin1', at, at + 400))) return what
  }
  return null
}

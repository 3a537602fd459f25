import { toTextFile, type SourceFile } from '../source-file.ts'
import type { RuleFinding } from './rule.ts'

const mebibyte = 1024 * 1024
/** Limits for publishing: bytes of one file, of all files, and how many files. */
export const sizeLimits = { file: 5 * mebibyte, total: 20 * mebibyte, files: 1000 } as const

const signatures: readonly { what: string; bytes: readonly number[] }[] = [
  { what: 'a Linux program', bytes: [0x7f, 0x45, 0x4c, 0x46] },
  { what: 'a macOS program', bytes: [0xfe, 0xed, 0xfa, 0xce] },
  { what: 'a macOS program', bytes: [0xfe, 0xed, 0xfa, 0xcf] },
  { what: 'a macOS program', bytes: [0xce, 0xfa, 0xed, 0xfe] },
  { what: 'a macOS program', bytes: [0xcf, 0xfa, 0xed, 0xfe] },
  { what: 'a macOS program or Java class', bytes: [0xca, 0xfe, 0xba, 0xbe] },
  { what: 'a Windows program', bytes: [0x4d, 0x5a] },
  { what: 'a zip archive', bytes: [0x50, 0x4b, 0x03, 0x04] },
  { what: 'a zip archive', bytes: [0x50, 0x4b, 0x05, 0x06] },
  { what: 'a gzip archive', bytes: [0x1f, 0x8b] },
  { what: 'a bzip2 archive', bytes: [0x42, 0x5a, 0x68] },
  { what: 'an xz archive', bytes: [0xfd, 0x37, 0x7a, 0x58, 0x5a] },
  { what: 'a 7z archive', bytes: [0x37, 0x7a, 0xbc, 0xaf] },
  { what: 'a rar archive', bytes: [0x52, 0x61, 0x72, 0x21] },
  { what: 'a WebAssembly program', bytes: [0x00, 0x61, 0x73, 0x6d] },
]
const images: readonly (readonly number[])[] = [
  [0x89, 0x50, 0x4e, 0x47],
  [0xff, 0xd8, 0xff],
  [0x47, 0x49, 0x46, 0x38],
  [0x52, 0x49, 0x46, 0x46],
]
const programNames =
  /\.(?:exe|dll|so|dylib|node|com|scr|msi|pyc|pyo|pyd|class|jar|apk|dmg|app|deb|rpm|lnk|wasm)$/i
const reserved = /^(?:con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[0-9¹²³])(?:\.|$)/i
// oxlint-disable-next-line no-control-regex
const unsafeName = /[<>:"|?*\\\u0000-\u001f\u007f]|[. ]$|[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/
const agentSettings =
  /(?:^|\/)\.(?:git|claude|codex|cursor|gemini|vscode|idea|github|opencode|codeium)\/|(?:^|\/)\.(?:mcp\.json|npmrc|yarnrc(?:\.yml)?|pypirc|netrc|bashrc|zshrc|profile|gitmodules)$/i

/** Rules about files as such: a skill is plain text (and pictures) that a person can read. */
export function findArchiveProblems(files: readonly SourceFile[]): RuleFinding[] {
  const findings: RuleFinding[] = []
  const names = new Map<string, string>()
  const add = (rule: string, severity: RuleFinding['severity'], file: string, message: string, fix: string) =>
    findings.push({ rule: `archive/${rule}`, severity, file, line: null, message, fix })
  for (const file of files) {
    const binary = binaryKind(file)
    if (binary !== null)
      add(
        'binary',
        'high',
        file.path,
        `This is ${binary}, which nobody can read.`,
        'Ship its source instead.',
      )
    else if (toTextFile(file) === null && !images.some((bytes) => startsWith(file.content, bytes)))
      add(
        'not-text',
        'medium',
        file.path,
        'This is neither plain text nor a picture.',
        'Ship a text form of it.',
      )
    if (file.path.split('/').some((part) => reserved.test(part) || unsafeName.test(part)))
      add(
        'name',
        'high',
        file.path,
        'This name cannot exist on every computer, or hides what it is.',
        'Rename it.',
      )
    if (agentSettings.test(file.path))
      add(
        'settings-file',
        'high',
        file.path,
        "This is a settings file of another program, which would change that program's behaviour.",
        'Remove it from the skill.',
      )
    const folded = file.path.normalize('NFC').toLowerCase()
    const twin = names.get(folded)
    if (twin !== undefined)
      add(
        'name',
        'high',
        file.path,
        `On many computers this is the same name as ${twin}.`,
        'Rename one of them.',
      )
    names.set(folded, file.path)
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

function binaryKind(file: SourceFile): string | null {
  const found = signatures.find(({ bytes }) => startsWith(file.content, bytes))
  // Two letters alone also begin ordinary text.
  if (found !== undefined && (found.bytes.length > 2 || toTextFile(file) === null)) return found.what
  return programNames.test(file.path) ? 'a compiled program' : null
}

function startsWith(content: Uint8Array, bytes: readonly number[]): boolean {
  return bytes.every((byte, index) => content[index] === byte)
}

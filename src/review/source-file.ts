/** One file under review: `path` is relative with forward slashes. */
export interface SourceFile {
  readonly path: string
  readonly content: Uint8Array
  readonly executable: boolean
}

/** `markdown` is read as prose, the three languages as code, `other` (data, settings) as neither. */
export type Language = 'markdown' | 'python' | 'javascript' | 'shell' | 'other'

/** A file that is text, cut into lines. `lines[0]` is line 1. */
export interface TextFile {
  readonly path: string
  readonly text: string
  readonly lines: readonly string[]
  readonly language: Language
}

/** UTF-8 text without NUL bytes, or null for anything else. */
export function toTextFile(file: SourceFile): TextFile | null {
  if (file.content.includes(0)) return null
  let text: string
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(file.content)
  } catch {
    return null
  }
  const lines = text.split(/\r\n|\r|\n/)
  return { path: file.path, text, lines, language: languageOf(file.path, lines[0] ?? '') }
}

const byExtension: Record<string, Language> = {
  md: 'markdown',
  markdown: 'markdown',
  txt: 'markdown',
  rst: 'markdown',
  py: 'python',
  pyw: 'python',
  js: 'javascript',
  mjs: 'javascript',
  cjs: 'javascript',
  ts: 'javascript',
  mts: 'javascript',
  cts: 'javascript',
  jsx: 'javascript',
  tsx: 'javascript',
  sh: 'shell',
  bash: 'shell',
  zsh: 'shell',
  ksh: 'shell',
  ps1: 'shell',
  bat: 'shell',
  cmd: 'shell',
}

function languageOf(path: string, firstLine: string): Language {
  const name = path.split('/').at(-1) ?? ''
  const extension = /\.([A-Za-z0-9]+)$/.exec(name)?.[1]?.toLowerCase()
  const known = extension === undefined ? undefined : byExtension[extension]
  if (known !== undefined) return known
  if (/^#!.*\bpython/.test(firstLine)) return 'python'
  if (/^#!.*\b(node|deno|bun)\b/.test(firstLine)) return 'javascript'
  if (/^#!.*\b(ba|z|k|da)?sh\b/.test(firstLine)) return 'shell'
  return 'other'
}

export function isCode(file: TextFile): boolean {
  return file.language === 'python' || file.language === 'javascript' || file.language === 'shell'
}

/** True for a line that is a comment as a whole, which no interpreter executes. */
export function isComment(file: TextFile, line: string): boolean {
  const start = line.trimStart()
  if (file.language === 'javascript') return start.startsWith('//') || start.startsWith('* ') || start === '*'
  return start.startsWith('#') && !start.startsWith('#!')
}

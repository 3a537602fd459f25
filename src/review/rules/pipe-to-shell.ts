import type { Finding } from '../../shared/finding.ts'
import { isCode, isComment, type TextFile } from '../source-file.ts'
import { ruleName, type TextRule } from './rule.ts'

const interpreter =
  '(?:sudo\\s+(?:-\\S+\\s+)*)?(?:env\\s+)?(?:/usr)?(?:/local)?(?:/bin/)?(?:(?:ba|z|k|da|fi)?sh|python[0-9.]*|node|perl|ruby|php|osascript|powershell|pwsh|iex|invoke-expression)(?![\\w.-])'
const fetcher = '(?:curl|wget|fetch|aria2c|iwr|irm|invoke-webrequest|invoke-restmethod)'
const decoder = '(?:base64|base32|xxd|openssl\\s+(?:enc|base64)|uudecode|rev|tr|gunzip|zcat|gzip|certutil)'

const downloads: readonly RegExp[] = [
  new RegExp(`\\b${fetcher}\\b[^\\n]*\\|\\s*${interpreter}`, 'i'),
  new RegExp(`\\b(?:ba|z|k|da)?sh\\s+(?:-\\S+\\s+)*<\\(\\s*${fetcher}\\b`, 'i'),
  new RegExp(
    `\\b(?:eval|source|(?:ba|z|k|da)?sh\\s+-\\w*c)\\s+["']?(?:\\$\\(|\`|<\\()\\s*${fetcher}\\b`,
    'i',
  ),
  new RegExp(`(?:^|\\s)\\.\\s+<\\(\\s*${fetcher}\\b`, 'i'),
  /\b(?:iex|invoke-expression)\b[^\n]*\b(?:iwr|irm|invoke-webrequest|invoke-restmethod|downloadstring)\b/i,
  new RegExp(
    `\\b${fetcher}\\b[^\\n]*(?:-o|-O|--output|>)\\s*(\\S+)[^\\n]*(?:&&|;)\\s*(?:sudo\\s+)?(?:(?:ba|z|da)?sh|chmod\\s+\\S*x\\S*)\\s`,
    'i',
  ),
]
const disguises: readonly RegExp[] = [
  new RegExp(`\\b${decoder}\\b[^\\n]*\\|\\s*${interpreter}`, 'i'),
  new RegExp(
    `\\b(?:eval|source|(?:ba|z|k|da)?sh\\s+-\\w*c)\\s+["']?(?:\\$\\(|\`)[^\\n]*\\b${decoder}\\b`,
    'i',
  ),
  /\b(?:ba|z|da)?sh\s+<<<\s*["']?\$\([^\n]*\bbase64\b/i,
  new RegExp(`\\b(?:ba|z|k|da)?sh\\s+<\\([^\\n]*\\b${decoder}\\b`, 'i'),
  /\b(?:powershell|pwsh)(?:\.exe)?\b[^\n]*\s-e(?:nc(?:odedcommand)?)?\s+[A-Za-z0-9+/=]{16,}/i,
  /\bprintf\s+["'](?:\\x[0-9a-f]{2}|\\[0-7]{3}){6,}[^\n]*\|\s*(?:ba|z|da)?sh\b/i,
]
const warning = /\b(?:never|do not|don['’]t|avoid|refuse|instead of|rather than)\b/i

/**
 * The field's commonest malware: a "prerequisite" that has somebody paste a command which runs whatever a
 * server sends, often behind base64. Prose counts as much as code, since an agent carries out both.
 */
export const findPipeToShell: TextRule = (file) => {
  if (file.language !== 'markdown' && !isCode(file)) return []
  const findings: Finding[] = []
  for (const { line, text } of commandLines(file)) {
    if (isComment(file, text) && isCode(file)) continue
    const hidden = decodedText(text)
    if (disguises.some((pattern) => pattern.test(text)) || (hidden !== null && looksLikeCommand(hidden)))
      findings.push({
        rule: ruleName(file, 'disguised-command'),
        // Ordinary prose can warn of it; nobody disguises a command in order to warn of it.
        severity: hidden === null && isWarning(file, text) ? 'medium' : 'critical',
        file: file.path,
        line,
        message: 'This decodes a hidden command and runs it, so nobody can see what would happen.',
        fix: 'Write the command openly, or ship what it fetches as a file of the skill.',
      })
    else if (downloads.some((pattern) => pattern.test(text)))
      findings.push({
        rule: ruleName(file, 'pipe-to-shell'),
        severity: isWarning(file, text) ? 'medium' : 'critical',
        file: file.path,
        line,
        message: 'This downloads a program and runs it at once, unseen and unsigned.',
        fix: 'Ship the code as files of the skill, so that it is reviewed and signed with it.',
      })
  }
  return findings
}

/** Lines with their backslash continuations joined, so that a command split in two is still one. */
function* commandLines(file: TextFile): Generator<{ line: number; text: string }> {
  let start = 0
  let joined = ''
  for (const [index, text] of file.lines.entries()) {
    if (joined === '') start = index + 1
    if (/[\\`|]\s*$/.test(text) && !/```\s*$/.test(text) && joined.length < 4000) {
      joined += `${text.replace(/[\\`]\s*$/, '')} `
      continue
    }
    yield { line: start, text: joined + text }
    joined = ''
  }
  if (joined !== '') yield { line: start, text: joined }
}

function isWarning(file: TextFile, text: string): boolean {
  return file.language === 'markdown' && warning.test(text.split(/curl|wget|base64/i)[0] ?? '')
}

function decodedText(text: string): string | null {
  for (const match of text.matchAll(/[A-Za-z0-9+/]{24,}={0,2}/g)) {
    const decoded = Buffer.from(match[0], 'base64').toString('latin1')
    // oxlint-disable-next-line no-control-regex
    if (/^[\t\n\r\u0020-\u007e]+$/.test(decoded)) return decoded
  }
  return null
}

function looksLikeCommand(text: string): boolean {
  return (
    /\b(?:curl|wget|bash|sh\s+-c|\/bin\/|python|powershell|nc\s|eval|chmod)\b/i.test(text) &&
    /[\s/|;&]/.test(text)
  )
}

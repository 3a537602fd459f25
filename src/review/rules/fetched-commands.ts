import { fetchSeverity } from '../hosts.ts'
import { isReported } from '../prose/stance.ts'
import { isCode, isComment, type TextFile } from '../source-file.ts'
import { ruleName, type RuleFinding, type TextRule } from './rule.ts'

const fetcher = '(?:curl|wget|fetch|aria2c|iwr|irm|invoke-webrequest|invoke-restmethod)'
const decoder = '(?:base64|base32|xxd|openssl\\s+(?:enc|base64)|uudecode|rev|tr|gunzip|gzip|certutil)'
const shell = '(?:ba|z|k|da|fi)?sh'
/** What stands at the start of a pipeline's later part and carries out what it is given. */
const interpreter = new RegExp(
  `^\\s*(?:sudo\\s+(?:-\\S+\\s+){0,5})?(?:/usr)?(?:/bin/)?(?:env\\s+)?(?:/usr)?(?:/local)?(?:/bin/)?(?:${shell}|python[0-9.]*|node|perl|ruby|php|osascript|powershell|pwsh|iex|invoke-expression)(?![\\w.-])`,
  'i',
)
const fetches = new RegExp(`\\b${fetcher}\\s+\\S`, 'i')
const decodes = new RegExp(`\\b${decoder}(?:\\s|$)`, 'i')
const writesBytes = /\bprintf\s+["'](?:\\x[0-9a-f]{2}|\\[0-7]{3}){6}/i

// Each has bounded gaps only: a file made for it must not keep the linter busy for hours.
const downloads: readonly RegExp[] = [
  new RegExp(`\\b${shell}\\s+(?:-\\S+\\s+){0,5}<\\(\\s*${fetcher}\\b`, 'i'),
  new RegExp(`\\b(?:eval|source|${shell}\\s+-\\w{0,5}c)\\s+["']?(?:\\$\\(|\`|<\\()\\s*${fetcher}\\b`, 'i'),
  new RegExp(`(?:^|\\s)\\.\\s+<\\(\\s*${fetcher}\\b`, 'i'),
  /\b(?:iex|invoke-expression)\b.{0,300}\b(?:iwr|irm|invoke-webrequest|invoke-restmethod|downloadstring)\b/i,
  new RegExp(
    `\\b${fetcher}\\b.{0,300}(?:\\s-o|\\s-O|--output|>).{0,200}(?:&&|;)\\s*(?:sudo\\s+)?(?:${shell}|chmod\\s+\\S{0,10}x\\S{0,10}\\s+\\S{1,200}\\s*(?:&&|;)\\s*\\S)`,
    'i',
  ),
]
const disguises: readonly RegExp[] = [
  new RegExp(`\\b(?:eval|source|${shell}\\s+-\\w{0,5}c)\\s+["']?(?:\\$\\(|\`).{0,300}\\b${decoder}\\b`, 'i'),
  new RegExp(`\\b${shell}\\s+<<<\\s*["']?\\$\\(.{0,300}\\b${decoder}\\b`, 'i'),
  new RegExp(`\\b${shell}\\s+<\\(.{0,300}\\b${decoder}\\b`, 'i'),
  /\b(?:powershell|pwsh)(?:\.exe)?\b.{0,300}\s-e(?:nc(?:odedcommand)?)?\s+[A-Za-z0-9+/=]{16}/i,
]
/** A line without any of these can be none of the above. */
const needed = new RegExp(
  `\\b(?:${fetcher}|${decoder})\\b|downloadstring|printf|powershell|pwsh|[A-Za-z0-9+/]{24}`,
  'i',
)
const warning = /\b(?:never|do not|don['’]t|avoid|refuse|instead of|rather than)\b/i

/**
 * The field's commonest malware: a "prerequisite" that has somebody paste a command which runs whatever a
 * server sends, often behind base64. Prose counts as much as code, since an agent carries out both.
 */
export const findFetchedCommands: TextRule = (file) => {
  if (file.language !== 'markdown' && !isCode(file)) return []
  const findings: RuleFinding[] = []
  for (const { line, text } of commandLines(file)) {
    if (!needed.test(text) || (isComment(file, text) && isCode(file))) continue
    const hidden = decodedText(text)
    if (
      disguises.some((pattern) => pattern.test(text)) ||
      isPipedToInterpreter(text, (source) => decodes.test(source) || writesBytes.test(source)) ||
      (hidden !== null && looksLikeCommand(hidden))
    )
      findings.push({
        rule: ruleName(file, 'disguised-command'),
        // Ordinary prose can warn of it; nobody disguises a command in order to warn of it.
        severity: hidden === null && isWarning(file, text) ? 'medium' : 'critical',
        file: file.path,
        line,
        message: 'This decodes a hidden command and runs it, so nobody can see what would happen.',
        evidence: hidden === null ? text : `${text} ⇒ ${hidden}`,
      })
    else if (
      downloads.some((pattern) => pattern.test(text)) ||
      isPipedToInterpreter(text, (source) => fetches.test(source))
    )
      findings.push({
        rule: ruleName(file, 'pipe-to-shell'),
        severity: isWarning(file, text) ? 'medium' : fetchSeverity(text, 'critical'),
        file: file.path,
        line,
        message: 'This downloads a program and runs it at once, unseen and unsigned.',
        evidence: text,
      })
  }
  return findings
}

/** `source | … | sh`, told apart from a table, whose cells hold no more than a name. */
function isPipedToInterpreter(text: string, isSource: (text: string) => boolean): boolean {
  const parts = text.split('|')
  const table = text.trimStart().startsWith('|')
  let sourced = false
  for (const [index, part] of parts.entries()) {
    const before = parts[index - 1]
    // An empty part comes from `||`, which hands nothing on.
    if (sourced && before !== undefined && before.trim() !== '' && runsItsInput(part)) return true
    sourced ||= isSource(part) && !(table && /^\s*`?\w+`?\s*$/.test(part))
  }
  return false
}

/** An interpreter that is given no program of its own takes what comes in for one. */
function runsItsInput(part: string): boolean {
  const program = interpreter.exec(part)?.[0]
  if (program === undefined) return false
  const rest = part.slice(program.length).trimStart()
  if (/(?:^|[/\s])(?:ba|z|k|da|fi)?sh$/i.test(program))
    return (
      /(?:^|\s)-\w*s\b/.test(rest) ||
      !/^(?:-[\w-]+\s+)*(?!\/dev\/stdin)[\w./$~{}-]*(?:\.\w{1,5}\b|\/\w)/.test(rest)
    )
  return (
    /^(?:-(?:\s|$)|$|[;&|)"'`#>\d]|\/dev\/stdin)/.test(rest) ||
    /osascript|iex|invoke-expression|pwsh|powershell/i.test(program)
  )
}

/** Lines with their backslash continuations joined, so that a command split in two is still one. */
function* commandLines(file: TextFile): Generator<{ line: number; text: string }> {
  let start = 0
  let joined = ''
  for (const [index, text] of file.lines.entries()) {
    if (joined === '') start = index + 1
    if (/[\\`|]\s*$/.test(text) && !/```\s*$|^\s*\|/.test(text) && joined.length < 4000) {
      joined += `${text.replace(/[\\`]\s*$/, '')} `
      continue
    }
    yield { line: start, text: joined + text }
    joined = ''
  }
  if (joined !== '') yield { line: start, text: joined }
}

/** Prose that warns of a command or tells of attacks by it; what stands in front of the command decides. */
function isWarning(file: TextFile, text: string): boolean {
  if (file.language !== 'markdown') return false
  const before = text.split(/curl|wget|base64/i)[0] ?? ''
  // "curl … | sh" names the habit, not a place.
  if (/\b(?:curl|wget)\s+(?:-\S+\s+)*(?:\.{2,}|…|<url>|url)\s*[\\)]*\|/i.test(text)) return true
  return (
    warning.test(before) ||
    /\b(?:don['’]t|never do (?:this|it)|avoid (?:this|it))\W*$/i.test(text) ||
    (before.length > 30 && isReported(before))
  )
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

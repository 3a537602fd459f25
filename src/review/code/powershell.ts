import type { Finding } from '../../shared/finding.ts'
import type { RuleFinding } from '../rules/rule.ts'
import type { TextFile } from '../source-file.ts'
import { findAcrossLines } from './line-flow.ts'

interface LineRule {
  readonly rule: string
  readonly severity: Finding['severity']
  readonly pattern: RegExp
  readonly message: string
}

/** Each looks at one line and has bounded gaps only. There is no parser for these two languages here. */
const rules: readonly LineRule[] = [
  {
    rule: 'hidden-code',
    severity: 'critical',
    pattern:
      /\b(?:powershell|pwsh)\b.{0,300}-e(?:nc|ncodedcommand)?['"]?\s{0,5},?\s{0,5}["']?\$|(?:\biex\b|invoke-expression|\bscriptblock\]::create).{0,300}(?:frombase64string|\[char\]|-join|gzipstream|-bxor|reverse)|(?:frombase64string|gzipstream|-bxor).{0,300}(?:\biex\b|invoke-expression)/i,
    message: 'This decodes hidden code and runs it, so nobody can see what would happen.',
  },
  {
    rule: 'remote-code',
    severity: 'critical',
    pattern:
      /(?:\biex\b|invoke-expression).{0,300}(?:downloadstring|invoke-webrequest|invoke-restmethod|\biwr\b|\birm\b)|(?:downloadstring|\biwr\b|\birm\b|invoke-webrequest|invoke-restmethod).{0,300}\|\s{0,5}(?:iex|invoke-expression)/i,
    message: 'This runs whatever a server sends, so nobody can review what it does.',
  },
  {
    rule: 'disables-protection',
    severity: 'high',
    pattern:
      /set-mppreference\b.{0,200}-(?:disable|exclusion)|add-mppreference\b.{0,200}-exclusion|netsh\s+advfirewall\s+set\s.{0,60}off|set-executionpolicy\s.{0,60}(?:bypass|unrestricted)\b.{0,60}localmachine|sc(?:\.exe)?\s+(?:stop|delete|config)\s+(?:windefend|wscsvc|mpssvc)|amsiutils|amsiinitfailed/i,
    message: 'This switches off a protection of the computer.',
  },
  {
    rule: 'persistence',
    severity: 'high',
    pattern:
      /register-scheduledtask\b|schtasks(?:\.exe)?\b.{0,40}\/create|currentversion\\+run\b|\\startup\\|new-service\b|set-wmiinstance\b.{0,80}(?:filter|consumer)|\$profile\b.{0,20}(?:-value|add-content|>>)|(?:add-content|out-file|set-content)\s.{0,40}\$profile\b/i,
    message: 'This has the computer start something by itself from then on.',
  },
  {
    rule: 'covers-tracks',
    severity: 'high',
    pattern:
      /clear-eventlog\b|wevtutil(?:\.exe)?\s+cl\b|remove-item\b.{0,120}consolehost_history|clear-history\b.{0,60};/i,
    message: 'This deletes the record of what happened on the computer.',
  },
  {
    rule: 'destroys-files',
    severity: 'critical',
    pattern:
      /vssadmin(?:\.exe)?\s+delete\s+shadows|format(?:\.com)?\s+[a-z]:\s|remove-item\b.{0,40}(?:\$env:userprofile|\$home|[a-z]:\\)["']?\s.{0,60}-recurse|\b(?:rd|rmdir)\s+\/s\s+\/q\s+(?:[a-z]:\\|%userprofile%)["']?\s*$|cipher\s+\/w|(?:get-childitem|gci)\s+["']?\$(?:env:userprofile|home)["']?\s.{0,60}-recurse.{0,80}\|\s{0,5}remove-item/i,
    message: 'This deletes everything in a place that is not the skill’s.',
  },
  {
    rule: 'credential-files',
    severity: 'high',
    pattern:
      /(?:get-content|\bgc\b|\btype\b|copy-item|\bcopy\b|readalltext|readallbytes|\bcat\b).{0,200}(?:\\\.ssh\\|\\\.aws\\|login data|\\cookies\b|wallet\.dat|key4\.db|\.git-credentials|\\vault\\|local state)|cmdkey\s+\/list|convertfrom-securestring|mimikatz|wlan\s+show\s+profiles?\b.{0,120}key\s{0,3}=\s{0,3}clear|sekurlsa|get-storedcredential|vaultcmd/i,
    message: 'This reads a place where people keep keys, passwords or private data.',
  },
  {
    rule: 'exfiltration',
    severity: 'high',
    pattern:
      /(?:invoke-webrequest|invoke-restmethod|\biwr\b|\birm\b|uploadstring|uploadfile|\bcurl\b).{0,300}(?:get-childitem\s+env:|\bgci\s+env:|\bdir\s+env:|get-clipboard|\$env:userprofile\\+\.|\bipconfig\b.{0,40}\bsysteminfo\b)/i,
    message: 'This sends what is private to another computer.',
  },
  {
    rule: 'raises-privileges',
    severity: 'high',
    pattern: /start-process\b.{0,200}-verb\s+runas|net\s+localgroup\s+administrators\b.{0,80}\/add/i,
    message: "This asks for the system's rights.",
  },
]

/** PowerShell and batch files, line by line. */
export function findPowerShell(file: TextFile): RuleFinding[] {
  if (!/\.(?:ps1|psm1|bat|cmd)$/i.test(file.path)) return []
  const findings = findAcrossLines(file)
  for (const { line, text } of joinedLines(file.lines)) {
    if (/^\s*(?:#|rem\b|::)/i.test(text)) continue
    for (const { rule, severity, pattern, message } of rules)
      if (pattern.test(text))
        findings.push({ rule: `code/${rule}`, severity, file: file.path, line, message })
  }
  return findings
}

/** A command that a backtick, a caret or a pipe continues on the next line is one. */
function* joinedLines(lines: readonly string[]): Generator<{ line: number; text: string }> {
  let start = 0
  let joined = ''
  for (const [index, text] of lines.entries()) {
    if (joined === '') start = index + 1
    if (/[`^|]\s*$/.test(text) && joined.length < 4000) {
      joined += `${text.replace(/[`^]\s*$/, '')} `
      continue
    }
    yield { line: start, text: joined + text }
    joined = ''
  }
  if (joined !== '') yield { line: start, text: joined }
}

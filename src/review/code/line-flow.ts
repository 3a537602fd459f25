import type { RuleFinding } from '../rules/rule.ts'
import type { TextFile } from '../source-file.ts'

/** Variables that are followed, and characters of a line that are looked at. */
const limits = { names: 1000, line: 4000 } as const

/** `$a = …`, `my $a = …`, `a, err := …`, `set a=…` */
const assignment =
  /^\s*(?:<\?php\s+)?(?:while\s*\(+)?(?:my\s+|our\s+|local\s+|var\s+|let\s+|const\s+|set\s+)?([$@]?[A-Za-z_]\w{0,40})(?:\s*,\s*([$@]?\w{1,40}))?\s*(?::=|=(?![=~]))\s*([^]*)$/
/** Names of files that something is stored in. */
const target =
  /(?:-OutFile\s+|\s-[oO]\s+|(?:WriteFile|file_put_contents|File\.write|DownloadFile)\s*\([^)]{0,200}?)["']?([\w:\\/.%${}-]{4,200})/gi

const fromServer =
  /\bNet::HTTP|\bURI\.open|\bLWP::|\bHTTP::Tiny|\bget\s*\(\s*["']https?:|\bfile_get_contents\s*\(\s*["']https?:|\bcurl_exec\b|\bhttp\.(?:Get|Post)\b|\bnet\.Dial\b|\bTCPSocket\b|\bfsockopen\b|\bIO::Socket|\bTCPClient\b|\bDownload(?:String|Data|File)\b|\bInvoke-(?:WebRequest|RestMethod)\b|\b(?:iwr|irm)\b|\b(?:curl|wget|certutil|bitsadmin)\b.{0,300}https?:|\$_(?:GET|POST|REQUEST|COOKIE)\b|\breqwest\b|\bHttpClient\b/i
const runs =
  /(?:\b(?:eval|instance_eval|class_eval|system|exec|popen|shell_exec|passthru|assert|proc_open|Invoke-Expression|iex|Start-Process|saps|load|loadstring|require)\b|\bexec\.Command\b|\.Std(?:in|out)\s*=|\bgetRuntime\b)([^]*)$/i
const isPrivate =
  /\b(?:Get-ChildItem|gci|dir|ls)\s+env:|\bGet-Clipboard\b|\bENV\.to_h\b|\bos\.Environ\(\)|\bgetenv\(\)|%ENV\b|\\\.(?:ssh|aws)\\/i
const sends =
  /\b(?:Net::HTTP|post|http\.Post|Invoke-(?:WebRequest|RestMethod)|irm|iwr|curl|UploadString|UploadData|UploadFile|curl_setopt|fwrite|Send-MailMessage)\b/i

/**
 * What comes from a server and is run, and what is private and is sent, in languages that no parser is here for: by the
 * names of variables and files alone, from line to line.
 */
export function findAcrossLines(file: TextFile): RuleFinding[] {
  const findings: RuleFinding[] = []
  const fetched = new Set<string>()
  const secret = new Set<string>()
  // Only there a path that stands by itself is started; elsewhere it is a variable.
  const startsPaths = /\.(?:ps1|bat|cmd)$/i.test(file.path)
  const add = (rule: string, severity: RuleFinding['severity'], line: number, message: string) =>
    findings.push({ rule: `code/${rule}`, severity, file: file.path, line, message })
  for (const [index, whole] of file.lines.entries()) {
    const line = whole.slice(0, limits.line)
    if (/^\s*(?:#|\/\/|rem\b|::)/i.test(line)) continue
    for (const statement of line.split(/[;{}]/)) {
      const run =
        runs.exec(statement)?.[1] ??
        (startsPaths && /^\s*(?:&\s*|start\s+)?["']?[%$][^=]*$/.test(statement) ? statement : '')
      if (mentions(run, fetched) || /\$_(?:GET|POST|REQUEST|COOKIE)\b/.test(run))
        add(
          'remote-code',
          'critical',
          index + 1,
          'This runs whatever a server sends, so nobody can review what it does.',
        )
      if (mentions(statement, secret) && sends.test(statement))
        add('exfiltration', 'high', index + 1, 'This sends what is private to another computer.')
      follow(statement, fetched, fromServer)
      follow(statement, secret, isPrivate)
      if (fetched.size < limits.names && secret.size < limits.names) continue
      add(
        'too-complex',
        'high',
        index + 1,
        'From here on, this program puts data under so many names that it cannot be followed.',
      )
      return findings
    }
  }
  return findings
}

/** Adds what a statement puts such data into. */
function follow(statement: string, names: Set<string>, source: RegExp): void {
  const assigned = assignment.exec(statement)
  const value = assigned?.[3] ?? statement
  if (!source.test(value) && !mentions(value, names)) return
  for (const name of [assigned?.[1], assigned?.[2]])
    if (name !== undefined && !/^(?:err|_|ok)$/.test(name)) names.add(name)
  for (const [, path] of statement.matchAll(target)) if (path !== undefined) names.add(path)
}

function mentions(text: string, names: ReadonlySet<string>): boolean {
  for (const name of names) {
    const at = text.indexOf(name)
    if (at >= 0 && !/\w/.test(text[at - 1] ?? '') && !/\w/.test(text[at + name.length] ?? '')) return true
  }
  return false
}

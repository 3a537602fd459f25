import { isComment, type Language } from '../source-file.ts'
import type { RuleFinding, TextRule } from './rule.ts'

const unpacked: readonly RegExp[] = [
  /\b(?:exec|eval|compile)\s*\(\s*(?:\w+\.)*(?:b64decode|a85decode|b85decode|b32decode|unhexlify|fromhex|decompress|loads|decode)\s*\(/,
  /\b(?:exec|eval)\s*\(\s*(?:base64|codecs|zlib|marshal|binascii|bytes|bytearray|gzip|lzma)\b/,
  /\b(?:eval|Function)\s*\(\s*(?:atob\s*\(|Buffer\.from\s*\([^)]*,\s*["'](?:base64|hex)["'])/,
  /\bexec\s*\(\s*(?:requests\.get|urlopen|urllib\.request)/,
]
const starts: Partial<Record<Language, readonly RegExp[]>> = {
  python: [
    /\bsubprocess\.(?:run|Popen|call|check_call|check_output|getoutput|getstatusoutput)\s*\(/,
    /\bos\.(?:system|popen|exec[lv]p?e?|spawn[lv]p?e?|posix_spawnp?)\s*\(/,
    /\bpty\.spawn\s*\(|\basyncio\.create_subprocess_(?:exec|shell)\s*\(/,
  ],
  javascript: [/(?:from\s+|require\(\s*|import\(\s*)["'](?:node:)?child_process["']/],
}
const dynamic: Partial<Record<Language, RegExp>> = {
  python: /(?<![\w.])(?:eval|exec)\s*\(\s*(?!["'])/,
  javascript: /(?<![\w.])eval\s*\(|\bnew\s+Function\s*\(/,
  shell: /(?:^|[;&|]\s*)eval\s+/,
}

/** Code that hides what it runs, or starts programs which the skill doesn't name. */
export const findExecution: TextRule = (file, { manifest }) => {
  if (starts[file.language] === undefined && dynamic[file.language] === undefined) return []
  const findings: RuleFinding[] = []
  for (const [index, line] of file.lines.entries()) {
    if (isComment(file, line)) continue
    const add = (name: string, severity: RuleFinding['severity'], message: string, fix: string) =>
      findings.push({ rule: `code/${name}`, severity, file: file.path, line: index + 1, message, fix })
    if (unpacked.some((pattern) => pattern.test(line)))
      add(
        'hidden-code',
        'critical',
        'This unpacks hidden code and runs it, so nobody can review what it does.',
        'Ship the code as it is, as a file of the skill.',
      )
    else if (dynamic[file.language]?.test(line) === true)
      add(
        'dynamic-code',
        'medium',
        'This runs text as code, so what it does depends on data.',
        'Parse the data instead of running it.',
      )
    if (
      manifest?.capabilities.exec === undefined &&
      starts[file.language]?.some((pattern) => pattern.test(line)) === true
    )
      add(
        'starts-programs',
        manifest === null ? 'low' : 'medium',
        'This starts another program, but the skill does not declare the capability exec.',
        'Declare exec with its reason and name the programs under [sandbox] exec, or remove this.',
      )
  }
  return findings
}

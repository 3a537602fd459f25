import { fetchSeverity, urlsIn } from '../hosts.ts'
import { isComment, type TextFile } from '../source-file.ts'
import { ruleName, type RuleFinding } from './rule.ts'

const download =
  /\b(?:curl|wget|aria2c|iwr|irm|invoke-webrequest|invoke-restmethod|start-bitstransfer|certutil)\b/i
const target =
  /(?:\s-[a-z]*o|\s-O|\s--output(?:-document)?|\s-OutFile|\s-Destination|\s>)[ =]?\s*["']?([^\s"'`|;&<>]{3,200})/i
const assigned = /(?:^|[\s;&(])([A-Za-z_]\w{0,40})=["']?\$\((?:[^)]{0,200}\b)?(?:curl|wget)\b/
const runner =
  /^(?:sudo|bash|sh|zsh|dash|source|\.|python[0-9.]*|node|deno|bun|perl|ruby|php|open|start|chmod|exec|eval|powershell|pwsh|&|call|cmd|nohup|osascript|installer|msiexec)$/i
/** Downloads that are remembered at a time. */
const maxPending = 64

interface Download {
  readonly file: string
  readonly line: number
  readonly text: string
}

/**
 * A download in one step that another step runs, by the name of the file or of the variable, in the same file or in
 * another: the same as piping it into a shell, only harder to see.
 */
export function findStagedDownloads(texts: readonly TextFile[]): RuleFinding[] {
  const findings: RuleFinding[] = []
  const pending = new Map<string, Download>()
  for (const file of texts) {
    if (file.language !== 'markdown' && file.language !== 'shell') continue
    for (const [index, line] of file.lines.entries()) {
      if (file.language === 'shell' && isComment(file, line)) continue
      for (const name of pending.size > 0 ? runNames(line) : []) {
        const source = pending.get(name)
        if (source === undefined || (source.file === file.path && source.line === index + 1)) continue
        // Where a script takes the address from a variable, the code scan follows it.
        const severity =
          file.language === 'shell' && urlsIn(source.text).length === 0
            ? 'medium'
            : fetchSeverity(source.text, 'high')
        findings.push({
          rule: ruleName(file, 'staged-download'),
          // Making a program executable is how tools are installed; running it is the step that matters.
          severity:
            /\bchmod\b/.test(line) && !/[;&|]/.test(line.replace(/"[^"]*"/g, '')) ? 'medium' : severity,
          file: file.path,
          line: index + 1,
          message: `This runs what line ${source.line} of ${source.file} downloads.`,
          evidence: `${source.text.trim()} … ${line.trim()}`,
        })
        if (!/\bchmod\b/.test(line)) pending.delete(name)
      }
      if (!download.test(line)) continue
      const name = assigned.exec(line)?.[1] ?? baseName(target.exec(line)?.[1] ?? '')
      if (name !== '' && name !== 'null' && pending.size < maxPending)
        pending.set(name, { file: file.path, line: index + 1, text: line })
    }
  }
  return findings
}

/** Names of files and variables that a line runs: first in a command, or after an interpreter and its flags. */
function runNames(line: string): string[] {
  const names: string[] = []
  for (const segment of line.split(/&&|\|\||[;|`]|\$\(/)) {
    const words = segment.trim().split(/\s+/).slice(0, 40)
    let running = false
    for (const [index, word] of words.entries()) {
      const name = baseName(word.replace(/["'(){}$]/g, ''))
      if (
        /^(?:open|start)$/i.test(word) &&
        !/\.(?:exe|msi|dmg|pkg|app|command|sh|bat|ps1|jar)\b/i.test(segment)
      )
        break
      if (runner.test(word)) running = true
      else if (running || index === 0) {
        if (/^[-+]|^[0-7]{3,4}$|^[augo]{0,4}\+x$/.test(word)) continue
        if (index > 0 || /^\.?\//.test(word)) names.push(name)
        if (index > 0) break
        else running = false
      }
    }
  }
  return names
}

function baseName(path: string): string {
  return path.replace(/\\/g, '/').split('/').at(-1) ?? ''
}

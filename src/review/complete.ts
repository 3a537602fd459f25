import type { Finding } from '../shared/finding.ts'
import { ruleDescriptions } from './rule-descriptions.ts'
import type { RuleFinding } from './rules/rule.ts'
import { toSnippet } from './snippet.ts'
import type { TextFile } from './source-file.ts'

/** Findings of one rule in one file that are shown one by one. More would help nobody and could be millions. */
const maxPerRule = 50

/** Adds to each finding why it matters and what was found, and sums up what one rule says too often about one file. */
export function completeFindings(findings: readonly RuleFinding[], texts: readonly TextFile[]): Finding[] {
  const files = new Map(texts.map((file) => [file.path, file]))
  const groups = new Map<string, RuleFinding[]>()
  for (const finding of findings) {
    const key = JSON.stringify([finding.rule, finding.severity, finding.file])
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [finding])
    else group.push(finding)
  }
  return [...groups.values()].flatMap((group) => {
    const shown = group.slice(0, maxPerRule).map((finding) => complete(finding, files))
    const first = shown[0]
    if (first === undefined || group.length <= maxPerRule) return shown
    const rest = `${first.message} The same is found ${group.length - maxPerRule} more times in this file.`
    return [...shown, { ...first, line: null, snippet: null, message: rest }]
  })
}

function complete(finding: RuleFinding, files: ReadonlyMap<string, TextFile>): Finding {
  const { rule, severity, file, line, message } = finding
  const text = finding.evidence ?? (line === null ? undefined : files.get(file)?.lines[line - 1])
  const snippet = text === undefined ? null : toSnippet(text)
  return { rule, severity, file, line, snippet, message, ...explain(finding) }
}

/** A rule that nobody described still reports: losing the finding, or the whole review, would be worse. */
function explain({ rule, message, why, fix }: RuleFinding): Pick<Finding, 'why' | 'fix'> {
  const description = ruleDescriptions[rule]
  return {
    why: why ?? description?.why ?? message,
    fix: fix ?? description?.fix ?? 'Change what was found here.',
  }
}

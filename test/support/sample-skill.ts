import type { LintReport } from '../../src/shared/finding.ts'
import type { SourceFile } from '../../src/review/source-file.ts'

/** A small skill that the linter has nothing to say about. */
export const goodSkill = {
  'skill.toml': `schema = 1
slug = "sample-skill"
version = "1.0.0"
title = "Sample"
summary = "Counts the words of a text file."
publisher = "skillet-labs"
license = "Apache-2.0"
category = "data"

[capabilities]
"fs:read" = "Reads the file that you choose."

[run]
command = ["python3", "scripts/run.py"]

[run.inputs.file]
type = "file"
title = "Text file"
required = true
`,
  'SKILL.md': `---
name: sample-skill
description: Counts the words of a text file.
license: Apache-2.0
---

# Sample

Give it a file.
`,
  'scripts/run.py': `import sys

print(len(open(sys.argv[1]).read().split()))
`,
}

export function toFiles(files: Record<string, string>): SourceFile[] {
  return Object.entries(files).map(([path, text]) => ({
    path,
    content: new TextEncoder().encode(text),
    executable: path.endsWith('.py'),
  }))
}

export function rulesOf(report: LintReport): string[] {
  return [...new Set(report.findings.map((finding) => finding.rule))]
}

export function severityOf(report: LintReport, rule: string): string | undefined {
  return report.findings.find((finding) => finding.rule === rule)?.severity
}

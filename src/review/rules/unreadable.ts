import type { TextFile } from '../source-file.ts'
import { ruleName, type RuleFinding } from './rule.ts'

/** Characters of one line, of one file, and of all prose and code together. */
const limits = { line: 4000, file: 512 * 1024, total: 2 * 1024 * 1024 } as const

/** Prose or code too long for a reviewer: minified, generated, or made to hide something. `before`: characters so far. */
export function findUnreadable(file: TextFile, before: number): RuleFinding | null {
  if (file.language === 'other') return null
  const line = file.lines.findIndex((text) => text.length > limits.line)
  const message =
    line >= 0
      ? 'This line is longer than 4,000 characters, so nobody can review it.'
      : file.text.length > limits.file
        ? 'This file holds more than 512 KB of text, so nobody can review it.'
        : before + file.text.length > limits.total
          ? 'The skill holds more than 2 MB of prose and code, so nobody can review it.'
          : null
  if (message === null) return null
  return {
    rule: ruleName(file, 'unreadable'),
    severity: 'high',
    file: file.path,
    line: line >= 0 ? line + 1 : null,
    message,
  }
}

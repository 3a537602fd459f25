import type { z } from 'zod'

/** What is wrong, for a person, without naming the key. */
export function wordsOf(issue: z.core.$ZodIssue): string {
  if (isMissing(issue)) return 'this key is missing'
  if (issue.code === 'invalid_value') return `must be ${issue.values.map(String).join(' or ')}`
  if (issue.code === 'invalid_key') return issue.issues[0]?.message ?? 'this name is not allowed'
  return issue.message.replace(/^Invalid (input|string): /, '').replace(/\.$/, '')
}

export function isMissing(issue: z.core.$ZodIssue): boolean {
  return issue.code === 'invalid_type' && issue.message.endsWith('received undefined')
}

/** `steps[2].inputs.text`: places in a list count from 1. */
export function keyName(path: readonly PropertyKey[]): string {
  return path
    .map((part, index) =>
      typeof part === 'number'
        ? `[${part + 1}]`
        : (index === 0 ? '' : '.') +
          (/^[A-Za-z0-9_-]+$/.test(String(part)) ? String(part) : `"${String(part)}"`),
    )
    .join('')
}

import { createHash } from 'node:crypto'
import type { Finding } from '../shared/finding.ts'

/**
 * What stays the same of a finding while lines move: its rule, its file and what was found there, spacing aside.
 * 64 lower-case hexadecimal characters. Two findings of one rule in the same words in the same file share it.
 */
export function fingerprint(finding: Pick<Finding, 'rule' | 'file' | 'snippet'>): string {
  const snippet = (finding.snippet ?? '').replace(/\s+/g, ' ').trim()
  return createHash('sha256')
    .update(JSON.stringify([finding.rule, finding.file, snippet]))
    .digest('hex')
}

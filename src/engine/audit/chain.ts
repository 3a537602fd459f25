import { createHash } from 'node:crypto'
import { z } from 'zod'
import { auditEntrySchema, type AuditEntry } from '../../shared/audit-entry.ts'
import { sha256Schema } from '../../shared/identifiers.ts'

/** `prev` of the very first line. */
export const genesis = '0'.repeat(64)

/** One line of the journal: an entry, and the SHA-256 of the line before it, without its line break. */
const lineSchema = auditEntrySchema.strict().extend({ seq: z.number().int().positive(), prev: sha256Schema })
export type JournalLine = z.infer<typeof lineSchema>

/** Where a chain stands: its last line's number and digest. */
export interface ChainHead {
  seq: number
  sha256: string
}
export const chainHeadSchema = z.strictObject({ seq: z.number().int().nonnegative(), sha256: sha256Schema })
export const emptyHead: ChainHead = { seq: 0, sha256: genesis }

export function toLine(entry: AuditEntry, prev: string): string {
  const { seq, at, event, slug, text, detail } = entry
  return JSON.stringify({ seq, at, event, slug, text, detail, prev })
}

/** Null for anything that isn't a whole, well-formed line. */
export function parseLine(line: string): JournalLine | null {
  try {
    return lineSchema.parse(JSON.parse(line))
  } catch {
    return null
  }
}

export function digestOf(line: string): string {
  return createHash('sha256').update(line, 'utf8').digest('hex')
}

export type ChainCheck = { ok: true; head: ChainHead } | { ok: false; problem: string; head: ChainHead }

/** Follows the chain through whole lines of a file, the first of which is number `first`, from where it stood before them. */
export function followChain(
  file: string,
  lines: readonly string[],
  from: ChainHead,
  first: number,
): ChainCheck {
  let head = from
  for (const [index, line] of lines.entries()) {
    const parsed = parseLine(line)
    const where = `${file}, line ${first + index}`
    if (parsed === null) return { ok: false, problem: `${where}: the line was damaged.`, head }
    if (parsed.seq !== head.seq + 1)
      return {
        ok: false,
        problem: `${where}: entry ${head.seq + 1} should be here, not ${parsed.seq}.`,
        head,
      }
    if (parsed.prev !== head.sha256)
      return { ok: false, problem: `${where}: the entry before it was changed.`, head }
    head = { seq: parsed.seq, sha256: digestOf(line) }
  }
  return { ok: true, head }
}

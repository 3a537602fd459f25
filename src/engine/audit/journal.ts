import { join } from 'node:path'
import type { AuditEntry } from '../../shared/contract/overview.ts'
import { SkilletError } from '../../shared/errors.ts'
import { readJson, writeFileAtomic } from '../disk.ts'
import { redactDeep, redactSecrets } from '../secrets/redact.ts'
import {
  chainHeadSchema,
  digestOf,
  emptyHead,
  followChain,
  parseLine,
  toLine,
  type ChainHead,
} from './chain.ts'
import { withFileLock } from './file-lock.ts'
import { appendLine, journalFiles, readLastLine, readLines, setTornAside } from './journal-files.ts'

export interface Journal {
  /**
   * Adds an entry and returns once it is on disk. `text` is one plain sentence; secrets are redacted from it and from
   * `detail`. `event` is a short stable name such as `install` or `run.finished`.
   *
   * @throws SkilletError AUDIT_BROKEN when the journal's end was tampered with; BUSY, NO_SPACE, NOT_WRITABLE
   */
  append(
    event: string,
    slug: string | null,
    text: string,
    detail?: Record<string, unknown>,
  ): Promise<AuditEntry>
  /** Newest first; `before`: only entries with a lower number. Damaged lines are left out, `verify` reports them. */
  list(query: { limit: number; before: number | null }): Promise<AuditEntry[]>
  /** Follows the whole chain. `problem` says where it breaks first. */
  verify(): Promise<{ ok: boolean; problem: string | null; entries: number }>
}

export interface JournalPorts {
  /** The folder of `YYYY-MM.jsonl`, created when first needed. */
  dir: string
  now?: () => Date
  /** Values to redact beyond what has the shape of a key. */
  secrets?: () => Readonly<Record<string, string>>
}

/**
 * The append-only journal: one file a month, each line bound to the line before it by SHA-256, across months. `head.json`
 * remembers the last line, so that a journal cut at its end is noticed too. Somebody who can rewrite every file can
 * rewrite the chain as well: it makes tampering evident to whoever kept an earlier digest, it does not prevent it.
 */
export function createJournal({ dir, now = () => new Date(), secrets = () => ({}) }: JournalPorts): Journal {
  const lock = join(dir, 'journal.lock')
  const headFile = join(dir, 'head.json')
  let queue: Promise<unknown> = Promise.resolve()

  /** One at a time here, and one process at a time. */
  const alone = <T>(work: () => Promise<T>): Promise<T> => {
    const next = queue.then(() => withFileLock(lock, work))
    queue = next.catch(() => undefined)
    return next
  }

  /** The last line that is whole. What a crash cut short is set aside first, and said in the journal itself. */
  const end = async (): Promise<{ head: ChainHead; file: string | null }> => {
    const files = await journalFiles(dir)
    let torn: { file: string; bytes: number; aside: string } | null = null
    for (const file of [...files].reverse()) {
      const last = await readLastLine(join(dir, file))
      if (last.torn.length > 0) {
        const aside = await setTornAside(dir, file, last.torn, last.wholeBytes)
        torn = { file, bytes: last.torn.length, aside }
      }
      if (last.line === null) continue
      const parsed = parseLine(last.line)
      if (parsed === null) throw broken(`The last line of ${file} was damaged.`)
      const head = { seq: parsed.seq, sha256: digestOf(last.line) }
      await assertNotCut(head)
      return { head: torn ? await reportTorn(head, file, torn) : head, file }
    }
    await assertNotCut(emptyHead)
    const file = files.at(-1) ?? null
    if (torn === null) return { head: emptyHead, file }
    return { head: await reportTorn(emptyHead, torn.file, torn), file: torn.file }
  }

  const assertNotCut = async (head: ChainHead): Promise<void> => {
    const problem = await cutProblem(headFile, head)
    if (problem !== null) throw broken(problem)
  }

  const write = async (head: ChainHead, file: string, entry: Omit<AuditEntry, 'seq'>) => {
    const whole = { seq: head.seq + 1, ...entry }
    const line = toLine(whole, head.sha256)
    await appendLine(dir, file, line, !(await journalFiles(dir)).includes(file))
    const next = { seq: whole.seq, sha256: digestOf(line) }
    await writeFileAtomic(headFile, JSON.stringify(next))
    return { entry: whole, head: next }
  }

  const reportTorn = async (
    head: ChainHead,
    file: string,
    torn: { bytes: number; aside: string },
  ): Promise<ChainHead> => {
    const text = 'An entry was cut short, most likely by a crash. What was left of it was set aside.'
    const detail = { file: torn.aside, bytes: torn.bytes }
    const written = await write(head, file, {
      at: now().toISOString(),
      event: 'audit.repaired',
      slug: null,
      text,
      detail,
    })
    return written.head
  }

  return {
    append: (event, slug, text, detail = {}) =>
      alone(async () => {
        const at = now().toISOString()
        const { head, file: latest } = await end()
        const ofMonth = `${at.slice(0, 7)}.jsonl`
        // A clock that was set back must not put a later entry into an earlier file.
        const file = latest !== null && latest > ofMonth ? latest : ofMonth
        const known = secrets()
        const { entry } = await write(head, file, {
          at,
          event,
          slug,
          text: redactSecrets(text, known),
          detail: redactDeep(detail, known) as Record<string, unknown>,
        })
        return entry
      }),

    async list({ limit, before }) {
      const entries: AuditEntry[] = []
      for (const file of (await journalFiles(dir)).reverse()) {
        const { lines } = await readLines(join(dir, file))
        for (const line of lines.reverse()) {
          if (entries.length >= limit) return entries
          const parsed = parseLine(line)
          if (parsed === null || (before !== null && parsed.seq >= before)) continue
          const { prev: _, ...entry } = parsed
          entries.push(entry)
        }
      }
      return entries
    },

    verify: () =>
      alone(async () => {
        let head = emptyHead
        const files = await journalFiles(dir)
        for (const [index, file] of files.entries()) {
          const { lines, torn } = await readLines(join(dir, file))
          const checked = followChain(file, lines, head)
          head = checked.head
          if (!checked.ok) return { ok: false, problem: checked.problem, entries: head.seq }
          // At the very end a crash leaves such a line, and the next entry sets it aside; elsewhere nothing does.
          if (torn !== '' && index < files.length - 1)
            return { ok: false, problem: `${file}: its last line was cut.`, entries: head.seq }
        }
        const problem = await cutProblem(headFile, head)
        return { ok: problem === null, problem, entries: head.seq }
      }),
  }
}

/** Compares the journal's end with what was remembered. A crash between the two leaves the journal one line ahead. */
async function cutProblem(headFile: string, head: ChainHead): Promise<string | null> {
  const remembered = await readJson(headFile, chainHeadSchema)
  if (remembered === null)
    return head.seq <= 1 ? null : 'head.json, which remembers the last entry, is missing.'
  if (remembered.seq > head.seq)
    return `The last ${remembered.seq - head.seq} of ${remembered.seq} entries are missing.`
  if (remembered.seq === head.seq && remembered.sha256 !== head.sha256) return 'The last entry was changed.'
  return null
}

function broken(problem: string): SkilletError {
  return new SkilletError('AUDIT_BROKEN', `The journal was changed from outside. ${problem}`)
}

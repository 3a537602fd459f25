import { rename } from 'node:fs/promises'
import { join } from 'node:path'
import type { AuditEntry } from '../../shared/audit-entry.ts'
import { SkilletError } from '../../shared/errors.ts'
import { readJson } from '../disk.ts'
import { redactDeep, redactSecrets } from '../secrets/redact.ts'
import { chainHeadSchema, digestOf, emptyHead, parseLine, toLine, type ChainHead } from './chain.ts'
import { checkJournal, cutProblem, sealedEvent, type SealedBreak } from './check.ts'
import { withFileLock } from './file-lock.ts'
import {
  appendLine,
  headName,
  identityOf,
  journalFiles,
  readLastLine,
  sealedFolder,
  setTornAside,
  writeLine,
} from './journal-files.ts'
import { readLinesFromEnd } from './journal-lines.ts'
import { createPending } from './pending.ts'
import { sealedText, setBrokenAside } from './seal.ts'

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
  /**
   * Adds an entry and returns once it is in the file: it outlives this process from then on, and a power cut once
   * `durable` has resolved. For what must not wait for the disk.
   *
   * @throws SkilletError as `append`; `durable` rejects where the disk refuses
   */
  note(event: string, slug: string | null, text: string, detail?: Record<string, unknown>): Promise<Noted>
  /** Once nothing that was noted is on its way to the disk any more. */
  settled(): Promise<void>
  /** Newest first; `before`: only entries with a lower number. Damaged lines are left out, `verify` reports them. */
  list(query: { limit: number; before: number | null }): Promise<AuditEntry[]>
  /** Follows the whole chain. `problem` says where it breaks first; `sealed` what was broken before and set aside. */
  verify(): Promise<JournalVerdict>
  /**
   * Sets the damaged part of a journal aside as evidence and goes on behind the last entry that holds, with an entry
   * that says so. Nothing where the journal is whole: `problem` is null then.
   */
  seal(): Promise<{ problem: string | null; files: string[] }>
}

export interface Noted {
  /** The entry's number and the SHA-256 of its line, lower-case hex, which the next line repeats. */
  readonly link: { readonly seq: number; readonly hash: string }
  readonly durable: Promise<void>
}

export interface JournalVerdict {
  ok: boolean
  problem: string | null
  entries: number
  sealed: SealedBreak[]
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
  const headFile = join(dir, headName)
  let queue: Promise<unknown> = Promise.resolve()

  /** Where this process left the journal, while nobody has touched its last file or `head.json` since. */
  let known: { file: string; identity: string; headIdentity: string; head: ChainHead } | null = null

  /** One at a time here, and one process at a time. */
  const alone = <T>(work: () => Promise<T>): Promise<T> => {
    const next = queue.then(() => withFileLock(lock, work))
    queue = next.catch(() => undefined)
    return next
  }

  /** The last line that is whole. What a crash cut short is set aside first, and said in the journal itself. */
  const end = async (files: readonly string[]): Promise<{ head: ChainHead; file: string | null }> => {
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

  const write = async (
    head: ChainHead,
    file: string,
    entry: Omit<AuditEntry, 'seq'>,
    files: readonly string[],
  ) => {
    const whole = { seq: head.seq + 1, ...entry }
    const text = toLine(whole, head.sha256)
    const next = { seq: whole.seq, sha256: digestOf(text) }
    await appendLine(
      dir,
      { file, text, isNew: !files.includes(file) },
      { path: headFile, text: JSON.stringify(next) },
    )
    return { entry: whole, head: next }
  }

  /** A clock that was set back must not put a later entry into an earlier file. */
  const fileFor = (at: string, latest: string | null): string => {
    const ofMonth = `${at.slice(0, 7)}.jsonl`
    return latest !== null && latest > ofMonth ? latest : ofMonth
  }

  /** The end, read again only where somebody else may have written. */
  const look = async () => {
    const before = known
    const files = await journalFiles(dir)
    const headIdentity = identityOf(headFile)
    const isKnown =
      before !== null &&
      files.at(-1) === before.file &&
      identityOf(join(dir, before.file)) === before.identity &&
      headIdentity === before.headIdentity
    const { head, file } = isKnown ? before : await end(files)
    return { head, file, files, headIdentity }
  }

  const remember = (head: ChainHead, newFile: string) =>
    alone(async () => {
      const { head: last } = await look()
      const goesThrough = last.seq > head.seq || (last.seq === head.seq && last.sha256 === head.sha256)
      const remembered = await readJson(headFile, () => chainHeadSchema)
      if (!goesThrough || remembered === null || remembered.seq >= head.seq) return
      await rename(newFile, headFile)
      const headIdentity = identityOf(headFile)
      if (known !== null && headIdentity !== null) known = { ...known, headIdentity }
    })
  const pending = createPending({ dir, headFile, remember })

  const entryOf = (event: string, slug: string | null, text: string, detail: Record<string, unknown>) => {
    const values = secrets()
    return {
      at: now().toISOString(),
      event,
      slug,
      text: redactSecrets(text, values),
      detail: redactDeep(detail, values) as Record<string, unknown>,
    }
  }

  const reportTorn = async (
    head: ChainHead,
    file: string,
    torn: { bytes: number; aside: string },
  ): Promise<ChainHead> => {
    const text = 'An entry was cut short, most likely by a crash. What was left of it was set aside.'
    const detail = { file: torn.aside, bytes: torn.bytes }
    const at = now().toISOString()
    const entry = { at, event: 'audit.repaired', slug: null, text, detail }
    return (await write(head, file, entry, [file])).head
  }

  return {
    append: (event, slug, text, detail = {}) =>
      alone(async () => {
        const entry = entryOf(event, slug, text, detail)
        const files = await journalFiles(dir)
        const { head, file: latest } = await end(files)
        return (await write(head, fileFor(entry.at, latest), entry, files)).entry
      }),

    note: (event, slug, text, detail = {}) =>
      alone(async () => {
        const entry = entryOf(event, slug, text, detail)
        const { head, file: latest, files, headIdentity } = await look()
        const file = fileFor(entry.at, latest)
        // Until something is remembered, nobody could tell a cut journal from a short one.
        if (headIdentity === null) {
          const { head: next } = await write(head, file, entry, files)
          return { link: { seq: next.seq, hash: next.sha256 }, durable: Promise.resolve() }
        }
        const line = toLine({ seq: head.seq + 1, ...entry }, head.sha256)
        const next = { seq: head.seq + 1, sha256: digestOf(line) }
        const written = await writeLine(join(dir, file), line)
        known = { file, identity: written.identity, headIdentity, head: next }
        const durable = pending.add({ file: written.file, head: next, isNew: !files.includes(file) })
        return { link: { seq: next.seq, hash: next.sha256 }, durable }
      }),

    settled: () => pending.settled(),

    async list({ limit, before }) {
      const entries: AuditEntry[] = []
      for (const file of (await journalFiles(dir)).reverse()) {
        for await (const lines of readLinesFromEnd(join(dir, file)))
          for (const line of lines) {
            if (entries.length >= limit) return entries
            // Not worth understanding: by far the most, for whoever looks far back.
            if (before !== null && Number(/^\{"seq":(\d+)/.exec(line)?.[1]) >= before) continue
            const parsed = parseLine(line)
            if (parsed === null || (before !== null && parsed.seq >= before)) continue
            const { prev: _, ...entry } = parsed
            entries.push(entry)
          }
      }
      return entries
    },

    async verify() {
      await queue
      // A long journal takes its time, and no run should wait for that. What is wrong may be an entry that came meanwhile.
      const seen = await checkJournal(dir).catch(() => null)
      const sure = seen?.problem === null ? seen : await alone(() => checkJournal(dir))
      const { problem, entries, sealed } = sure
      return { ok: problem === null, problem, entries, sealed }
    },

    seal: () =>
      alone(async () => {
        const check = await checkJournal(dir)
        if (check.problem === null) return { problem: null, files: [] }
        const at = now().toISOString()
        const files = await setBrokenAside(dir, check, at)
        const left = await journalFiles(dir)
        const entry = {
          at,
          event: sealedEvent,
          slug: null,
          text: sealedText,
          detail: { problem: check.problem, files },
        }
        await write(check.head, fileFor(at, left.at(-1) ?? null), entry, left)
        return { problem: check.problem, files: files.map(({ name }) => join(dir, sealedFolder, name)) }
      }),
  }
}

function broken(problem: string): SkilletError {
  return new SkilletError('AUDIT_BROKEN', `The journal was changed from outside. ${problem}`, {
    remedy: 'Look into who changed it, then set the damaged part aside: skillet audit --seal',
  })
}

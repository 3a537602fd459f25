import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { SkilletError } from '../../shared/errors.ts'
import { sha256Schema } from '../../shared/identifiers.ts'
import { readJson } from '../disk.ts'
import { chainHeadSchema, emptyHead, followChain, parseLine, type ChainHead } from './chain.ts'
import { headName, journalFiles, sealedFolder } from './journal-files.ts'
import { readLines } from './journal-lines.ts'

/** A break that was found earlier; `files` are names in the folder `sealed`. */
export interface SealedBreak {
  readonly at: string
  readonly problem: string
  readonly files: string[]
}

export interface JournalCheck {
  /** Where the chain breaks first; null when it holds. */
  readonly problem: string | null
  /** Entries up to there. */
  readonly entries: number
  readonly head: ChainHead
  /** The journal's files from the break on; none where only its end is missing. */
  readonly broken: string[]
  readonly sealed: SealedBreak[]
  /** What was set aside so far, by name, with its digest then; null for what was gone by then. */
  readonly evidence: ReadonlyMap<string, string | null>
}

export const sealedEvent = 'audit.sealed'
const sealedDetail = z.object({
  problem: z.string(),
  files: z.array(z.object({ name: z.string().regex(/^[\w.-]+$/), sha256: sha256Schema.nullable() })),
})

/** Follows the whole journal. What was set aside earlier is held against the digest that the journal has of it. */
export async function checkJournal(dir: string): Promise<JournalCheck> {
  let head = emptyHead
  const sealed: SealedBreak[] = []
  const evidence = new Map<string, string | null>()
  const files = await journalFiles(dir)
  for (const [index, file] of files.entries()) {
    const before = head
    const broken = (problem: string, { seq: entries }: ChainHead): JournalCheck => {
      return { problem, entries, head: before, broken: files.slice(index), sealed, evidence }
    }
    let number = 1
    const found: string[] = []
    for await (const { lines, torn } of readLines(join(dir, file))) {
      const checked = followChain(file, lines, head, number)
      head = checked.head
      if (!checked.ok) return broken(checked.problem, head)
      number += lines.length
      found.push(...lines.filter((line) => line.includes(`"${sealedEvent}"`)))
      // At the very end a crash leaves such a line, and the next entry sets it aside; elsewhere nothing does.
      if (torn !== '' && index < files.length - 1) return broken(`${file}: its last line was cut.`, head)
    }
    for (const line of found) collectSealed(line, sealed, evidence)
  }
  const problem = (await cutProblem(join(dir, headName), head)) ?? (await evidenceProblem(dir, evidence))
  return { problem, entries: head.seq, head, broken: [], sealed, evidence }
}

function collectSealed(line: string, sealed: SealedBreak[], evidence: Map<string, string | null>): void {
  const entry = parseLine(line)
  if (entry?.event !== sealedEvent) return
  const { problem, files } = sealedDetail.parse(entry.detail)
  sealed.push({ at: entry.at, problem, files: files.map(({ name }) => name) })
  for (const { name, sha256 } of files) evidence.set(name, sha256)
}

async function evidenceProblem(
  dir: string,
  evidence: ReadonlyMap<string, string | null>,
): Promise<string | null> {
  for (const [name, sha256] of evidence) {
    if (sha256 === null) continue
    const found = await digestOfEvidence(dir, name)
    if (found === null) return `${sealedFolder}/${name}, which was set aside, is missing.`
    if (found !== sha256) return `${sealedFolder}/${name}, which was set aside, was changed.`
  }
  return null
}

/** SHA-256 of a file that was set aside, lower-case hex; null where it is gone. */
export async function digestOfEvidence(dir: string, name: string): Promise<string | null> {
  try {
    return createHash('sha256')
      .update(await readFile(join(dir, sealedFolder, name)))
      .digest('hex')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
}

/** Compares the journal's end with what was remembered. A crash between the two leaves the journal one line ahead. */
export async function cutProblem(headFile: string, head: ChainHead): Promise<string | null> {
  let remembered: ChainHead | null
  try {
    remembered = await readJson(headFile, () => chainHeadSchema)
  } catch (error) {
    if (!(error instanceof SkilletError) || error.code !== 'STORE_DAMAGED') throw error
    return `${headName}, which remembers the last entry, was damaged.`
  }
  if (remembered === null)
    return head.seq <= 1 ? null : `${headName}, which remembers the last entry, is missing.`
  if (remembered.seq > head.seq)
    return `The last ${remembered.seq - head.seq} of ${remembered.seq} entries are missing.`
  if (remembered.seq === head.seq && remembered.sha256 !== head.sha256) return 'The last entry was changed.'
  return null
}

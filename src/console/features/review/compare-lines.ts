import { diffArrays } from 'diff'

export interface Line {
  /** Counts from 1. */
  readonly number: number
  readonly text: string
}

/** A line as it was beside the line as it is; null where one side has none. */
export interface Row {
  readonly same: boolean
  readonly before: Line | null
  readonly now: Line | null
}

/** How many milliseconds are spent on looking for the least difference. */
const patienceMs = 1500

/**
 * Two texts line by line. Where they differ in so much that the least difference would take too long to find,
 * everything that was stands beside everything that is: more to read, never less.
 */
export function compareLines(before: string | null, now: string | null): Row[] {
  const old = linesOf(before)
  const young = linesOf(now)
  const changes = diffArrays(old, young, { timeout: patienceMs }) ?? [
    { value: old, removed: true, added: false },
    { value: young, removed: false, added: true },
  ]
  const rows: Row[] = []
  let beforeNumber = 0
  let nowNumber = 0
  let removed: Line[] = []
  let added: Line[] = []
  const settle = () => {
    for (let index = 0; index < Math.max(removed.length, added.length); index++)
      rows.push({ same: false, before: removed[index] ?? null, now: added[index] ?? null })
    removed = []
    added = []
  }
  for (const change of changes) {
    if (change.removed) for (const text of change.value) removed.push({ number: ++beforeNumber, text })
    else if (change.added) for (const text of change.value) added.push({ number: ++nowNumber, text })
    else {
      settle()
      for (const text of change.value)
        rows.push({
          same: true,
          before: { number: ++beforeNumber, text },
          now: { number: ++nowNumber, text },
        })
    }
  }
  settle()
  return rows
}

function linesOf(text: string | null): string[] {
  if (text === null || text === '') return []
  return text.replace(/\r?\n$/, '').split(/\r?\n/)
}

/** What can be folded away: rows that are the same and far from any that isn't, or that something was found in. */
export interface Fold {
  readonly folded: boolean
  readonly rows: readonly Row[]
}

/** Lines around a change that stay in sight. */
const around = 4

/** `kept`: numbers of lines, as they are, that stay in sight. */
export function foldRows(rows: readonly Row[], kept: ReadonlySet<number>): Fold[] {
  const seen = new Uint8Array(rows.length)
  for (const [index, row] of rows.entries())
    if (!row.same || (row.now !== null && kept.has(row.now.number)))
      seen.fill(1, Math.max(0, index - around), Math.min(rows.length, index + around + 1))
  const folds: { folded: boolean; rows: Row[] }[] = []
  for (const [index, row] of rows.entries()) {
    const folded = seen[index] === 0
    const last = folds.at(-1)
    if (last?.folded === folded) last.rows.push(row)
    else folds.push({ folded, rows: [row] })
  }
  return folds
}

import type { CallOutput } from '../../bridge.ts'
import { formatDay } from '../../ui/format.ts'

export type Entry = CallOutput<'audit.list'>['entries'][number]

export interface Day {
  title: string
  entries: Entry[]
}

/** Journal entries by day, newest first, each entry once. */
export function groupDays(entries: readonly Entry[], now: Date = new Date()): Day[] {
  const sorted = [...new Map(entries.map((entry) => [entry.seq, entry])).values()].sort(
    (a, b) => b.seq - a.seq,
  )
  const days: Day[] = []
  for (const entry of sorted) {
    const title = formatDay(entry.at, now)
    const last = days.at(-1)
    if (last?.title === title) last.entries.push(entry)
    else days.push({ title, entries: [entry] })
  }
  return days
}

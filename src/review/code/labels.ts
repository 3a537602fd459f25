import { isArgumentAfter, isQuotedAfter } from './arguments.ts'

/** What data is and where it came from: `keys`, `network`, `decoded`, `token:NAME`… */
export type Labels = ReadonlyMap<string, { readonly file: string; readonly line: number }>

export const none: Labels = new Map()

/** All of several. */
export function union(labels: readonly Labels[]): Labels {
  const filled = labels.filter((one) => one.size > 0)
  if (filled.length === 0) return none
  return filled.length === 1 ? filled[0]! : new Map(filled.flatMap((one) => [...one]))
}

/** A value from a server within a text of the skill's own is not yet the server's program. */
export function inPart(labels: Labels): Labels {
  return renamed(labels, 'network-part')
}

/** By what stands before a value: `network-argument`: only an argument, where this is a command. `network-quoted`: only a text, where it is a program. */
export function placedAfter(before: string, labels: Labels): Labels {
  const argument = isArgumentAfter(before)
  const quoted = isQuotedAfter(before)
  if (!argument && !quoted) return labels
  return renamed(
    labels,
    argument && quoted ? 'network-part' : argument ? 'network-argument' : 'network-quoted',
  )
}

/** The same labels, but what came from a server is called otherwise. */
export function renamed(labels: Labels, name: string): Labels {
  return new Map(
    [...labels].map(([label, from]) => [/^network(?:-argument|-quoted)?$/.test(label) ? name : label, from]),
  )
}

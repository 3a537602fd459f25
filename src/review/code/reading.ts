import type { SgNode } from '@ast-grep/napi'
import type { Budget } from './budget.ts'
import { readPlain } from './plain.ts'
import type { Call, CodeLanguage, Expr, Unit } from './program.ts'

/** What a reader of one language does with a node of that kind. */
export type ReadKind = (node: SgNode, kind: string, unit: Unit) => Expr

export interface Reading {
  /** The line of what is being read. */
  line(): number
  /** An expression from its text, null where only the tree tells. */
  plain(text: string, unit: Unit): Expr | null
  /** `kind`: the node's, where it is known. */
  read(node: SgNode, unit: Unit, kind?: string): Expr
  /** Without comments. */
  readAll(nodes: readonly SgNode[], unit: Unit): Expr[]
  /** All that a node holds, whatever it is. */
  other(node: SgNode, unit: Unit): Expr
  /** The operands of `a + b + c`, which is a tree as deep as it is long, as one row. */
  operands(node: SgNode, operator: string, unit: Unit): Expr[]
  /** Reads a node from its first line on; within one that stands on a single line nobody has to ask for others. */
  placed<T>(node: SgNode, work: () => T): T
}

/** Texts of these kinds are tried as plain expressions first. */
const maybePlain = new Set([
  'call',
  'call_expression',
  'binary_operator',
  'binary_expression',
  'list',
  'array',
])

/**
 * Walks a syntax tree and asks the parser no more than it must: a question costs as much as reading a hundred
 * characters. `called` hears of each call that is read from its text.
 */
export function createReading(
  language: Exclude<CodeLanguage, 'shell'>,
  budget: Budget,
  readKind: ReadKind,
  called: (call: Call, unit: Unit) => void,
): Reading {
  let line = 1
  let single = false

  function read(node: SgNode, unit: Unit, kind = String(node.kind())): Expr {
    return budget.within(() => readAs(node, kind, unit))
  }

  function readAs(node: SgNode, kind: string, unit: Unit): Expr {
    if (!maybePlain.has(kind)) return readKind(node, kind, unit)
    return placed(node, () => plain(node.text(), unit) ?? readKind(node, kind, unit))
  }

  function plain(text: string, unit: Unit): Expr | null {
    const expr = readPlain(text, language, line, (call) => called(call, unit))
    if (expr !== null) budget.spend(text.length >> 3)
    return expr
  }

  function readAll(nodes: readonly SgNode[], unit: Unit): Expr[] {
    const exprs: Expr[] = []
    for (const node of nodes) {
      const kind = String(node.kind())
      if (kind !== 'comment') exprs.push(budget.within(() => readAs(node, kind, unit)))
    }
    return exprs
  }

  function placed<T>(node: SgNode, work: () => T): T {
    if (single) return work()
    const before = line
    const { start, end } = node.range()
    line = start.line + 1
    single = start.line === end.line
    try {
      return work()
    } finally {
      single = false
      line = before
    }
  }

  return {
    line: () => line,
    plain,
    read,
    readAll,
    placed,
    other: (node, unit) => ({ kind: 'other', parts: readAll(node.namedChildren(), unit), line }),
    operands(node, operator, unit) {
      const parts: Expr[] = []
      let left: SgNode | null = node
      while (left !== null && joins.has(String(left.kind())) && left.field('operator')?.text() === operator) {
        const right = left.field('right')
        if (right !== null) parts.push(read(right, unit))
        // Stands between the segments of a path.
        if (operator === '/') parts.push({ kind: 'text', value: '/', line })
        left = left.field('left')
      }
      if (left !== null) parts.push(read(left, unit))
      return parts.reverse()
    },
  }
}

const joins = new Set(['binary_operator', 'binary_expression'])

import { callOf } from './expressions.ts'
import type { Call, CodeLanguage, Expr } from './program.ts'

/** Characters of an expression that is read from its text; longer ones are taken apart first. */
const maxLength = 400

const space = /\s*/y
const name = /[A-Za-z_$][\w$]*/y
const number = /\d+(?:\.\d+)?(?![\w.])/y
const text = /"([^"\\\n]*)"|'([^'\\\n]*)'/y

interface Grammar {
  /** Words that make another expression of what follows them. */
  readonly words: ReadonlySet<string>
  readonly values: ReadonlySet<string>
  /** Operators between two operands, those that bind weakest first. */
  readonly operators: readonly RegExp[]
  /** Operators whose result is neither text nor data of their operands. */
  readonly compares: RegExp
  readonly joins: RegExp
  readonly prefix: RegExp
}

const grammars: Readonly<Record<Exclude<CodeLanguage, 'shell'>, Grammar>> = {
  python: {
    words: new Set('await not lambda yield in is and or if else for async'.split(' ')),
    values: new Set(['True', 'False', 'None']),
    operators: [
      /(?:or|and)\b/y,
      /(?:not\s+in|in|is\s+not|is)\b|[=!]=|[<>]=?(?![<>=])/y,
      /<<|>>|[|^&]/y,
      /[+-]/y,
      /\*(?!\*)|\/\/?|[%@]/y,
    ],
    compares: /^(?:not\s+in|in|is|is\s+not|[=!<>]=?)$/,
    joins: /^[+%/]$/,
    prefix: /(?:not\b|[-+~])/y,
  },
  javascript: {
    words: new Set(
      'await new typeof void delete yield in instanceof if else for return async super function class'.split(
        ' ',
      ),
    ),
    values: new Set(['true', 'false', 'null', 'undefined']),
    operators: [
      /\|\||&&|\?\?/y,
      /[=!]==?|[<>]=?(?![<>=])|(?:in|instanceof)\b/y,
      /[+-](?![+-])/y,
      /\*(?!\*)|%|\/(?![/*])/y,
    ],
    compares: /^(?:[=!<>]=*|in|instanceof|[-*%/])$/,
    joins: /^\+$/,
    prefix: /!(?!=)/y,
  },
}

class NotPlain extends Error {}
const notPlain = new NotPlain()

/**
 * An expression from its text, where it is of what people mostly write: names, members, items, numbers, texts without
 * escapes, lists, calls and operators. Null for anything else, which the syntax tree tells: what takes fifty questions
 * there is read here in one go. The text must be that of one expression, as the parser found it.
 */
export function readPlain(
  source: string,
  language: Exclude<CodeLanguage, 'shell'>,
  firstLine: number,
  called: (call: Call) => void,
): Expr | null {
  if (source.length > maxLength) return null
  const { words, values, operators, compares, joins, prefix } = grammars[language]
  let at = 0
  let line = firstLine
  const calls: Call[] = []
  try {
    const expr = whole()
    if (at < source.length) return null
    calls.forEach(called)
    return expr
  } catch (error) {
    if (error === notPlain) return null
    throw error
  }

  function take(token: RegExp): RegExpExecArray | null {
    token.lastIndex = at
    const match = token.exec(source)
    if (match === null) return null
    at += match[0].length
    return match
  }

  function skip(): void {
    const gap = take(space)?.[0] ?? ''
    if (gap.includes('\n')) line += gap.split('\n').length - 1
  }

  function next(mark: string): boolean {
    if (source[at] !== mark) return false
    at++
    skip()
    return true
  }

  function whole(): Expr {
    const start = line
    const value = between(0)
    if (language === 'javascript') return value
    const [before, lineBefore] = [at, line]
    if (take(name)?.[0] !== 'if') {
      at = before
      line = lineBefore
      return value
    }
    skip()
    const condition = between(0)
    if (take(name)?.[0] !== 'else') throw notPlain
    skip()
    return { kind: 'other', parts: [value, condition, whole()], line: start }
  }

  function between(level: number): Expr {
    const operator = operators[level]
    if (operator === undefined) return prefixed()
    const start = line
    let left = between(level + 1)
    let row: { sign: string; parts: Expr[] } | null = null
    for (;;) {
      const sign = take(operator)?.[0]
      if (sign === undefined) return left
      skip()
      const right = between(level + 1)
      if (joins.test(sign)) {
        const parts: Expr[] = row?.sign === sign ? row.parts : [left]
        // Stands between the segments of a path.
        if (sign === '/') parts.push({ kind: 'text', value: '/', line })
        parts.push(right)
        row = { sign, parts }
        left = { kind: 'join', parts, line: start }
      } else {
        row = null
        left = compares.test(sign)
          ? callOf('compare', [left, right], start)
          : { kind: 'other', parts: [left, right], line: start }
      }
    }
  }

  function prefixed(): Expr {
    const start = line
    if (take(prefix) === null) return primary()
    skip()
    const inner = prefixed()
    return language === 'python'
      ? callOf('compare', [inner], start)
      : { kind: 'other', parts: [inner], line: start }
  }

  function primary(): Expr {
    const start = line
    let expr = atom()
    for (;;) {
      if (next('.')) {
        const member = take(name)
        if (member === null) throw notPlain
        skip()
        expr = { kind: 'member', of: expr, name: member[0], line: start }
      } else if (next('(')) {
        const args: Expr[] = []
        const named = new Map<string, Expr>()
        row(')', () => argument(args, named))
        const call: Call = { kind: 'call', of: expr, args, named, line: start }
        calls.push(call)
        expr = call
      } else if (next('[')) {
        const by = whole()
        if (!next(']')) throw notPlain
        expr = { kind: 'item', of: expr, by: [by], line: start }
      } else return expr
    }
  }

  function argument(args: Expr[], named: Map<string, Expr>): void {
    const [before, lineBefore] = [at, line]
    const key = language === 'python' ? take(name)?.[0] : undefined
    if (key !== undefined) {
      skip()
      if (source[at] === '=' && source[at + 1] !== '=' && next('=')) {
        named.set(key, whole())
        return
      }
      at = before
      line = lineBefore
    }
    args.push(whole())
  }

  /** Things with commas between them, until `end`. */
  function row(end: string, one: () => void): boolean {
    let commas = false
    while (!next(end)) {
      one()
      if (next(',')) commas = true
      else if (source[at] !== end) throw notPlain
    }
    return commas
  }

  function atom(): Expr {
    const start = line
    const parts: Expr[] = []
    if (next('[')) {
      row(']', () => parts.push(whole()))
      return { kind: 'list', parts, line: start }
    }
    if (next('(')) {
      const tuple = row(')', () => parts.push(whole()))
      const [only] = parts
      if (only !== undefined && parts.length === 1 && !tuple) return only
      if (language === 'javascript') throw notPlain
      return { kind: 'list', parts, line: start }
    }
    const quoted = take(text)
    if (quoted !== null) {
      afterText()
      return { kind: 'text', value: quoted[1] ?? quoted[2] ?? '', line: start }
    }
    const digits = take(number)
    if (digits !== null) {
      skip()
      return { kind: 'text', value: digits[0], line: start }
    }
    const word = take(name)?.[0]
    if (word === undefined || words.has(word)) throw notPlain
    if (source[at] === '"' || source[at] === "'") {
      if (word !== 'f' || language !== 'python') throw notPlain
      return filled()
    }
    skip()
    return values.has(word)
      ? { kind: 'text', value: word, line: start }
      : { kind: 'name', name: word, line: start }
  }

  /** `f"… {name} …"` */
  function filled(): Expr {
    const content = take(text)
    if (content === null) throw notPlain
    const parts = (content[1] ?? content[2] ?? '').split(/\{([^{}!:]{1,200})\}/).map((piece, index) => {
      if (index % 2 === 0) {
        if (/[{}]/.test(piece)) throw notPlain
        return { kind: 'text', value: piece, line } as const
      }
      const inner = readPlain(piece.trim(), language, line, (call) => calls.push(call))
      if (inner === null) throw notPlain
      return inner
    })
    afterText()
    const filledIn = parts.filter((part) => part.kind !== 'text' || part.value !== '')
    const [only] = filledIn
    if (only === undefined) return { kind: 'text', value: '', line }
    return filledIn.length === 1 && only.kind === 'text' ? only : { kind: 'join', parts: filledIn, line }
  }

  /** Two texts side by side are one in Python, and three quotes begin another kind. */
  function afterText(): void {
    skip()
    if (source[at] === '"' || source[at] === "'") throw notPlain
    const [before, lineBefore] = [at, line]
    const word = take(name)?.[0]
    if (word !== undefined && (source[at] === '"' || source[at] === "'")) throw notPlain
    at = before
    line = lineBefore
  }
}

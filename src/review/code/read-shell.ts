import type { SgNode } from '@ast-grep/napi'
import { TooComplex, type Budget } from './budget.ts'
import { bind, createUnit, type Call, type Expr, type Source, type Unit } from './program.ts'
import { unescapeText } from './unescape.ts'

/** Commands of one pipeline, and redirections of one command. */
const maxLinks = 100
/** What a script or a function is given: its arguments, and what it reads. */
const given = ['$1', '$2', '$3', '$4', '$5', '$6', '$7', '$8', '$9', '$@', '$*', '$<']
/** Commands that carry out the command that follows them. */
const carriers = new Set(
  'sudo env nohup exec command time nice ionice doas setsid builtin timeout xargs stdbuf caffeinate'.split(
    ' ',
  ),
)
/** Kinds of syntax whose line is asked for. */
const statements = new Set([
  'command',
  'pipeline',
  'redirected_statement',
  'variable_assignment',
  'declaration_command',
  'function_definition',
  'for_statement',
])
const plainWords = /^[A-Za-z_./][\w./-]*(?:[ \t]+[\w./:=@%+,~-]+)*$/

/**
 * Reads sh and bash into what the scan reasons about: a command is a call whose callee is a text, `<` in its named
 * arguments is what it reads from (a pipe's left side, a file, a here-document), and `>` is a call with a path and
 * the command whose output goes there. Variables are names with a dollar sign. @throws TooComplex
 */
export function readShell(root: SgNode, source: Source, budget: Budget): Unit {
  const module = createUnit('', source, null)
  module.params.push(...given)
  const opened = new Map<string, Expr>()
  let scope = module
  let line = 1
  let single = false
  readBlock(root, module)
  return module

  /** Asks for a line only where it isn't that of the statement around. */
  function placed<T>(node: SgNode, work: () => T): T {
    if (single) return work()
    const { start, end } = node.range()
    line = start.line + 1
    single = start.line === end.line
    try {
      return work()
    } finally {
      single = false
    }
  }

  /** `local` and `declare` keep a name within the function that they stand in. */
  function readDeclaration(node: SgNode, unit: Unit): Expr {
    const word = node.text().split(/\s/, 1)[0] ?? ''
    const before = scope
    if (/^(?:local|declare|typeset)$/.test(word)) scope = unit
    // `unset` takes the names of variables, not what is in them.
    const args =
      word === 'unset'
        ? node.namedChildren().map((child): Expr => ({ kind: 'text', value: child.text(), line }))
        : readAll(node.namedChildren(), unit)
    scope = before
    return call(word, args, line)
  }

  function readBlock(node: SgNode, unit: Unit): Expr {
    const parts: Expr[] = []
    for (const child of node.namedChildren()) {
      const expr = read(child, unit)
      unit.does.push(expr)
      parts.push(expr)
    }
    return { kind: 'other', parts, line }
  }

  function read(node: SgNode, unit: Unit): Expr {
    const kind = String(node.kind())
    return budget.within(() =>
      statements.has(kind)
        ? placed(node, () => readKind(node, kind, line, unit))
        : readKind(node, kind, line, unit),
    )
  }
  function readAll(nodes: readonly SgNode[], unit: Unit): Expr[] {
    return nodes.map((node) => read(node, unit))
  }
  function other(node: SgNode, unit: Unit): Expr {
    return { kind: 'other', parts: readAll(node.namedChildren(), unit), line }
  }

  function readKind(node: SgNode, kind: string, line: number, unit: Unit): Expr {
    switch (kind) {
      case 'comment':
        return { kind: 'other', parts: [], line }
      case 'command':
        return readCommand(node, line, unit)
      case 'pipeline': {
        // Each part holds all before it.
        if (node.namedChildren().length > maxLinks) throw new TooComplex()
        let source: Expr | null = null
        for (const part of node.namedChildren()) {
          const command = read(part, unit)
          source = source === null ? command : fed(command, source, unit)
        }
        return source ?? other(node, unit)
      }
      case 'redirected_statement': {
        const [body, ...redirects] = node.namedChildren()
        if (redirects.length > maxLinks) throw new TooComplex()
        const start: Expr = body === undefined ? { kind: 'other', parts: [], line } : read(body, unit)
        return redirects.reduce<Expr>((inner, redirect) => redirected(inner, redirect, unit), start)
      }
      case 'variable_assignment': {
        const name = node.field('name')
        const value = node.field('value')
        let read1: Expr = value === null ? { kind: 'text', value: '', line } : read(value, unit)
        // Each piece after what the name had first: all combinations would be too many, and say no more.
        const first =
          name === null
            ? undefined
            : (scope.binds.get(`$${name.text()}`) ?? unit.binds.get(`$${name.text()}`))?.[0]
        if (name !== null && first !== undefined && node.text().startsWith(`${name.text()}+=`))
          read1 = { kind: 'join', parts: [first, ...wordsOf(read1)], line }
        if (name !== null) bind(scope, `$${name.text()}`, read1)
        // An assignment before a command, or a name that matters by itself, such as HISTFILE.
        return call('=', [{ kind: 'text', value: name?.text() ?? '', line }, read1], line)
      }
      case 'declaration_command':
      case 'unset_command':
        return readDeclaration(node, unit)
      case 'function_definition': {
        const inner = createUnit(node.field('name')?.text() ?? '', source, unit)
        inner.params.push(...given)
        const body = node.field('body')
        if (body !== null) inner.returns.push(readBlock(body, inner))
        return { kind: 'other', parts: [], line }
      }
      case 'for_statement': {
        const [name, ...rest] = node.namedChildren()
        const body = node.field('body')
        const values = rest.filter((child) => child.kind() !== 'do_group').map((child) => read(child, unit))
        if (name !== undefined) for (const value of values) bind(module, `$${name.text()}`, value)
        return {
          kind: 'other',
          parts: [call('for', values, line), ...(body === null ? [] : [read(body, unit)])],
          line,
        }
      }
      // What is asked is not put out.
      case 'test_command':
      case 'arithmetic_expansion':
        return call('[[', readAll(node.namedChildren(), unit), line)
      case 'case_statement': {
        const [value, ...items] = node.namedChildren()
        const asked = value === undefined ? [] : [read(value, unit)]
        return { kind: 'other', parts: [call('case', asked, line), ...readAll(items, unit)], line }
      }
      case 'case_item': {
        const value = node.namedChildren().filter((child) => child.kind() !== 'comment')
        // Patterns stand before the commands.
        const first = value.findIndex(isCommand)
        const at = first < 0 ? value.length : first
        return {
          kind: 'other',
          parts: [call('case', readAll(value.slice(0, at), unit), line), ...readAll(value.slice(at), unit)],
          line,
        }
      }
      case 'word':
      case 'number':
      case 'extglob_pattern':
      case 'regex':
        return { kind: 'text', value: node.text().replace(/\\([^])/g, '$1'), line }
      case 'variable_name':
      case 'special_variable_name':
        return { kind: 'name', name: `$${node.text()}`, line }
      case 'raw_string':
        return { kind: 'text', value: node.text().slice(1, -1), line }
      case 'ansi_c_string':
        return { kind: 'text', value: unescapeText(node.text().slice(2, -1)), line }
      case 'string': {
        const parts = node
          .namedChildren()
          .map((child): Expr =>
            child.kind() === 'string_content'
              ? { kind: 'text', value: child.text().replace(/\\([$`"\\])/g, '$1'), line }
              : read(child, unit),
          )
        return joined(parts, line)
      }
      case 'concatenation':
        return joined(readAll(node.namedChildren(), unit), line)
      case 'simple_expansion':
      case 'expansion': {
        const inner = node
          .namedChildren()
          .find((child) => child.kind() === 'variable_name' || child.kind() === 'special_variable_name')
        if (inner === undefined) return other(node, unit)
        const name: Expr = { kind: 'name', name: `$${inner.text()}`, line }
        const rest = node
          .namedChildren()
          .filter((child) => child !== inner && child.kind() !== 'variable_name')
        return rest.length === 0 ? name : { kind: 'other', parts: [name, ...readAll(rest, unit)], line }
      }
      case 'array':
        return { kind: 'list', parts: readAll(node.namedChildren(), unit), line }
      case 'command_substitution':
      case 'process_substitution':
      case 'subshell':
      case 'compound_statement':
      case 'do_group': {
        const parts = readAll(node.namedChildren(), unit)
        const [only] = parts
        return parts.length === 1 && only !== undefined ? only : { kind: 'other', parts, line }
      }
      case 'file_redirect':
        // `$(< FILE)`
        return redirected({ kind: 'other', parts: [], line }, node, unit)
      case 'heredoc_body':
      case 'heredoc_content':
        return { kind: 'text', value: node.text(), line }
      default:
        return other(node, unit)
    }
  }

  function readCommand(node: SgNode, line: number, unit: Unit): Expr {
    const plain = plainCommand(node.text(), line)
    if (plain !== null) return carried(plain, unit)
    let callee: Expr = { kind: 'text', value: '', line }
    const args: Expr[] = []
    const redirects: SgNode[] = []
    for (const child of node.namedChildren()) {
      const kind = String(child.kind())
      if (kind === 'command_name') {
        const inner = child.namedChildren()[0]
        callee = inner === undefined ? callee : read(inner, unit)
      } else if (kind === 'variable_assignment') unit.does.push(read(child, unit))
      else if (kind.endsWith('_redirect')) redirects.push(child)
      else args.push(read(child, unit))
    }
    if (redirects.length > maxLinks) throw new TooComplex()
    const start = carried({ kind: 'call', of: callee, args, named: new Map(), line }, unit)
    return redirects.reduce<Expr>((inner, redirect) => redirected(inner, redirect, unit), start)
  }

  /** `sudo -u x cat FILE` is a command within a command; what is piped into it reaches the inner one. */
  function carried(outer: Call, unit: Unit): Expr {
    if (outer.of.kind !== 'text') return outer
    const name = outer.of.value.split('/').at(-1) ?? ''
    if (name === 'read') for (const arg of outer.args) bindRead(arg, unit)
    if (!carriers.has(name)) return outer
    const at = outer.args.findIndex((arg, index) => !isSetting(arg, outer.args[index - 1], name))
    const of = outer.args[at]
    if (of === undefined) return outer
    unit.does.push(outer)
    const inner = {
      kind: 'call',
      of,
      args: outer.args.slice(at + 1),
      named: new Map(),
      line: outer.line,
    } as const
    return carried(name === 'xargs' ? takesArguments(inner, outer.args.slice(0, at)) : inner, unit)
  }

  function bindRead(arg: Expr, unit: Unit): void {
    if (arg.kind === 'text' && /^[A-Za-z_]\w*$/.test(arg.value))
      bind(scope, `$${arg.value}`, { kind: 'name', name: '$<', line: arg.line })
    else if (arg.kind === 'other') unit.does.push(arg)
  }

  function redirected(command: Expr, redirect: SgNode, unit: Unit): Expr {
    if (!single) line = redirect.range().start.line + 1
    const kind = String(redirect.kind())
    if (kind === 'herestring_redirect')
      return fed(command, joined(readAll(redirect.namedChildren(), unit), line), unit)
    if (kind === 'heredoc_redirect') {
      const body = redirect.namedChildren().find((child) => child.kind() === 'heredoc_body')
      const rest = redirect.namedChildren().filter((child) => !String(child.kind()).startsWith('heredoc'))
      let result = body === undefined ? command : fed(command, readHereDocument(body, unit), unit)
      for (const child of rest) {
        // `cat <<EOF | sh` and `cat <<EOF > file` stand behind the start of the document.
        if (String(child.kind()).endsWith('_redirect')) result = redirected(result, child, unit)
        else if (child.kind() === 'pipeline' || child.kind() === 'command')
          result = fed(read(child, unit), result, unit)
      }
      return result
    }
    const path = redirect
      .namedChildren()
      .filter((child) => child.kind() !== 'file_descriptor' && child.kind() !== 'ERROR')
      .at(-1)
    if (path === undefined) return command
    const place = read(path, unit)
    const [, number = '', operator = ''] = /^(\d*)([^]*)$/.exec(redirect.text()) ?? []
    const copied = place.kind === 'text' && operator.startsWith('>&') ? opened.get(place.value) : undefined
    if (copied !== undefined) return call('>', [copied, command], line)
    if (number !== '') opened.set(number, place)
    if (operator.startsWith('<') && !operator.startsWith('<>'))
      return fed(command, path.kind() === 'process_substitution' ? place : call('<', [place], line), unit)
    if (place.kind === 'text' && (place.value === '/dev/null' || /^\d+$/.test(place.value))) return command
    return call('>', [place, command], line)
  }

  function readHereDocument(body: SgNode, unit: Unit): Expr {
    const parts = body.namedChildren()
    if (parts.length === 0) return { kind: 'text', value: body.text(), line: line }
    // What is filled in keeps its place, the rest is text.
    const text = body.text()
    const start = body.range().start.index
    const pieces: Expr[] = []
    let at = 0
    for (const part of parts) {
      const { start: from, end: to } = part.range()
      if (from.index - start > at)
        pieces.push({ kind: 'text', value: text.slice(at, from.index - start), line: line })
      pieces.push(read(part, unit))
      at = to.index - start
    }
    if (at < text.length) pieces.push({ kind: 'text', value: text.slice(at), line: line })
    return joined(pieces, line)
  }
}

function isCommand(node: SgNode): boolean {
  return !/^(?:word|string|raw_string|number|concatenation|extglob_pattern|simple_expansion|expansion)$/.test(
    String(node.kind()),
  )
}

/** Flags, what belongs to them, and variables that stand before a command. */
function isSetting(arg: Expr, before: Expr | undefined, carrier: string): boolean {
  const start = arg.kind === 'join' ? arg.parts[0] : arg
  const word = start?.kind === 'text' ? start.value : ''
  if (word.startsWith('-') || /^[A-Za-z_]\w*=/.test(word)) return true
  if (/^\d+[smhd]?$/.test(word)) return true
  const flag = before?.kind === 'text' ? before.value : ''
  return /^-(?:u|g|I|n|P|d|L|s|k|a|C|c)$/.test(flag) && !(carrier === 'env' && flag !== '-u')
}

/** What `xargs` reads becomes arguments: in the place of `{}`, or behind all others. It stands under the name `|`. */
function takesArguments(inner: Call, settings: readonly Expr[]): Call {
  const words = settings.map((arg) => textIn(arg) ?? '')
  const at = words.findIndex((word) => /^-(?:I|i|J)/.test(word))
  const mark = at < 0 ? '' : ((words[at]?.slice(2) || (words[at] === '-i' ? '{}' : words[at + 1])) ?? '')
  return {
    ...inner,
    named: new Map([...inner.named, ['|', { kind: 'text', value: mark, line: inner.line }]]),
  }
}

function withArguments(inner: Call, source: Expr): Call {
  const named = new Map(inner.named)
  const given = named.get('|')
  const mark = given?.kind === 'text' ? given.value : ''
  named.delete('|')
  let found = false
  const filled = (arg: Expr): Expr => {
    const text = textIn(arg)
    if (text === null && arg.kind === 'join') return { ...arg, parts: arg.parts.map(filled) }
    if (text === null || mark === '' || !text.includes(mark)) return arg
    found = true
    const parts = text
      .split(mark)
      .slice(0, maxLinks)
      .flatMap((value, index): Expr[] => [
        ...(index === 0 ? [] : [source]),
        ...(value === '' ? [] : [{ kind: 'text', value, line: arg.line } as const]),
      ])
    return joined(parts, arg.line)
  }
  const args = inner.args.map(filled)
  // What is not found in its place, however it is written, stands behind all others.
  return { ...inner, named, args: found ? args : [...inner.args, source] }
}

/** A word as it is written, where nothing is filled in. */
function textIn(arg: Expr): string | null {
  const words = wordsOf(arg)
  return words.every((part) => part.kind === 'text') ? words.map(({ value }) => value).join('') : null
}

/** A command with something to read from; in a pipeline's middle, the first command of the rest gets it. */
function fed(command: Expr, source: Expr, unit: Unit): Expr {
  if (command.kind !== 'call') {
    // In a loop or a group, `read` and whatever reads by itself get it.
    bind(unit, '$<', source)
    return { kind: 'other', parts: [source, command], line: command.line }
  }
  if (command.of.kind === 'text' && command.of.value === '>' && command.args[1] !== undefined) {
    const [path, inner] = command.args
    return { ...command, args: [path!, fed(inner!, source, unit)] }
  }
  if (command.named.has('|')) return withArguments(command, source)
  return { ...command, named: new Map([...command.named, ['<', source]]) }
}

function wordsOf(expr: Expr): readonly Expr[] {
  return expr.kind === 'join' ? expr.parts : [expr]
}

function joined(parts: Expr[], line: number): Expr {
  const [only] = parts
  if (only === undefined) return { kind: 'text', value: '', line }
  return parts.length === 1 ? only : { kind: 'join', parts, line }
}

function call(name: string, args: Expr[], line: number): Call {
  return { kind: 'call', of: { kind: 'text', value: name, line }, args, named: new Map(), line }
}

/** A command of plain words, from its text: asking the parser for each of them takes much longer. */
function plainCommand(text: string, line: number): Call | null {
  if (text.length > 400 || !plainWords.test(text)) return null
  const [name = '', ...args] = text.split(/[ \t]+/)
  return call(
    name,
    args.map((value): Expr => ({ kind: 'text', value, line })),
    line,
  )
}

import type { SgNode } from '@ast-grep/napi'
import type { Budget } from './budget.ts'
import { callOf, each, membersOf, moduleOf } from './expressions.ts'
import { bind, bindIn, createUnit, type Call, type Expr, type Source, type Unit } from './program.ts'
import { createReading } from './reading.ts'
import { unescapeText } from './unescape.ts'

/** `name = …` */
const assignedName = /^([A-Za-z_]\w{0,60})[ \t]*=(?!=)[ \t]*/

/** Reads Python 3 into what the scan reasons about. @throws TooComplex */
export function readPython(root: SgNode, source: Source, budget: Budget): Unit {
  const module = createUnit('', source, null)
  const { line, plain, read, readAll, other, operands, placed } = createReading(
    'python',
    budget,
    readKind,
    callLater,
  )
  block(root, module)
  return module

  function block(node: SgNode, unit: Unit): void {
    for (const child of node.namedChildren()) {
      const kind = String(child.kind())
      if (kind !== 'comment') budget.within(() => placed(child, () => statement(child, kind, unit)))
    }
  }

  function statement(node: SgNode, kind: string, unit: Unit): void {
    switch (kind) {
      case 'import_statement':
        for (const child of node.namedChildren()) importName(child, unit, '')
        return
      case 'import_from_statement': {
        const [from, ...names] = node.namedChildren()
        const path = from?.text().replace(/^\.+/, '') ?? ''
        for (const name of names) importName(name, unit, path)
        return
      }
      case 'function_definition': {
        const inner = createUnit(node.field('name')?.text() ?? '', source, unit)
        params(node.field('parameters'), inner)
        const body = node.field('body')
        if (body !== null) block(body, inner)
        return
      }
      case 'return_statement': {
        const value = plain(node.text().slice('return'.length).trim(), unit)
        if (value !== null) unit.returns.push(value)
        else unit.returns.push(...readAll(node.namedChildren(), unit))
        return
      }
      case 'global_statement':
      case 'nonlocal_statement':
        for (const name of node.namedChildren()) unit.outer.add(name.text())
        return
      case 'for_statement': {
        const right = node.field('right')
        const left = node.field('left')
        if (left !== null && right !== null) assign(left, each(read(right, unit)), unit)
        const body = node.field('body')
        if (body !== null) block(body, unit)
        return
      }
      case 'expression_statement': {
        const text = node.text()
        const name = assignedName.exec(text)
        const value = plain(text.slice(name?.[0].length ?? 0), unit)
        if (value === null) return block(node, unit)
        if (name?.[1] !== undefined) bindIn(scopeOf(name[1], unit), unit, name[1], value)
        unit.does.push(value)
        return
      }
      case 'block':
      case 'module':
      case 'class_definition':
      case 'decorated_definition':
      case 'if_statement':
      case 'elif_clause':
      case 'else_clause':
      case 'while_statement':
      case 'try_statement':
      case 'except_clause':
      case 'finally_clause':
      case 'with_statement':
      case 'with_clause':
      case 'with_item':
      case 'match_statement':
      case 'case_clause':
      case 'ERROR':
        block(node, unit)
        return
      default:
        unit.does.push(read(node, unit, kind))
    }
  }

  function importName(node: SgNode, unit: Unit, from: string): void {
    const prefix = from === '' ? '' : `${from}.`
    if (node.kind() === 'aliased_import') {
      const [name, alias] = node.namedChildren()
      if (name === undefined || alias === undefined) return
      unit.imports.set(alias.text(), prefix + name.text())
      unit.does.push({ kind: 'name', name: prefix + name.text(), line: line() })
    } else if (node.kind() === 'dotted_name') {
      const name = node.text()
      // `import a.b` makes `a` known, `from a import b` makes `b`.
      const local = from === '' ? (name.split('.')[0] ?? name) : name
      unit.imports.set(local, from === '' ? local : prefix + name)
      unit.does.push({ kind: 'name', name: prefix + name, line: line() })
    }
  }

  function params(node: SgNode | null, unit: Unit): void {
    for (const child of node?.namedChildren() ?? []) {
      if (child.kind() === 'identifier') unit.params.push(child.text())
      else {
        const [name, ...rest] = child.namedChildren()
        if (name === undefined) continue
        const inner = name.kind() === 'identifier' ? name : (name.namedChildren()[0] ?? name)
        unit.params.push(inner.text())
        const value = child.field('value') ?? (child.kind() === 'default_parameter' ? rest[0] : undefined)
        if (value !== undefined && value !== null) bind(unit, inner.text(), read(value, unit))
      }
    }
  }

  function assign(target: SgNode, value: Expr, unit: Unit, kind = String(target.kind())): void {
    switch (kind) {
      case 'identifier': {
        const name = target.text()
        bindIn(scopeOf(name, unit), unit, name, value)
        return
      }
      case 'attribute':
        bindIn(moduleOf(unit), unit, target.text(), value)
        return
      case 'subscript': {
        const of = target.namedChildren()[0]
        if (of !== undefined) assign(of, value, unit)
        return
      }
      default: {
        const parts = value.kind === 'list' ? value.parts : []
        const targets = target.namedChildren()
        for (const [index, part] of targets.entries())
          budget.within(() =>
            assign(part, (targets.length === parts.length ? parts[index] : undefined) ?? each(value), unit),
          )
      }
    }
  }

  function readKind(node: SgNode, kind: string, unit: Unit): Expr {
    switch (kind) {
      case 'identifier':
        // PEP 3131: names that differ only in the form of their letters are the same name.
        return { kind: 'name', name: node.text().normalize('NFKC'), line: line() }
      case 'integer':
      case 'float':
      case 'true':
      case 'false':
      case 'none':
        return { kind: 'text', value: node.text(), line: line() }
      case 'string':
        return readString(node, unit)
      case 'concatenated_string':
        return { kind: 'join', parts: readAll(node.namedChildren(), unit), line: line() }
      case 'attribute': {
        const plain = membersOf(node.text(), line())
        if (plain !== null) return plain
        const of = node.field('object')
        const name = node.field('attribute')?.text() ?? ''
        return of === null ? other(node, unit) : { kind: 'member', of: read(of, unit), name, line: line() }
      }
      case 'call':
        return readCall(node, unit)
      case 'subscript': {
        const [of, ...by] = node.namedChildren()
        if (of === undefined) return other(node, unit)
        const reversed = by[0]?.kind() === 'slice' && by[0].text().replace(/\s/g, '') === '::-1'
        const inner = read(of, unit)
        if (reversed) return callOf('reversed', [inner], line())
        return { kind: 'item', of: inner, by: readAll(by, unit), line: line() }
      }
      case 'binary_operator': {
        const operator = node.field('operator')?.text()
        if (operator !== '+' && operator !== '/' && operator !== '%') return other(node, unit)
        return { kind: 'join', parts: operands(node, operator, unit), line: line() }
      }
      case 'list':
      case 'tuple':
      case 'set':
      case 'expression_list':
      case 'pattern_list':
        return { kind: 'list', parts: readAll(node.namedChildren(), unit), line: line() }
      case 'list_comprehension':
      case 'generator_expression':
      case 'set_comprehension':
      case 'dictionary_comprehension': {
        const [body, ...clauses] = node.namedChildren()
        for (const clause of clauses) {
          const left = clause.field('left')
          const right = clause.field('right')
          if (left !== null && right !== null) assign(left, each(read(right, unit)), unit)
        }
        if (body === undefined) return other(node, unit)
        return callOf('each', [read(body, unit), ...readAll(clauses, unit)], line())
      }
      case 'lambda': {
        const inner = createUnit('', source, unit)
        params(node.field('parameters'), inner)
        const body = node.field('body')
        if (body !== null) inner.returns.push(read(body, inner))
        return { kind: 'function', unit: inner, line: line() }
      }
      case 'assignment':
      case 'augmented_assignment':
      case 'named_expression': {
        const left = node.field('left') ?? node.field('name')
        const right = node.field('right') ?? node.field('value')
        if (left === null || right === null) return other(node, unit)
        const value = read(right, unit)
        const place = String(left.kind())
        assign(left, value, unit, place)
        // What is put into a place may matter as much as a call: `os.environ["X"] = …`.
        if (place === 'subscript' || place === 'attribute') unit.does.push(read(left, unit, place))
        return value
      }
      case 'as_pattern': {
        const [value, target] = node.namedChildren()
        if (value === undefined) return other(node, unit)
        const read1 = read(value, unit)
        for (const part of target?.namedChildren() ?? []) assign(part, read1, unit)
        return read1
      }
      case 'yield': {
        const values = readAll(node.namedChildren(), unit)
        unit.returns.push(...values)
        return { kind: 'other', parts: values, line: line() }
      }
      case 'await':
      case 'parenthesized_expression':
      case 'expression_statement': {
        const children = node.namedChildren().filter((child) => child.kind() !== 'comment')
        return children.length === 1 && children[0] !== undefined
          ? read(children[0], unit)
          : other(node, unit)
      }
      case 'comparison_operator':
      case 'not_operator':
      case 'unary_operator':
        return callOf('compare', readAll(node.namedChildren(), unit), line())
      case 'function_definition':
      case 'class_definition':
        statement(node, kind, unit)
        return { kind: 'other', parts: [], line: line() }
      default:
        return other(node, unit)
    }
  }

  function readCall(node: SgNode, unit: Unit): Expr {
    const [callee, list] = node.namedChildren()
    if (callee === undefined) return other(node, unit)
    const own = line()
    const args: Expr[] = []
    const named = new Map<string, Expr>()
    const given = list?.kind() === 'generator_expression' ? [list] : (list?.namedChildren() ?? [])
    for (const child of given) {
      const kind = String(child.kind())
      if (kind === 'comment') continue
      const value = kind === 'keyword_argument' ? child.field('value') : null
      if (value !== null) named.set(child.field('name')?.text() ?? '', read(value, unit))
      else args.push(read(child, unit, kind))
    }
    const call: Call = { kind: 'call', of: read(callee, unit), args, named, line: own }
    callLater(call, unit)
    return call
  }

  function readString(node: SgNode, unit: Unit): Expr {
    const plain = /^([a-zA-Z]{0,3})("""|'''|"|')([^]*)\2$/.exec(node.text())
    if (plain?.[1] !== undefined && plain[3] !== undefined && !/f/i.test(plain[1]))
      return { kind: 'text', value: /r/i.test(plain[1]) ? plain[3] : unescapeText(plain[3]), line: line() }
    const [first, ...rest] = node.namedChildren()
    const isRaw = /r/i.test(first?.text() ?? '')
    const parts: Expr[] = []
    for (const child of rest) {
      const kind = String(child.kind())
      if (kind === 'string_content') {
        const content = child.text()
        parts.push({ kind: 'text', value: isRaw ? content : unescapeText(content), line: line() })
      } else if (kind === 'interpolation') {
        const inner = child.namedChildren()[0]
        if (inner !== undefined) parts.push(read(inner, unit))
      }
    }
    const [only] = parts
    if (parts.length === 0) return { kind: 'text', value: '', line: line() }
    return parts.length === 1 && only?.kind === 'text' ? only : { kind: 'join', parts, line: line() }
  }
}

/** Where a name of a function is kept: elsewhere if it says so (`global`, `nonlocal`). */
function scopeOf(name: string, unit: Unit): Unit {
  return unit.outer.has(name) && unit.parent !== null ? scopeOf(name, unit.parent) : unit
}

/** What is handed over is called as well, later or elsewhere. */
function callLater(call: Call, unit: Unit): void {
  const later = handedOver(call)
  if (later !== null) unit.does.push(later)
}

/** What `Thread(target=f, args=(x,))` or `pool.submit(f, x)` will call. */
function handedOver(call: Call): Expr | null {
  const { line } = call
  const target = call.named.get('target')
  const given = call.named.get('args')
  if (target !== undefined)
    return {
      kind: 'call',
      of: target,
      args: given?.kind === 'list' ? given.parts : given === undefined ? [] : [given],
      named: new Map(),
      line,
    }
  const method = call.of.kind === 'member' ? call.of.name : ''
  const [first, ...rest] = method === 'run_in_executor' ? call.args.slice(1) : call.args
  if (
    first === undefined ||
    !/^(?:submit|to_thread|run_in_executor|apply_async|call_later|map)$/.test(method)
  )
    return null
  return { kind: 'call', of: first, args: rest, named: new Map(), line }
}

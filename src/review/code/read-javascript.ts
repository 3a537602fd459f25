import type { SgNode } from '@ast-grep/napi'
import type { Budget } from './budget.ts'
import { callOf, each, membersOf, moduleName, moduleOf } from './expressions.ts'
import { bind, bindIn, createUnit, type Expr, type Source, type Unit } from './program.ts'
import { createReading } from './reading.ts'
import { unescapeText } from './unescape.ts'

const functions = new Set([
  'function_declaration',
  'function_expression',
  'generator_function',
  'generator_function_declaration',
  'arrow_function',
  'method_definition',
])
/** Kinds of syntax whose line is asked for. */
const statements = new Set([
  'expression_statement',
  'new_expression',
  'variable_declarator',
  'return_statement',
  'import_statement',
  'if_statement',
  'for_in_statement',
  'pair',
  'function_declaration',
  'method_definition',
  'lexical_declaration',
])
const patterns = new Set([
  'object_pattern',
  'array_pattern',
  'rest_pattern',
  'assignment_pattern',
  'pair_pattern',
  'object_assignment_pattern',
])

/** Reads JavaScript and TypeScript into what the scan reasons about. @throws TooComplex */
export function readJavaScript(root: SgNode, source: Source, budget: Budget): Unit {
  const module = createUnit('', source, null)
  const { line, read, readAll, other, operands, placed } = createReading(
    'javascript',
    budget,
    (node, kind, unit) =>
      statements.has(kind) ? placed(node, () => readKind(node, kind, unit)) : readKind(node, kind, unit),
    () => {},
  )
  module.does.push(...readAll(root.namedChildren(), module))
  return module

  function readKind(node: SgNode, kind: string, unit: Unit): Expr {
    if (functions.has(kind)) return readFunction(node, unit)
    switch (kind) {
      case 'comment':
      case 'type_annotation':
      case 'interface_declaration':
      case 'type_alias_declaration':
        return { kind: 'other', parts: [], line: line() }
      case 'identifier':
      case 'shorthand_property_identifier':
      case 'import':
      case 'this':
        return { kind: 'name', name: unescapeText(node.text()), line: line() }
      case 'number':
      case 'true':
      case 'false':
      case 'null':
      case 'undefined':
        return { kind: 'text', value: node.text(), line: line() }
      case 'string':
      case 'template_string':
        return readString(node, unit)
      case 'regex':
        return { kind: 'other', parts: [], line: line() }
      case 'import_statement':
        readImport(node, unit)
        return { kind: 'other', parts: [], line: line() }
      case 'variable_declarator': {
        const name = node.field('name')
        const value = node.field('value')
        if (name?.kind() === 'identifier' && value === null && !unit.binds.has(name.text()))
          unit.binds.set(name.text(), [])
        if (name === null || value === null) return other(node, unit)
        const read1 = read(value, unit)
        assign(name, read1, unit)
        return read1
      }
      case 'assignment_expression':
      case 'augmented_assignment_expression': {
        const left = node.field('left')
        const right = node.field('right')
        if (left === null || right === null) return other(node, unit)
        const value = read(right, unit)
        if (left.kind() === 'identifier') bindIn(ownerOf(left.text(), unit), unit, left.text(), value)
        else assign(left, value, unit)
        if (left.kind() === 'subscript_expression' || left.kind() === 'member_expression')
          unit.does.push(read(left, unit))
        return value
      }
      case 'for_in_statement': {
        const left = node.field('left')
        const right = node.field('right')
        const body = node.field('body')
        const value = right === null ? null : read(right, unit)
        if (left !== null && value !== null) assign(left, each(value), unit)
        return {
          kind: 'other',
          parts: [...(value === null ? [] : [value]), ...(body === null ? [] : [read(body, unit)])],
          line: line(),
        }
      }
      case 'return_statement':
        unit.returns.push(...readAll(node.namedChildren(), unit))
        return { kind: 'other', parts: [], line: line() }
      case 'member_expression': {
        const plain = membersOf(node.text(), line())
        if (plain !== null) return plain
        const of = node.field('object')
        const name = node.field('property')?.text() ?? ''
        return of === null ? other(node, unit) : { kind: 'member', of: read(of, unit), name, line: line() }
      }
      case 'subscript_expression': {
        const of = node.field('object')
        const index = node.field('index')
        if (of === null || index === null) return other(node, unit)
        return { kind: 'item', of: read(of, unit), by: [read(index, unit)], line: line() }
      }
      case 'call_expression':
      case 'new_expression': {
        const callee = node.field('function') ?? node.field('constructor')
        const list = node.field('arguments')
        if (callee === null) return other(node, unit)
        const own = line()
        const args =
          list === null
            ? []
            : list.kind() === 'template_string'
              ? [read(list, unit)]
              : readAll(list.namedChildren(), unit)
        const call: Expr = { kind: 'call', of: read(callee, unit), args, named: new Map(), line: own }
        feedCallback(call)
        return call
      }
      case 'binary_expression': {
        const operator = node.field('operator')?.text() ?? ''
        if (/^(?:\|\||&&|\?\?)$/.test(operator)) return other(node, unit)
        if (operator !== '+') return callOf('compare', readAll(node.namedChildren(), unit), line())
        return { kind: 'join', parts: operands(node, '+', unit), line: line() }
      }
      case 'array':
        return { kind: 'list', parts: readAll(node.namedChildren(), unit), line: line() }
      case 'pair': {
        const value = node.field('value')
        return value === null ? other(node, unit) : read(value, unit)
      }
      case 'object': {
        const named = new Map<string, Expr>()
        const parts: Expr[] = []
        for (const child of node.namedChildren()) {
          const key = child
            .field('key')
            ?.text()
            .replace(/^["']|["']$/g, '')
          const value = read(child, unit)
          if (child.kind() === 'pair' && key !== undefined) named.set(key, value)
          else parts.push(value)
        }
        return {
          kind: 'call',
          of: { kind: 'name', name: '{}', line: line() },
          args: parts,
          named,
          line: line(),
        }
      }
      case 'await_expression':
      case 'parenthesized_expression':
      case 'as_expression':
      case 'satisfies_expression':
      case 'non_null_expression':
      case 'expression_statement': {
        const first = node.namedChildren().find((child) => child.kind() !== 'comment')
        return first === undefined ? other(node, unit) : read(first, unit)
      }
      case 'sequence_expression': {
        // `(0, eval)(…)`: the last one counts.
        const parts = readAll(node.namedChildren(), unit)
        const last = parts.pop()
        unit.does.push(...parts)
        return last ?? other(node, unit)
      }
      default:
        return other(node, unit)
    }
  }

  function readFunction(node: SgNode, unit: Unit): Expr {
    const inner = createUnit(node.field('name')?.text() ?? '', source, unit)
    const single = node.field('parameter')
    const list = single === null ? (node.field('parameters')?.namedChildren() ?? []) : [single]
    for (const [index, child] of list.entries()) {
      const target =
        child.field('pattern') ??
        (patterns.has(String(child.kind())) || child.kind() === 'identifier'
          ? child
          : (child.namedChildren()[0] ?? child))
      if (target.kind() === 'identifier') inner.params.push(target.text())
      else {
        inner.params.push(`#${index}`)
        assign(target, { kind: 'name', name: `#${index}`, line: line() }, inner)
      }
      const value = child.field('value')
      if (value !== null && target.kind() === 'identifier') bind(inner, target.text(), read(value, inner))
    }
    const body = node.field('body')
    if (body !== null) {
      const value = read(body, inner)
      if (body.kind() === 'statement_block') inner.does.push(value)
      else inner.returns.push(value)
    }
    return { kind: 'function', unit: inner, line: line() }
  }

  function readImport(node: SgNode, unit: Unit): void {
    const source = node.field('source')
    if (source === null) return
    const path = moduleName(source.text().slice(1, -1))
    unit.does.push({ kind: 'name', name: path, line: line() })
    for (const clause of node.namedChildren().filter((child) => child.kind() === 'import_clause'))
      for (const child of clause.namedChildren()) {
        if (child.kind() === 'identifier') unit.imports.set(child.text(), path)
        else if (child.kind() === 'namespace_import') {
          const name = child.namedChildren()[0]
          if (name !== undefined) unit.imports.set(name.text(), path)
        } else
          for (const one of child.namedChildren()) {
            const [name, alias] = one.namedChildren()
            if (name !== undefined) unit.imports.set((alias ?? name).text(), `${path}.${name.text()}`)
          }
      }
  }

  function assign(target: SgNode, value: Expr, unit: Unit): void {
    budget.within(() => {
      switch (String(target.kind())) {
        case 'identifier':
        case 'shorthand_property_identifier_pattern':
          bind(unit, target.text(), value)
          return
        case 'member_expression':
          bindIn(moduleOf(unit), unit, target.text(), value)
          return
        case 'subscript_expression': {
          const of = target.field('object')
          if (of !== null) assign(of, value, unit)
          return
        }
        case 'object_pattern':
          for (const child of target.namedChildren()) {
            const key =
              child.kind() === 'pair_pattern'
                ? child.field('key')
                : child.kind() === 'object_assignment_pattern'
                  ? child.namedChildren()[0]
                  : child
            const place = child.kind() === 'pair_pattern' ? child.field('value') : key
            if (key === null || key === undefined || place === null || place === undefined) continue
            if (child.kind() === 'rest_pattern') assign(child, value, unit)
            else assign(place, { kind: 'member', of: value, name: key.text(), line: value.line }, unit)
          }
          return
        default:
          for (const child of target.namedChildren()) assign(child, each(value), unit)
      }
    })
  }

  function readString(node: SgNode, unit: Unit): Expr {
    const whole = node.text()
    if (!whole.startsWith('`') || !whole.includes('${'))
      return { kind: 'text', value: unescapeText(whole.slice(1, -1)), line: line() }
    const parts: Expr[] = []
    let text: string | null = null
    for (const child of node.namedChildren()) {
      const kind = child.kind()
      if (kind === 'string_fragment' || kind === 'escape_sequence' || kind === 'html_character_reference')
        text = (text ?? '') + unescapeText(child.text())
      else {
        if (text !== null) parts.push({ kind: 'text', value: text, line: line() })
        text = null
        parts.push(...readAll(child.namedChildren(), unit))
      }
    }
    if (text !== null || parts.length === 0) parts.push({ kind: 'text', value: text ?? '', line: line() })
    const [only] = parts
    return parts.length === 1 && only?.kind === 'text' ? only : { kind: 'join', parts, line: line() }
  }
}

/** The function that declares a name, or the file. */
function ownerOf(name: string, unit: Unit): Unit {
  let scope = unit
  while (scope.parent !== null && !scope.binds.has(name) && !scope.params.includes(name)) scope = scope.parent
  return scope
}

/** What a callback is given comes from whatever it was handed to: `.then(data => …)`, `readFile(path, (error, data) => …)`. */
function feedCallback(call: Expr): void {
  if (call.kind !== 'call') return
  const source: Expr = {
    kind: 'call',
    of: call.of,
    args: call.args.filter((arg) => arg.kind !== 'function'),
    named: new Map(),
    line: call.line,
  }
  for (const arg of call.args)
    if (arg.kind === 'function') for (const param of arg.unit.params) bind(arg.unit, param, each(source))
}

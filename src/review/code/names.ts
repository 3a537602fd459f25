import { moduleName } from './expressions.ts'
import type { Expr, Unit } from './program.ts'

/** Where a name comes from. */
export type Origin =
  | { readonly from: 'bind'; readonly unit: Unit; readonly values: readonly Expr[]; readonly param: boolean }
  | { readonly from: 'import'; readonly path: string }

export function lookUp(name: string, unit: Unit): Origin | null {
  for (let scope: Unit | null = unit; scope !== null; scope = scope.parent) {
    const values = scope.binds.get(name)
    const param = scope.params.includes(name)
    if (values !== undefined || param) return { from: 'bind', unit: scope, values: values ?? [], param }
    const path = scope.imports.get(name)
    if (path !== undefined) return { from: 'import', path }
  }
  return null
}

const maxDepth = 12
/** Words before a built-in that mean nothing. */
const builtIn =
  /^(?:builtins|__builtins__|globalThis|window|global|self\.globalThis|module\.constructor)\.(?=.)/
const loaders = new Set([
  '__import__',
  'importlib.import_module',
  'require',
  'import',
  'module.require',
  'importlib.__import__',
])
const telling = /^(?:node:)?(?:child_process|subprocess|os|socket|net|vm|exec\w*|spawn\w*|eval|system|popen)$/
const same = new Set(['util.promisify', 'asyncio.to_thread', 'functools.partial'])

export interface Names {
  /**
   * What an expression is called in full, through imports, other names for it, `getattr` and the like:
   * `subprocess.run`, `socket.socket().send`. `?` stands for what can't be known.
   */
  nameOf(expr: Expr, unit: Unit): string
  /** True where the name was put together at run time, as nobody does who has nothing to hide. */
  isDisguised(expr: Expr): boolean
  forget(): void
}

/** `texts` gives what an expression can be, as far as that is known. */
export function createNames(texts: (expr: Expr, unit: Unit) => readonly string[]): Names {
  /** Of several, one that matters if there is any: `require(list[n])` may be each of them. */
  const fold = (expr: Expr, unit: Unit): string | null => {
    const choices = texts(expr, unit).filter((text) => !text.includes('\ufffd'))
    return choices.find((text) => telling.test(text)) ?? choices[0] ?? null
  }
  const known = new Map<Expr, string>()
  const disguised = new Set<Expr>()

  function find(expr: Expr, unit: Unit, depth: number): string {
    if (depth > maxDepth) return '?'
    const before = known.get(expr)
    if (before !== undefined) return before
    // A name that is bound to itself.
    known.set(expr, '?')
    const name = compute(expr, unit, depth).replace(builtIn, '')
    known.set(expr, name)
    return name
  }

  function compute(expr: Expr, unit: Unit, depth: number): string {
    switch (expr.kind) {
      case 'name': {
        const origin = lookUp(expr.name, unit)
        if (origin === null) return expr.name
        if (origin.from === 'import') return origin.path
        if (origin.param || origin.values.length === 0) return '?'
        const names = origin.values.map((value) => {
          const name = find(value, origin.unit, depth + 1)
          if (disguised.has(value)) disguised.add(expr)
          return name
        })
        // Of several, one that matters if there is any: it may be each of them.
        return (
          names.find((name) => name.split(/[.(]/).some((part) => telling.test(part))) ??
          names.find((name) => name !== '?') ??
          '?'
        )
      }
      case 'text':
        // A shell command; elsewhere a text has no name.
        return unit.language === 'shell' ? (expr.value.split('/').at(-1) ?? '') : '?'
      case 'member': {
        if (lookUp(textOf(expr), unit) !== null) {
          const origin = lookUp(textOf(expr), unit)
          if (origin?.from === 'bind' && origin.values[0] !== undefined && !origin.param)
            return find(origin.values[0], origin.unit, depth + 1)
        }
        const of = find(expr.of, unit, depth + 1)
        if (disguised.has(expr.of)) disguised.add(expr)
        return `${of}.${expr.name}`
      }
      case 'item': {
        const of = find(expr.of, unit, depth + 1)
        const by = expr.by[0]
        const key = by === undefined ? null : fold(by, unit)
        if (key === null || !/^[\w.$]+$/.test(key) || /^\d+$/.test(key)) return `${of}[]`
        if (by !== undefined && by.kind !== 'text') disguised.add(expr)
        if (of === 'globals()' || of === 'locals()' || of === 'vars()' || of === 'sys.modules') return key
        return unit.language === 'javascript' ||
          of === '__dict__' ||
          of.endsWith('.__dict__') ||
          of === '__builtins__'
          ? `${of}.${key}`.replace('.__dict__', '')
          : `${of}[]`
      }
      case 'call':
        return callName(expr, unit, depth)
      case 'within':
        return find(expr.of, expr.unit, depth + 1)
      default:
        if (unit.language === 'shell') {
          const text = fold(expr, unit)
          if (text !== null && /^[\w./-]+$/.test(text)) return text.split('/').at(-1) ?? '?'
        }
        return '?'
    }
  }

  function callName(expr: Extract<Expr, { kind: 'call' }>, unit: Unit, depth: number): string {
    const callee = find(expr.of, unit, depth + 1)
    const [first, second] = expr.args
    if ((callee === 'getattr' || callee === 'Reflect.get') && first !== undefined && second !== undefined) {
      const key = fold(second, unit)
      if (key !== null && second.kind !== 'text') disguised.add(expr)
      const of = find(first, unit, depth + 1)
      if (disguised.has(first)) disguised.add(expr)
      return key === null ? '?' : `${of}.${key}`
    }
    if (loaders.has(callee) && first !== undefined) {
      const path = fold(first, unit)
      if (path !== null && first.kind !== 'text') disguised.add(expr)
      return path === null ? '?' : moduleName(path)
    }
    if (same.has(callee) && first !== undefined) return find(first, unit, depth + 1)
    if (expr.of.kind === 'member' && expr.of.name === 'bind') return find(expr.of.of, unit, depth + 1)
    if (disguised.has(expr.of)) disguised.add(expr)
    const inner = functionOf(expr.of, unit)
    const [result] = inner?.returns ?? []
    if (inner !== null && result !== undefined && inner.returns.length === 1) {
      const name = find(result, inner, depth + 1)
      if (disguised.has(result)) disguised.add(expr)
      if (name !== '?') return name
    }
    return `${callee}()`
  }

  return {
    nameOf: (expr, unit) => find(expr, unit, 0),
    isDisguised: (expr) => disguised.has(expr),
    forget: () => known.clear(),
  }
}

/** The function of this file that a name stands for. */
function functionOf(expr: Expr, unit: Unit): Unit | null {
  if (expr.kind !== 'name') return null
  for (let scope: Unit | null = unit; scope !== null; scope = scope.parent) {
    const values = scope.binds.get(expr.name)
    if (values !== undefined)
      return values.length === 1 && values[0]?.kind === 'function' ? values[0].unit : null
    const found = scope.units.find(({ name }) => name === expr.name)
    if (found !== undefined) return found
  }
  return null
}

/** `a.b` as written, for names such as `self.token`. */
export function textOf(expr: Expr): string {
  if (expr.kind === 'name') return expr.name
  return expr.kind === 'member' ? `${textOf(expr.of)}.${expr.name}` : '?'
}

/**
 * What a program says, whichever language it was written in: no more of it than the scan reasons about. Order and
 * branches are left out; whatever stands in a program may happen.
 */
export type Expr =
  | { readonly kind: 'text'; readonly value: string; readonly line: number }
  | { readonly kind: 'name'; readonly name: string; readonly line: number }
  | { readonly kind: 'member'; readonly of: Expr; readonly name: string; readonly line: number }
  | { readonly kind: 'item'; readonly of: Expr; readonly by: readonly Expr[]; readonly line: number }
  | Call
  /** Pieces put together: `+`, templates, f-strings, paths joined by `/`, a shell word. */
  | { readonly kind: 'join'; readonly parts: readonly Expr[]; readonly line: number }
  | { readonly kind: 'list'; readonly parts: readonly Expr[]; readonly line: number }
  | { readonly kind: 'function'; readonly unit: Unit; readonly line: number }
  /** What stands in another function than the name that it is put into. */
  | { readonly kind: 'within'; readonly of: Expr; readonly unit: Unit; readonly line: number }
  | { readonly kind: 'other'; readonly parts: readonly Expr[]; readonly line: number }

/** `named`: keyword arguments; in shell `<` is what it reads from, and a pipe's left side is that too. */
export interface Call {
  readonly kind: 'call'
  readonly of: Expr
  readonly args: readonly Expr[]
  readonly named: ReadonlyMap<string, Expr>
  readonly line: number
}

/** A file, or a function within one. */
export interface Unit extends Source {
  readonly name: string
  readonly parent: Unit | null
  readonly params: string[]
  /** Everything that is ever put into a name of this unit. */
  readonly binds: Map<string, Expr[]>
  /** Local name → `module.member` in full. */
  readonly imports: Map<string, string>
  /** Names that belong to what is around it. */
  readonly outer: Set<string>
  readonly returns: Expr[]
  readonly does: Expr[]
  readonly units: Unit[]
}

/** Where code stands: in a file, in a document's code block, or as a text inside other code. */
export interface Source {
  readonly file: string
  readonly language: CodeLanguage
  readonly where: 'file' | 'document' | 'inside'
  /** Lines of the file before the code's first one. */
  readonly above: number
}

export type CodeLanguage = 'python' | 'javascript' | 'shell'

export function createUnit(name: string, source: Source, parent: Unit | null): Unit {
  const { file, language, where, above } = source
  const unit: Unit = {
    name,
    file,
    language,
    where,
    above,
    parent,
    params: [],
    binds: new Map(),
    imports: new Map(),
    outer: new Set(),
    returns: [],
    does: [],
    units: [],
  }
  parent?.units.push(unit)
  return unit
}

export function bind(unit: Unit, name: string, value: Expr): void {
  const values = unit.binds.get(name)
  if (values === undefined) unit.binds.set(name, [value])
  else values.push(value)
}

/** The same for a name that belongs to `owner`, from within `unit`. */
export function bindIn(owner: Unit, unit: Unit, name: string, value: Expr): void {
  bind(owner, name, owner === unit ? value : { kind: 'within', of: value, unit, line: value.line })
}

/** The direct parts of an expression. */
export function partsOf(expr: Expr): readonly Expr[] {
  switch (expr.kind) {
    case 'text':
    case 'name':
    case 'function':
    case 'within':
      return []
    case 'member':
      return [expr.of]
    case 'item':
      return [expr.of, ...expr.by]
    case 'call':
      return [expr.of, ...expr.args, ...expr.named.values()]
    default:
      return expr.parts
  }
}

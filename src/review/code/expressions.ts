import type { Expr, Unit } from './program.ts'

/** One of the things that a value holds. */
export function each(value: Expr): Expr {
  return { kind: 'item', of: value, by: [], line: value.line }
}

export function callOf(name: string, args: readonly Expr[], line: number): Expr {
  return { kind: 'call', of: { kind: 'name', name, line }, args, named: new Map(), line }
}

const dottedName = /^[A-Za-z_$][\w$]*(?:\.[A-Za-z_$][\w$]*){1,12}$/

/** `a.b.c` from its text; null for anything else. */
export function membersOf(dotted: string, line: number): Expr | null {
  if (dotted.length >= 200 || !dottedName.test(dotted)) return null
  const [first = '', ...rest] = dotted.split('.')
  return rest.reduce<Expr>((of, name) => ({ kind: 'member', of, name, line }), {
    kind: 'name',
    name: first,
    line,
  })
}

/** The file that a function stands in. */
export function moduleOf(unit: Unit): Unit {
  let module = unit
  while (module.parent !== null) module = module.parent
  return module
}

/** `fs.promises` for `node:fs/promises`, `@stem` for a file of the skill. */
export function moduleName(path: string): string {
  if (path.startsWith('.')) return `@${(path.split('/').at(-1) ?? '').replace(/\.\w+$/, '')}`
  return path.replace(/^node:/, '').replaceAll('/', '.')
}

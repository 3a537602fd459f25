import { partsOf, type Expr, type Unit } from './program.ts'

/** Without the object that a method belongs to. */
export function parametersOf(unit: Unit): readonly string[] {
  return unit.params.filter((name) => name !== 'self' && name !== 'cls')
}

/** A file or function with all functions within. */
export function allUnits(unit: Unit): Unit[] {
  return [unit, ...unit.units.flatMap(allUnits)]
}

/** Every expression of a program, each with the function that it stands in. */
export function expressionsOf(units: readonly Unit[]): ReadonlyMap<Expr, Unit> {
  const found = new Map<Expr, Unit>()
  const walk = (expr: Expr, unit: Unit) => {
    if (found.has(expr)) return
    found.set(expr, unit)
    for (const part of partsOf(expr)) walk(part, unit)
  }
  for (const unit of units) {
    for (const values of unit.binds.values()) for (const value of values) walk(value, unit)
    for (const expr of unit.returns) walk(expr, unit)
    for (const expr of unit.does) walk(expr, unit)
  }
  return found
}

/** Which functions and files a name or a path means. */
export function indexUnits(modules: readonly Unit[]) {
  const byStem = new Map<string, Unit>()
  const byName = new Map<string, Unit>()
  const byFile = new Map<string, Map<string, Unit[]>>()
  const shell = new Map<string, Unit[]>()
  for (const module of modules) {
    const stem = (module.file.split('/').at(-1) ?? '').replace(/\.\w+$/, '')
    if (!byStem.has(stem)) byStem.set(stem, module)
    if (module.where === 'file') byName.set(module.file.split('/').at(-1) ?? '', module)
    const names = byFile.get(module.file) ?? new Map<string, Unit[]>()
    byFile.set(module.file, names)
    for (const unit of allUnits(module)) {
      if (unit.name === '') continue
      names.set(unit.name, [...(names.get(unit.name) ?? []), unit])
      if (module.language === 'shell') shell.set(unit.name, [...(shell.get(unit.name) ?? []), unit])
    }
  }
  const asked = new Map<string, Unit | undefined>()
  const module = (path: string): Unit | undefined => {
    if (!asked.has(path)) asked.set(path, find(path))
    return asked.get(path)
  }
  const find = (path: string): Unit | undefined =>
    path
      .split('.')
      .slice(0, -1)
      .reverse()
      .map((part) => byStem.get(part.replace(/^@/, '')))
      .find((unit) => unit !== undefined)
  const named = (file: string, name: string) => byFile.get(file)?.get(name) ?? []
  return {
    module,
    named,
    script: (path: string) => byName.get(path.split('/').at(-1) ?? ''),
    shell: (name: string) => shell.get(name) ?? [],
    imported(path: string): readonly Unit[] {
      const from = module(path)
      return from === undefined ? [] : named(from.file, path.split('.').at(-1) ?? '')
    },
  }
}

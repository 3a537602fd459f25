import type { Folder } from './fold.ts'
import { lookUp } from './names.ts'
import type { Expr, Unit } from './program.ts'

const environments = new Set(['os.environ', 'process.env', 'Deno.env', 'Bun.env'])
const readers = new Set([
  'os.getenv',
  'os.environ.get',
  'os.environ.pop',
  'os.environ.setdefault',
  'Deno.env.get',
  'os.environb.get',
  'environ.get',
])

/** The one variable of the environment that is read here; '?' where it isn't known which. */
export function environmentName(expr: Expr, unit: Unit, folder: Folder): string | null {
  if (expr.kind === 'name')
    return expr.name.startsWith('$') && lookUp(expr.name, unit) === null ? expr.name.slice(1) : null
  if (expr.kind === 'item' && expr.by[0] !== undefined)
    return environments.has(folder.nameOf(expr.of, unit))
      ? (folder.textsOf(expr.by[0], unit)[0] ?? '?')
      : null
  if (expr.kind === 'member') {
    const of = folder.nameOf(expr.of, unit)
    return environments.has(of) && unit.language === 'javascript' ? expr.name : null
  }
  if (expr.kind !== 'call') return null
  const name = folder.nameOf(expr.of, unit)
  if (!readers.has(name) || expr.args[0] === undefined) return null
  return folder.textsOf(expr.args[0], unit)[0] ?? '?'
}

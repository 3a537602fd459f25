import { rulesOf, type CallRule } from './calls.ts'
import { environmentName } from './environment.ts'
import type { Folder } from './fold.ts'
import { unknownText } from './texts.ts'
import { inPart, none, placedAfter, renamed, union, type Labels } from './labels.ts'
import { lookUp, textOf } from './names.ts'
import { createPick } from './pick.ts'
import { placeOf } from './places.ts'
import { moduleOf } from './expressions.ts'
import { allUnits, expressionsOf, indexUnits, parametersOf } from './unit-index.ts'
import { bind, partsOf, type Call, type Expr, type Unit } from './program.ts'

export interface Flow extends Folder {
  readonly modules: readonly Unit[]
  /** False where the program is too tangled to follow to the end. */
  readonly settled: boolean
  /** What an expression may hold. */
  labelsOf(expr: Expr, unit: Unit): Labels
  rulesOf(call: Call, unit: Unit): readonly CallRule[]
  /** The parts of a call that a rule means. */
  pick(call: Call, unit: Unit, places: readonly (string | number)[] | undefined): Expr[]
  /** What the skill itself put into a file. */
  contentOf(path: string): Labels
  writtenTo(path: Expr, unit: Unit): Labels
  /** What the skill put into files of a folder that a program could load. */
  writtenWithin(folder: Expr, unit: Unit): Labels
  /** Programs that stand as a text within that call. */
  nestedIn(call: Call): readonly Unit[]
  /** The lists that a name stands for, also a parameter by what it is called with; none where not all of them are known. */
  listsOf(name: Expr, unit: Unit): readonly (readonly Expr[])[]
  /** True for a program that sends something somewhere. */
  sends(program: Unit): boolean
  /** True where a name leads into somebody else's library, not into a file or function of the skill. */
  isLibrary(call: Call, unit: Unit): boolean
  /** Visits every expression of the program once. */
  each(visit: (expr: Expr, unit: Unit) => void): void
  /** The one variable of the environment that an expression reads; `?` where it isn't known which, null for none. */
  environmentName(expr: Expr, unit: Unit): string | null
}

const maxRounds = 24
/** Methods that put what they are given into what they belong to. */
const mutator =
  /^(?:append|extend|update|add|insert|push|unshift|set|put|write|concat|attach|include|feed)(?:$|[A-Z_])|^(?:setdefault|appendleft|writestr)$/
const secretName = /(?:KEY|TOKEN|SECRET|PASSW|CREDENTIAL|_PAT\b|_AUTH|PRIVATE|MNEMONIC|SEED|COOKIE|SESSION)/i

/**
 * Follows data through names, calls, files and functions of all files of a skill: not in which order things happen,
 * only what can reach what. Ends after a few rounds, whatever the program looks like.
 */
export function createFlow(
  modules: readonly Unit[],
  folder: Folder,
  nested: ReadonlyMap<Call, readonly Unit[]> = new Map(),
): Flow {
  const variables = new Map<Unit, Map<string, Labels>>()
  const results = new Map<Unit, Labels>()
  /** What a program prints. */
  const outputs = new Map<Unit, Labels>()
  const files = new Map<string, Labels>()
  const index = indexUnits(modules)
  let memory = new Map<Expr, Labels>()
  let changed = true
  const units = modules.flatMap(allUnits)
  const argTexts = new Map<Call, string>()
  const given = new Map<Unit, Map<string, Expr[]>>()
  let everything: ReadonlyMap<Expr, Unit> | null = null

  const textsOfArgs = (call: Call, unit: Unit) => {
    const known = argTexts.get(call)
    if (known !== undefined) return known
    const texts = [
      ...call.args,
      ...[...call.named].filter(([name]) => name !== '<').map(([, value]) => value),
    ]
      // Long enough for any flag; a long text among them hides none.
      .map((arg) => (folder.textsOf(arg, unit)[0] ?? unknownText).slice(0, 500))
      .join(' ')
    argTexts.set(call, texts)
    return texts
  }
  const rules = (call: Call, unit: Unit) => {
    const found = rulesOf(unit.language, folder.nameOf(call.of, unit), () => textsOfArgs(call, unit))
    if (found.every(({ unless }) => unless === undefined)) return found
    const names = [...call.args, ...call.named.values()].map((arg) => folder.nameOf(arg, unit))
    return found.filter(({ unless }) => unless === undefined || !names.some((name) => unless.test(name)))
  }

  const pick = createPick(folder, (unit) => variableLabels('$<', unit).size > 0)

  bindParameters()
  for (let round = 0; round < maxRounds && changed; round++) {
    changed = false
    memory = new Map()
    // Once in the order of the program, once against it: what stands before its use, and what stands after it.
    for (const unit of round % 2 === 0 ? units : [...units].reverse()) {
      for (const [name, values] of unit.binds)
        for (const value of values) learn(unit, name, evaluate(value, unit))
      for (const value of unit.returns) grow(results, unit, evaluate(value, unit))
      for (const expr of unit.does) evaluate(expr, unit)
    }
  }
  const settled = !changed
  memory = new Map()
  changed = false

  /** What functions of the skill are called with, as far as it is known text: `load("~/.ssh/id_rsa")`. */
  function bindParameters(): void {
    const texts: { unit: Unit; param: string; text: string; line: number }[] = []
    each((expr, unit) => {
      if (expr.kind !== 'call') return
      for (const called of calledUnits(expr, unit))
        for (const [at, param] of parametersOf(called).entries()) {
          const value = expr.args[at] ?? expr.named.get(param)
          if (value === undefined) continue
          const params = given.get(called) ?? new Map<string, Expr[]>()
          given.set(called, params)
          const values = params.get(param) ?? []
          params.set(param, values)
          values.push({ kind: 'within', of: value, unit, line: expr.line })
          for (const text of folder.textsOf(value, unit))
            if (text !== unknownText) texts.push({ unit: called, param, text, line: expr.line })
        }
    })
    const bound = new Map<Unit, Set<string>>()
    for (const { unit, param, text, line } of texts) {
      const known = bound.get(unit) ?? new Set()
      bound.set(unit, known)
      const key = `${param}\0${text}`
      if (known.has(key)) continue
      known.add(key)
      bind(unit, param, { kind: 'text', value: text, line })
    }
    if (texts.length > 0) folder.forget()
  }

  function learn(unit: Unit, name: string, labels: Labels): void {
    let names = variables.get(unit)
    if (names === undefined) variables.set(unit, (names = new Map<string, Labels>()))
    grow(names, name, labels)
  }

  function grow<K>(table: Map<K, Labels>, key: K, labels: Labels): void {
    const before = table.get(key) ?? none
    if ([...labels.keys()].every((label) => before.has(label))) return
    table.set(key, new Map([...labels, ...before]))
    changed = true
  }

  function evaluate(expr: Expr, unit: Unit): Labels {
    if (expr.kind === 'text') return none
    const before = memory.get(expr)
    if (before !== undefined) return before
    memory.set(expr, none)
    const labels = compute(expr, unit)
    memory.set(expr, labels)
    return labels
  }

  function all(exprs: readonly Expr[], unit: Unit): Labels {
    return union(exprs.map((expr) => evaluate(expr, unit)))
  }

  function compute(expr: Expr, unit: Unit): Labels {
    const from = { file: unit.file, line: expr.line }
    const variable = environmentName(expr, unit, folder)
    if (variable !== null) return secretName.test(variable) ? new Map([[`token:${variable}`, from]]) : none
    switch (expr.kind) {
      case 'name':
      case 'member': {
        const name = folder.nameOf(expr, unit)
        if (inputs.has(name)) return variables.get(moduleOf(unit))?.get('$<') ?? none
        const own = variableLabels(textOf(expr), unit)
        const rule = rulesOf(unit.language, name, () => '').find(({ does }) => does === 'environment')
        if (rule !== undefined) return new Map([['environment', from], ...own])
        if (expr.kind === 'name') return own
        return union([own, evaluate(expr.of, unit)])
      }
      case 'function':
        return results.get(expr.unit) ?? none
      case 'within':
        return evaluate(expr.of, expr.unit)
      case 'call':
        return ofCall(expr, unit)
      case 'join':
        return unit.language === 'shell' ? ofWord(expr.parts, unit) : all(expr.parts, unit)
      default:
        return all(partsOf(expr), unit)
    }
  }

  /** A command or a program in which something of a server's is put into its place. */
  function ofWord(parts: readonly Expr[], unit: Unit): Labels {
    let before = ''
    return union(
      parts.map((part) => {
        const labels = evaluate(part, unit)
        const placed = labels.has('network') ? placedAfter(before, labels) : labels
        before = (before + (folder.textsOf(part, unit)[0] ?? unknownText)).slice(-2000)
        return placed
      }),
    )
  }

  function variableLabels(name: string, unit: Unit): Labels {
    const origin = lookUp(name, unit)
    if (origin === null) return none
    if (origin.from === 'bind') return variables.get(origin.unit)?.get(name) ?? none
    const module = index.module(origin.path)
    return (module && variables.get(module)?.get(origin.path.split('.').at(-1) ?? '')) ?? none
  }

  function ofCall(call: Call, unit: Unit): Labels {
    const from = { file: unit.file, line: call.line }
    const owner = call.of.kind === 'member' ? call.of.of : null
    const args = [...call.args, ...[...call.named.values()]]
    const given = all(args, unit)
    const found = rules(call, unit)
    const own = owner === null ? none : evaluate(owner, unit)
    const parts: Labels[] = []

    for (const unitCalled of calledUnits(call, unit)) {
      for (const [at, param] of unitCalled.params
        .filter((name) => name !== 'self' && name !== 'cls')
        .entries()) {
        const value = call.args[at] ?? call.named.get(param)
        if (value !== undefined) learn(unitCalled, param, evaluate(value, unit))
      }
      if (unit.language === 'shell') {
        for (const rest of ['$@', '$*']) learn(unitCalled, rest, all(call.args, unit))
        const fed = call.named.get('<')
        if (fed !== undefined) learn(unitCalled, '$<', evaluate(fed, unit))
      }
      parts.push(results.get(unitCalled) ?? none)
    }
    for (const program of [...(nested.get(call) ?? []), ...scriptsOf(call, unit)]) {
      learn(program, '$<', given)
      if (program.language === 'shell') {
        for (const [at, arg] of call.args.entries()) {
          learn(program, `$${at}`, evaluate(arg, unit))
          learn(program, `$${at + 1}`, evaluate(arg, unit))
        }
        parts.push(all(program.does, program))
      }
      parts.push(outputs.get(program) ?? none)
    }
    // A function that is handed to something gets what that gives: `Listener(on_press=f)`.
    for (const rule of found)
      if (rule.does === 'give' || rule.does === 'receive')
        for (const arg of args)
          for (const handler of handlersOf(arg, unit))
            for (const param of handler.params)
              learn(handler, param, new Map([[rule.gives ?? 'network', from]]))
    if (owner !== null && call.of.kind === 'member' && mutator.test(call.of.name)) spread(owner, unit, given)

    if (found.length === 0) return union([...parts, given, own])
    let passes = true
    for (const rule of found) {
      switch (rule.does) {
        case 'give':
          parts.push(new Map([[rule.gives ?? 'data', from]]))
          break
        case 'environment':
          parts.push(new Map([['environment', from]]))
          break
        case 'read':
        case 'copy': {
          const read = pick(call, unit, rule.path)
          parts.push(...read.map((path) => contentOf(path, unit, from)))
          // Bound by a loop such as `while read`, or handed on to what reads by itself.
          if (unit.language === 'shell' && readsByItself(call)) parts.push(variableLabels('$<', unit))
          if (rule.does === 'copy')
            for (const to of pick(call, unit, rule.to)) {
              const copied = union([...parts, given])
              store(to, unit, rule.to?.includes('=commits') === true ? ofProject(read, copied, unit) : copied)
            }
          break
        }
        case 'print':
          grow(outputs, moduleOf(unit), given)
          passes = false
          break
        case 'write': {
          const data = union([
            all(pick(call, unit, rule.data), unit),
            rule.gives === undefined ? none : new Map([[rule.gives, from]]),
            rule.receives === true ? new Map([['network', from]]) : none,
          ])
          const filled =
            rule.receives !== true && pick(call, unit, rule.data).some((expr) => hasOwnText(expr, unit))
          for (const path of pick(call, unit, rule.path))
            if (rule.folder === true) spread(path, unit, renamed(data, 'network-within'))
            else store(path, unit, filled ? inPart(data) : data)
          break
        }
        case 'decode':
          parts.push(new Map([['decoded', from]]))
          break
        case 'send':
        case 'receive':
          parts.push(new Map([['network', from]]))
          passes = false
          break
        case 'run':
        case 'interpret':
          passes = unit.language === 'shell'
          break
        case 'harmless':
        case 'resolve':
          passes = false
          break
        default:
      }
    }
    return union([...parts, ...(passes ? [given, own] : [])])
  }

  /** What agents find in a project belongs to it; only what they keep at home is a person's. */
  function ofProject(paths: readonly Expr[], labels: Labels, unit: Unit): Labels {
    const home = paths.some((path) => folder.textsOf(path, unit).some((text) => /^[~/$]/.test(text)))
    return home ? labels : new Map([...labels].filter(([label]) => label !== 'agent'))
  }

  /** Text of the skill's own into which something is filled. */
  function hasOwnText(expr: Expr, unit: Unit): boolean {
    const content = expr.kind === 'call' ? (expr.named.get('<') ?? expr) : expr
    return folder.textsOf(content, unit).some((text) => text.replaceAll(unknownText, '').trim().length > 12)
  }

  /** What reading that path gives: by where it leads, and by what the skill itself wrote there. */
  function contentOf(path: Expr, unit: Unit, from: { file: string; line: number }): Labels {
    const labels = new Map<string, { file: string; line: number }>()
    for (const text of folder.textsOf(path, unit)) {
      // `curl -F file=@PATH`, `-d @PATH`
      const plain = text.includes('@') && unit.language === 'shell' ? text.slice(text.indexOf('@') + 1) : text
      for (const { holds } of placeOf(plain)) labels.set(holds, from)
      for (const [label, place] of written(plain)) labels.set(label, place)
    }
    for (const [label, place] of writtenTo(path, unit)) labels.set(label, place)
    return labels
  }

  /** What the skill itself put there; of a whole folder, everything that it wrote beside itself. */
  function written(path: string): Labels {
    if (path === '.' || path === '-A' || path === '--all')
      return union([...files].filter(([name]) => !/^[/~=]/.test(name)).map(([, labels]) => labels))
    const plain = path.replace(/^\.\//, '')
    return (
      files.get(path) ?? files.get(plain) ?? files.get(plain.replace(/\.\w{2,5}(?:\.\w{2})?$/, '')) ?? none
    )
  }

  /** The same for a place that has a name in the shell: `curl -o "$file"`. */
  function writtenTo(path: Expr, unit: Unit): Labels {
    const symbol = unit.language === 'shell' ? symbolOf(path) : null
    const named = symbol === null ? undefined : files.get(symbol)
    return union([named ?? none, ...folder.textsOf(path, unit).map(written)])
  }

  function store(path: Expr, unit: Unit, labels: Labels): void {
    if (labels.size === 0) return
    if (unit.language === 'shell') {
      const symbol = symbolOf(path)
      if (symbol !== null) grow(files, symbol, labels)
      for (const text of folder.textsOf(path, unit)) if (text.length > 3) grow(files, text, labels)
      return
    }
    for (const text of folder.textsOf(path, unit)) {
      if (text.length > 3) grow(files, text, labels)
      if (loadable.test(text)) fill(path, unit, renamed(labels, 'network-within'), 0)
    }
    spread(path, unit, labels)
    // What is written through a handle is in the file that it was opened on.
    const origin = path.kind === 'name' ? lookUp(path.name, unit) : null
    const opened = origin?.from === 'bind' && origin.values.length === 1 ? origin.values[0] : undefined
    if (opened?.kind === 'call' && opened.args[0] !== undefined && origin?.from === 'bind')
      spread(opened.args[0], origin.unit, labels)
  }

  /** The folder that a path begins with holds it now: `os.path.join(folder, "m.py")`, `folder / "m.py"`. */
  function fill(path: Expr, unit: Unit, labels: Labels, depth: number): void {
    if (path.kind === 'join' || (path.kind === 'call' && path.args.length > 1)) {
      const first = path.kind === 'join' ? path.parts[0] : path.args[0]
      if (first?.kind === 'name') return spread(first, unit, labels)
      // `open(os.path.join(folder, "m.py"), "w")`
      if (first !== undefined && depth < 4) fill(first, unit, labels, depth + 1)
    } else if (path.kind === 'call' && path.args[0] !== undefined && depth < 4)
      fill(path.args[0], unit, labels, depth + 1)
    else if (path.kind === 'name' && depth < 4) {
      const origin = lookUp(path.name, unit)
      if (origin?.from === 'bind')
        for (const value of origin.values)
          if (value.kind === 'call' || value.kind === 'join') fill(value, origin.unit, labels, depth + 1)
    }
  }

  function writtenWithin(path: Expr, unit: Unit): Labels {
    const symbol = unit.language === 'shell' ? symbolOf(path) : null
    const folders = [...folder.textsOf(path, unit).flatMap((text) => text.split(':')), symbol ?? '']
      .map((text) => text.replace(/\/$/, ''))
      .filter((text) => text.length > 1 && !text.includes(unknownText))
    return union(
      [...files]
        .filter(([name]) => loadable.test(name) && folders.some((one) => name.startsWith(`${one}/`)))
        .map(([, labels]) => labels),
    )
  }

  /** Whatever a name stands for now holds this as well. */
  function spread(expr: Expr, unit: Unit, labels: Labels): void {
    if (labels.size === 0) return
    if (expr.kind === 'name' || expr.kind === 'member') {
      const origin = lookUp(textOf(expr), unit)
      if (origin?.from === 'bind') learn(origin.unit, textOf(expr), labels)
      else if (expr.kind === 'member') spread(expr.of, unit, labels)
    } else if (expr.kind === 'item' || expr.kind === 'call') spread(expr.of, unit, labels)
  }

  function calledUnits(call: Call, unit: Unit): readonly Unit[] {
    const { of } = call
    if (of.kind === 'function') return [of.unit]
    if (of.kind === 'text') return unit.language === 'shell' ? index.shell(of.value) : []
    if (of.kind === 'name') {
      const origin = lookUp(of.name, unit)
      if (origin?.from === 'import') return index.imported(origin.path)
      if (origin?.from === 'bind')
        return origin.values.flatMap((value) => (value.kind === 'function' ? [value.unit] : []))
      return index.named(unit.file, of.name)
    }
    if (of.kind !== 'member') return []
    const name = folder.nameOf(of, unit)
    const imported = index.imported(name)
    if (imported.length > 0) return imported
    // `subprocess.run` is not the skill's own `run`.
    const owner = of.of.kind === 'name' ? lookUp(of.of.name, unit) : null
    return owner?.from === 'import' && index.module(`${owner.path}.`) === undefined
      ? []
      : index.named(unit.file, of.name)
  }

  /** `python3 scripts/read.py | …`: a program of the skill that a command starts. */
  function scriptsOf(call: Call, unit: Unit): readonly Unit[] {
    if (unit.language !== 'shell') return []
    const [first] = call.args
    const path = [call.of, ...(first === undefined ? [] : [first])]
      .map((expr) => folder.textsOf(expr, unit)[0] ?? unknownText)
      .find((text) => /\.(?:py|sh|bash|js|mjs|cjs|ts)$/.test(text))
    const script = path === undefined ? undefined : index.script(path)
    return script === undefined || script === moduleOf(unit) ? [] : [script]
  }

  function handlersOf(expr: Expr, unit: Unit): readonly Unit[] {
    if (expr.kind === 'function') return [expr.unit]
    if (expr.kind === 'name' && lookUp(expr.name, unit) === null) return index.named(unit.file, expr.name)
    return []
  }

  function listsOf(expr: Expr, unit: Unit, depth = 0): readonly (readonly Expr[])[] {
    const inside = (part: Expr): Expr =>
      part.kind === 'text' ? part : { kind: 'within', of: part, unit, line: part.line }
    if (depth > 8) return []
    if (expr.kind === 'within') return listsOf(expr.of, expr.unit, depth + 1)
    if (expr.kind === 'list') return [expr.parts.map(inside)]
    if (expr.kind === 'join' && expr.parts[0]?.kind === 'list')
      return [[...expr.parts[0].parts, ...expr.parts.slice(1)].map(inside)]
    if (expr.kind !== 'name') return []
    const origin = lookUp(expr.name, unit)
    if (origin?.from !== 'bind') return []
    const values = [...origin.values, ...(given.get(origin.unit)?.get(expr.name) ?? [])]
    const lists = values.map((value) => listsOf(value, origin.unit, depth + 1))
    return lists.every((list) => list.length > 0) ? lists.flat() : []
  }

  function each(visit: (expr: Expr, unit: Unit) => void): void {
    everything ??= expressionsOf(units)
    for (const [expr, unit] of everything) visit(expr, unit)
  }

  return {
    ...folder,
    modules,
    settled,
    labelsOf: evaluate,
    rulesOf: rules,
    pick,
    listsOf,
    each,
    nestedIn: (call) => nested.get(call) ?? [],
    sends(program) {
      let found = false
      each((expr, unit) => {
        if (!found && expr.kind === 'call' && moduleOf(unit) === program)
          found =
            rules(expr, unit).some(({ does }) => does === 'send') ||
            (nested.get(expr) ?? []).some((within) => this.sends(within))
      })
      return found
    },
    isLibrary(call, unit) {
      if (calledUnits(call, unit).length > 0) return false
      const root = /^@?[\w-]+/.exec(folder.nameOf(call.of, unit))?.[0] ?? ''
      if (index.module(`${root}.`) !== undefined) return false
      if (unit.language === 'javascript') return /^[@a-z]/.test(root)
      for (let scope: Unit | null = unit; scope !== null; scope = scope.parent)
        for (const path of scope.imports.values()) if (path.split('.')[0] === root) return true
      return false
    },
    environmentName: (expr, unit) => environmentName(expr, unit, folder),
    contentOf: written,
    writtenTo,
    writtenWithin,
  }
}

/** What interpreters load from a folder. */
const loadable = /\.(?:pyc?|pyd|so|zip|egg|[cm]?js|node|dylib|dll|pm|rb)$/

/** A place of the shell as it is written: `$dir/x.sh`. */
function symbolOf(path: Expr): string | null {
  if (path.kind === 'name') return path.name
  if (path.kind === 'text') return path.value
  if (path.kind !== 'join') return null
  const parts = path.parts.map(symbolOf)
  return parts.some((part) => part === null) ? null : parts.join('')
}

/** True for `cat`, `base64 -w0` and the like, which read what whoever calls them is given. */
function readsByItself(call: Call): boolean {
  return !call.named.has('<') && call.args.every((arg) => arg.kind === 'text' && arg.value.startsWith('-'))
}

/** What a program is given by whoever starts it. */
const inputs = new Set(['sys.stdin', 'sys.argv', 'process.stdin', 'process.argv'])

import { isArgumentAfter, isQuotedAfter } from './arguments.ts'
import { rulesOf, type CallRule } from './calls.ts'
import { unknownText, type Folder } from './fold.ts'
import { lookUp, textOf } from './names.ts'
import { placeOf } from './places.ts'
import { moduleOf } from './expressions.ts'
import { bind, partsOf, type Call, type Expr, type Unit } from './program.ts'

/** What data is and where it came from: `keys`, `network`, `decoded`, `token:NAME`… */
export type Labels = ReadonlyMap<string, { readonly file: string; readonly line: number }>

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

const none: Labels = new Map()
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
  const rules = (call: Call, unit: Unit) =>
    rulesOf(unit.language, folder.nameOf(call.of, unit), () => textsOfArgs(call, unit))

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
    const variable = environmentName(expr, unit)
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

  /** The one variable of the environment that is read here; '?' where it isn't known which. */
  function environmentName(expr: Expr, unit: Unit): string | null {
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
          for (const path of pick(call, unit, rule.path)) store(path, unit, filled ? inPart(data) : data)
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
    const named = path.kind === 'name' && unit.language === 'shell' ? files.get(path.name) : undefined
    return union([named ?? none, ...folder.textsOf(path, unit).map(written)])
  }

  function store(path: Expr, unit: Unit, labels: Labels): void {
    if (labels.size === 0) return
    if (unit.language === 'shell') {
      if (path.kind === 'name') grow(files, path.name, labels)
      for (const text of folder.textsOf(path, unit)) if (text.length > 3) grow(files, text, labels)
      return
    }
    for (const text of folder.textsOf(path, unit)) if (text.length > 3) grow(files, text, labels)
    spread(path, unit, labels)
    // What is written through a handle is in the file that it was opened on.
    const origin = path.kind === 'name' ? lookUp(path.name, unit) : null
    const opened = origin?.from === 'bind' && origin.values.length === 1 ? origin.values[0] : undefined
    if (opened?.kind === 'call' && opened.args[0] !== undefined && origin?.from === 'bind')
      spread(opened.args[0], origin.unit, labels)
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

  function pick(call: Call, unit: Unit, places: readonly (string | number)[] | undefined): Expr[] {
    const exprs: Expr[] = []
    for (const place of places ?? []) {
      if (typeof place === 'number') exprs.push(...call.args.slice(place, place + 1))
      else if (place === 'self') exprs.push(...(call.of.kind === 'member' ? [call.of.of] : []))
      else if (place === 'rest') exprs.push(...call.args.slice(1))
      else if (place === 'all') exprs.push(...call.args)
      else if (place === 'sources') {
        const output = outputOf(call, unit, 'archive')
        exprs.push(...call.args.filter((arg) => !output.includes(arg)))
      } else if (place.startsWith('=')) exprs.push({ kind: 'text', value: place, line: call.line })
      else if (place === '<' && unit.language === 'shell' && !call.named.has('<')) {
        if (variableLabels('$<', unit).size > 0 && readsOn(call, unit))
          exprs.push({ kind: 'name', name: '$<', line: call.line })
      } else if (place === '<?') {
        // Beside a program of its own, what an interpreter reads is data.
        if (exprs.length === 0 && call.named.has('<')) exprs.push(call.named.get('<')!)
      } else if (place === 'archive' || place === 'output') exprs.push(...outputOf(call, unit, place))
      else if (place.startsWith('-')) exprs.push(...afterFlag(call, unit, place))
      else if (place === 'origin' || place === 'peer') exprs.push(...creatorOf(call, unit))
      else exprs.push(...(call.named.has(place) ? [call.named.get(place)!] : []))
    }
    return exprs
  }

  /** In a loop that reads, `curl` takes what is left only where it is told to. */
  function readsOn(call: Call, unit: Unit): boolean {
    if (!/^(?:curl|wget|https?|aria2c)$/.test(folder.nameOf(call.of, unit))) return true
    return call.args.some((arg) => /(?:^|@)-$|\/dev\/stdin/.test(folder.textsOf(arg, unit)[0] ?? ''))
  }

  function outputOf(call: Call, unit: Unit, place: 'archive' | 'output'): Expr[] {
    const texts = call.args.map((arg) => folder.textsOf(arg, unit)[0] ?? unknownText)
    const flag = texts.findIndex((text) =>
      (place === 'output' ? /^(?:-[a-zA-Z]*[oO]|--output|--output-document)$/ : /^-?[a-zA-Z]*f$/).test(text),
    )
    const found =
      flag >= 0
        ? call.args[flag + 1]
        : place === 'archive'
          ? targetOf(folder.nameOf(call.of, unit), call.args, texts)
          : undefined
    if (place === 'output' && (found === undefined || /^https?:/.test(texts[flag + 1] ?? '')))
      return lastSegments(texts).map((value) => ({ kind: 'text', value, line: call.line }))
    return found === undefined ? [] : [found]
  }

  /** Without a flag: a zip archive stands first, tar writes to its output, and what copies names its target last. */
  function targetOf(command: string, args: readonly Expr[], texts: readonly string[]): Expr | undefined {
    if (command === 'tar') return undefined
    return args.at(command === 'zip' ? texts.findIndex((text) => !text.startsWith('-')) : -1)
  }

  function afterFlag(call: Call, unit: Unit, flag: string): Expr[] {
    const letter = flag.slice(1)
    const at = call.args.findIndex((arg) => {
      const text = folder.textsOf(arg, unit)[0] ?? ''
      return text === flag || (flag.length === 2 && /^-[a-z]+$/.test(text) && text.endsWith(letter))
    })
    return at >= 0 && call.args[at + 1] !== undefined ? [call.args[at + 1]!] : []
  }

  /** The arguments that the object was made with which the method belongs to. */
  function creatorOf(call: Call, unit: Unit): Expr[] {
    if (call.of.kind !== 'member') return []
    let { of } = call.of
    for (let step = 0; step < 4; step++) {
      if (of.kind === 'call') return [...of.args]
      const origin = of.kind === 'name' || of.kind === 'member' ? lookUp(textOf(of), unit) : null
      if (origin?.from === 'bind' && origin.values[0] !== undefined) of = origin.values[0]
      else if (of.kind === 'member') of = of.of
      else return []
    }
    return []
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
          found = rules(expr, unit).some(({ does }) => does === 'send')
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
    environmentName,
    contentOf: written,
    writtenTo,
  }
}

/** The names that files get which are fetched without one: the last part of an address. */
function lastSegments(texts: readonly string[]): string[] {
  return texts.flatMap((text) => /^https?:\/\/[^?#]+\/([\w.-]{3,100})(?:[?#]|$)/.exec(text)?.[1] ?? [])
}

/** True for `cat`, `base64 -w0` and the like, which read what whoever calls them is given. */
function readsByItself(call: Call): boolean {
  return !call.named.has('<') && call.args.every((arg) => arg.kind === 'text' && arg.value.startsWith('-'))
}

/** A value from a server within a text of the skill's own is not yet the server's program. */
function inPart(labels: Labels): Labels {
  return renamed(labels, 'network-part')
}

/** `network-argument`: only an argument, where this is a command. `network-quoted`: only a text, where it is a program. */
function placedAfter(before: string, labels: Labels): Labels {
  const argument = isArgumentAfter(before)
  const quoted = isQuotedAfter(before)
  if (!argument && !quoted) return labels
  return renamed(
    labels,
    argument && quoted ? 'network-part' : argument ? 'network-argument' : 'network-quoted',
  )
}

function renamed(labels: Labels, name: string): Labels {
  return new Map(
    [...labels].map(([label, from]) => [/^network(?:-argument|-quoted)?$/.test(label) ? name : label, from]),
  )
}

/** What a program is given by whoever starts it. */
const inputs = new Set(['sys.stdin', 'sys.argv', 'process.stdin', 'process.argv'])
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

function union(labels: readonly Labels[]): Labels {
  const filled = labels.filter((one) => one.size > 0)
  if (filled.length === 0) return none
  return filled.length === 1 ? filled[0]! : new Map(filled.flatMap((one) => [...one]))
}

function parametersOf(unit: Unit): readonly string[] {
  return unit.params.filter((name) => name !== 'self' && name !== 'cls')
}

function allUnits(unit: Unit): Unit[] {
  return [unit, ...unit.units.flatMap(allUnits)]
}

/** Every expression of a program, each with the function that it stands in. */
function expressionsOf(units: readonly Unit[]): ReadonlyMap<Expr, Unit> {
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

function indexUnits(modules: readonly Unit[]) {
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
  const module = (path: string): Unit | undefined =>
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

import { attempt, decodeBase64, decoders } from './decoders.ts'
import { createNames, lookUp, textOf, type Names } from './names.ts'
import { homes, passing, paths } from './path-calls.ts'
import { partsOf, type Call, type Expr, type Unit } from './program.ts'
import { codeText, cut, limited, limits, product, tangledText, unknownText } from './texts.ts'

export interface Folder extends Names {
  /** The texts that an expression can come to, with `unknownText` for parts that aren't known. Bytes are Latin-1. */
  textsOf(expr: Expr, unit: Unit): readonly string[]
  /** Works everything out anew from now on: something more is bound. */
  forget(): void
}

type Given = ReadonlyMap<string, string>

/** Works out what can be known of texts without running anything: put together, decoded, unpacked, reversed. */
export function createFolder(): Folder {
  const memory = new Map<Expr, readonly string[]>()
  const names = createNames((expr, unit) => textsOf(expr, unit))
  const unknown: readonly string[] = [unknownText]
  const tangled: readonly string[] = [tangledText]

  function textsOf(expr: Expr, unit: Unit): readonly string[] {
    return fold(expr, unit, null, 0)
  }

  function fold(expr: Expr, unit: Unit, given: Given | null, depth: number): readonly string[] {
    if (expr.kind === 'text') return [cut(expr.value)]
    if (depth > limits.depth) return tangled
    if (given !== null) return compute(expr, unit, given, depth)
    const before = memory.get(expr)
    if (before !== undefined) return before
    memory.set(expr, unknown)
    const texts = compute(expr, unit, null, depth)
    memory.set(expr, texts)
    return texts
  }

  function compute(expr: Expr, unit: Unit, given: Given | null, depth: number): readonly string[] {
    const next = (part: Expr) => fold(part, unit, given, depth + 1)
    switch (expr.kind) {
      case 'name': {
        const value = given?.get(expr.name)
        if (value !== undefined) return [value]
        if (expr.name === '$HOME') return ['~']
        return ofName(expr.name, unit, depth)
      }
      case 'member': {
        if (homes.has(names.nameOf(expr, unit))) return ['~']
        const bound = ofName(textOf(expr), unit, depth)
        if (bound !== unknown) return bound
        return expr.name === 'name' || expr.name === 'path' ? next(expr.of) : unknown
      }
      case 'join':
        return product(expr.parts.map(next))
      case 'item': {
        const items = listOf(expr.of, unit)
        if (homes.has(names.nameOf(expr, unit)) || isHome(expr, unit)) return ['~']
        if (items === null) return unknown
        const index = expr.by[0] === undefined ? null : Number(next(expr.by[0])[0])
        if (index !== null && Number.isInteger(index) && items[index] !== undefined) return next(items[index])
        return limited(
          items.flatMap((item) => (item.kind === 'list' ? item.parts.flatMap(next) : next(item))),
        )
      }
      case 'call':
        return ofCall(expr, unit, given, depth)
      case 'within':
        return fold(expr.of, expr.unit, null, depth + 1)
      case 'other':
        return expr.parts.length === 1 && unit.language === 'shell' ? next(expr.parts[0]!) : unknown
      default:
        return unknown
    }
  }

  function ofName(name: string, unit: Unit, depth: number): readonly string[] {
    const origin = lookUp(name, unit)
    if (origin?.from !== 'bind' || origin.values.length === 0) return unknown
    return limited(origin.values.flatMap((value) => fold(value, origin.unit, null, depth + 1)))
  }

  function isHome(expr: Extract<Expr, { kind: 'item' }>, unit: Unit): boolean {
    const by = expr.by[0]
    const of = names.nameOf(expr.of, unit)
    return (
      by?.kind === 'text' &&
      (by.value === 'HOME' || by.value === 'USERPROFILE') &&
      (of === 'os.environ' || of === 'process.env')
    )
  }

  function listOf(expr: Expr, unit: Unit, depth = 0): readonly Expr[] | null {
    if (depth > 4) return null
    if (expr.kind === 'list') return expr.parts
    if (expr.kind === 'other') return expr.parts
    if (expr.kind === 'call' && expr.of.kind === 'name') {
      if (expr.of.name === '{}') return [...expr.named.values(), ...expr.args]
      if (
        ['enumerate', 'sorted', 'reversed', 'list', 'tuple', 'iter', 'each'].includes(expr.of.name) &&
        expr.args[0] !== undefined
      )
        return listOf(expr.args[0], unit, depth + 1)
    }
    if (
      expr.kind === 'call' &&
      expr.of.kind === 'member' &&
      /^(?:items|values|entries|forEach|map)$/.test(expr.of.name)
    )
      return listOf(expr.of.of, unit, depth + 1)
    if (expr.kind === 'name' || expr.kind === 'member') {
      const origin = lookUp(textOf(expr), unit)
      if (origin?.from !== 'bind') return null
      const lists = origin.values.map((value) => listOf(value, origin.unit, depth + 1))
      return lists.every((list) => list !== null) ? lists.flat() : null
    }
    return null
  }

  function ofCall(call: Call, unit: Unit, given: Given | null, depth: number): readonly string[] {
    const next = (part: Expr | undefined) =>
      part === undefined ? unknown : fold(part, unit, given, depth + 1)
    const name = names.nameOf(call.of, unit)
    const [first, second] = call.args
    if (homes.has(`${name}()`)) return ['~']
    if (unit.language === 'shell') return ofCommand(name, call, next)
    const method = call.of.kind === 'member' ? call.of : null
    if (paths.has(name))
      return product(call.args.flatMap((arg, index) => (index === 0 ? [next(arg)] : [['/'], next(arg)])))
    if (passing.has(name)) return next(first)
    if (/^(?:os\.environ\.get|os\.getenv)$/.test(name))
      return /^(?:HOME|USERPROFILE)$/.test(next(first)[0] ?? '')
        ? ['~']
        : second === undefined
          ? unknown
          : next(second)
    const decoder = decoders[name] ?? (method === null ? undefined : decoders[`.${method.name}`])
    if (decoder !== undefined) {
      const texts = next(method !== null && decoders[name] === undefined ? method.of : first)
      const how = next(second ?? call.named.get('encoding'))[0] ?? ''
      return limited(
        texts.map((text) =>
          text.includes(unknownText) ? unknownText : (attempt(() => decoder(text, how)) ?? unknownText),
        ),
      )
    }
    if (name === 'chr' || name === 'String.fromCharCode' || name === 'String.fromCodePoint')
      return product(call.args.map((arg) => next(arg).map(codeText)))
    if (name === 'bytes' || name === 'bytearray' || name === 'Uint8Array.from' || name === 'Buffer.from') {
      const items = first === undefined ? null : listOf(first, unit)
      if (items !== null) return product(items.map((item) => next(item).map(codeText)))
      const encoding = next(second)[0] ?? ''
      return limited(
        next(first).map((text) =>
          name === 'Buffer.from'
            ? (attempt(() => Buffer.from(text, encoding as BufferEncoding).toString('latin1')) ?? unknownText)
            : text,
        ),
      )
    }
    if (method !== null) return ofMethod(method, call, unit, given, depth)
    return unknown
  }

  function ofMethod(
    method: Extract<Expr, { kind: 'member' }>,
    call: Call,
    unit: Unit,
    given: Given | null,
    depth: number,
  ): readonly string[] {
    const next = (part: Expr | undefined) =>
      part === undefined ? unknown : fold(part, unit, given, depth + 1)
    const [first, second] = call.args
    switch (method.name) {
      case 'join': {
        const python = unit.language === 'python'
        const separator = python ? next(method.of)[0] : first === undefined ? ',' : next(first)[0]
        const sequence = sequenceOf(python ? first : method.of, unit, depth)
        if (separator === undefined || sequence === null) return unknown
        return [sequence.join(separator)]
      }
      case 'joinpath':
        return product([next(method.of), ...call.args.flatMap((arg) => [['/'], next(arg)])])
      case 'concat':
        return product([next(method.of), ...call.args.map(next)])
      case 'replace':
      case 'replaceAll': {
        const [from, to] = [next(first)[0] ?? unknownText, next(second)[0] ?? unknownText]
        if ((from + to).includes(unknownText) || from === '') return next(method.of)
        return limited(next(method.of).map((text) => cut(text.split(from).join(to))))
      }
      case 'format':
        return limited(
          next(method.of).map((text) => text.replace(/\{[^{}]*\}/g, next(first)[0] ?? unknownText)),
        )
      case 'toString':
      case 'decode':
      case 'encode':
      case 'strip':
      case 'trim':
      case 'rstrip':
      case 'expanduser':
      case 'resolve':
      case 'absolute':
      case 'as_posix':
      case 'open':
        return next(method.of)
      default:
        return unknown
    }
  }

  /** The texts of a list one after the other: `chr(c) for c in [99, 117]`, `"cba".split("").reverse()`. */
  function sequenceOf(expr: Expr | undefined, unit: Unit, depth: number): string[] | null {
    if (expr === undefined || depth > limits.depth) return null
    if (
      expr.kind === 'call' &&
      expr.of.kind === 'name' &&
      expr.of.name === 'each' &&
      expr.args[0] !== undefined
    ) {
      const body = expr.args[0]
      const variable = namesIn(body)
        .map((name) => ({ name, item: bindingOf(name, unit) }))
        .find(({ item }) => item?.kind === 'item' && item.by.length === 0)
      if (variable?.item?.kind !== 'item') return null
      const values = sequenceOf(variable.item.of, unit, depth + 1)
      if (values === null || values.length > 8192) return null
      const texts = values.map(
        (value) => fold(body, unit, new Map([[variable.name, value]]), depth + 1)[0] ?? unknownText,
      )
      return texts.some((text) => text.includes(unknownText)) ? null : texts
    }
    if (expr.kind === 'call' && expr.of.kind === 'name' && expr.of.name === 'reversed')
      return sequenceOf(expr.args[0], unit, depth + 1)?.reverse() ?? null
    if (
      expr.kind === 'call' &&
      expr.of.kind === 'name' &&
      expr.of.name === 'map' &&
      expr.args[1] !== undefined
    ) {
      const values = sequenceOf(expr.args[1], unit, depth + 1)
      return names.nameOf(expr.args[0]!, unit) === 'chr' ? (values?.map(codeText) ?? null) : null
    }
    if (expr.kind === 'call' && expr.of.kind === 'member') {
      const { name, of } = expr.of
      if (name === 'reverse') return sequenceOf(of, unit, depth + 1)?.reverse() ?? null
      if (name === 'split') {
        const separator = fold(
          expr.args[0] ?? { kind: 'text', value: ' ', line: 0 },
          unit,
          null,
          depth + 1,
        )[0]
        const text = fold(of, unit, null, depth + 1)[0]
        return separator === undefined || text === undefined || text.includes(unknownText)
          ? null
          : text.split(separator)
      }
      if (name === 'map') {
        const [mapper] = expr.args
        const values = sequenceOf(of, unit, depth + 1)
        if (mapper?.kind !== 'function' || values === null) return null
        const [param] = mapper.unit.params
        const body = mapper.unit.returns[0]
        if (param === undefined || body === undefined) return null
        return values.map(
          (value) => fold(body, mapper.unit, new Map([[param, value]]), depth + 1)[0] ?? unknownText,
        )
      }
    }
    const items = listOf(expr, unit)
    if (items !== null && items.length <= 8192) {
      const texts = items.map((item) => fold(item, unit, null, depth + 1)[0] ?? unknownText)
      return texts.some((text) => text.includes(unknownText)) ? null : texts
    }
    const [text] = fold(expr, unit, null, depth + 1)
    return text === undefined || text.includes(unknownText) ? null : [...text]
  }

  function bindingOf(name: string, unit: Unit): Expr | undefined {
    const origin = lookUp(name, unit)
    return origin?.from === 'bind' && origin.values.length === 1 ? origin.values[0] : undefined
  }

  function ofCommand(
    name: string,
    call: Call,
    next: (part: Expr | undefined) => readonly string[],
  ): readonly string[] {
    const source = call.named.get('<')
    const args = call.args.map((arg) => next(arg)[0] ?? unknownText)
    const from =
      source === undefined
        ? (args.find((arg) => !arg.startsWith('-')) ?? unknownText)
        : (next(source)[0] ?? unknownText)
    if (name === 'echo' || name === 'printf') return [args.filter((arg) => !/^-[neE]+$/.test(arg)).join(' ')]
    if (from.includes(unknownText)) return unknown
    if (name === 'base64' && args.some((arg) => /^(?:-d|-D|--decode|-di)$/.test(arg)))
      return [decodeBase64(from)]
    if (name === 'xxd' && args.some((arg) => arg.includes('r')))
      return [Buffer.from(from.trim(), 'hex').toString('latin1')]
    if (name === 'rev') return [[...from.trimEnd()].reverse().join('')]
    if (name === 'cat' && source !== undefined) return [from]
    return unknown
  }

  return {
    ...names,
    textsOf,
    forget() {
      memory.clear()
      names.forget()
    },
  }
}

function namesIn(expr: Expr): string[] {
  return expr.kind === 'name' ? [expr.name] : partsOf(expr).flatMap(namesIn)
}

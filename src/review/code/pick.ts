import type { Folder } from './fold.ts'
import { unknownText } from './texts.ts'
import { lookUp, textOf } from './names.ts'
import type { Call, Expr, Unit } from './program.ts'

/** The parts of a call that a rule means (`rules/calls.yml` says how places are written). `hasInput`: whoever calls feeds it. */
export function createPick(folder: Folder, hasInput: (unit: Unit) => boolean) {
  return pick

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
        if (hasInput(unit) && readsOn(call, unit)) exprs.push({ kind: 'name', name: '$<', line: call.line })
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
}

/** The names that files get which are fetched without one: the last part of an address. */
function lastSegments(texts: readonly string[]): string[] {
  return texts.flatMap((text) => /^https?:\/\/[^?#]+\/([\w.-]{3,100})(?:[?#]|$)/.exec(text)?.[1] ?? [])
}

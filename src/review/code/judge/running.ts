import { ownProgram } from '../../../shared/skill-manifest.ts'
import type { CallRule } from '../calls.ts'
import { unknownText } from '../texts.ts'
import type { Expr } from '../program.ts'
import { programOf } from './program-name.ts'
import { guardedAmong } from './guarded.ts'
import { judgeSentBy } from './sending.ts'
import type { Site } from './site.ts'
import { judgeTangled } from './tangled.ts'

const fromServer = 'This runs whatever a server sends, so nobody can review what it does.'
/** Where the packages of registries are served as modules. */
const modules =
  /^https:\/\/(?:esm\.sh|cdn\.jsdelivr\.net\/npm|unpkg\.com|cdn\.skypack\.dev|deno\.land|jsr\.io)\//
const pathMakers = /^(?:os\.path\.\w+|os\.fspath|pathlib\.\w+|path\.\w+|path\.posix\.\w+|str)$/
const interpreters = /(?:^|\/)(?:ba|z|k|da)?sh$|powershell|pwsh|cmd(?:\.exe)?$|python|node$|osascript/

/** Text that becomes code: `eval`, `exec`, an object that is unpacked, a module that is loaded. */
export function judgeCode(rule: CallRule, site: Site): void {
  const { pick, say, textsOf, labelsOf, shown } = site
  const code = pick(rule.code)
  const [first] = code
  if (first === undefined) return
  if (rule.when !== undefined) {
    const address = textsOf(first)[0] ?? ''
    if (/^https?:/.test(address))
      say(
        'remote-code',
        // As much as a package that is installed, where a document shows it.
        shown && modules.test(address) ? 'medium' : 'critical',
        'This loads code from a server and runs it, so nobody can review what it does.',
      )
    else
      say(
        'hidden-code',
        'critical',
        'This runs code that is carried along as data, so nobody can review what it does.',
      )
    return
  }
  const labels = labelsOf(code)
  judgeTangled(code, 'high', site)
  const assembled = code.some((expr) => isAssembled(expr, site))
  if (labels.has('network') || labels.has('network-within') || isFetched(code, site))
    say('remote-code', 'critical', fromServer)
  else if (labels.has('decoded') && rule.does === 'load')
    say(
      'hidden-code',
      assembled ? 'critical' : 'medium',
      'This unpacks objects that can bring code with them.',
    )
  else if (labels.has('decoded'))
    say('hidden-code', 'critical', 'This unpacks hidden code and runs it, so nobody can review what it does.')
  else if (rule.does === 'evaluate' && assembled)
    say(
      'hidden-code',
      'high',
      'This puts code together from pieces and runs it, so that nobody sees what it does.',
    )
  else if (rule.does === 'evaluate' && !code.every((expr) => expr.kind === 'text'))
    say('dynamic-code', 'medium', 'This runs text as code, so what it does depends on data.')
}

/** True where one of these is the path of a file, or of a folder, that the skill itself filled from a server. */
function isFetched(paths: readonly Expr[], { flow, unit }: Site): boolean {
  return paths.some(
    (path) => flow.writtenTo(path, unit).has('network') || flow.writtenWithin(path, unit).has('network'),
  )
}

/** A program of the skill's own with places that are filled in: what it does stands there. */
function isTemplate(expr: Expr): boolean {
  const [first] = expr.kind === 'join' ? expr.parts : []
  return first?.kind === 'text' && first.value.trim().length > 20
}

/** Text that was cut up though all of it was known when it was written. A path is always put together. */
function isAssembled(expr: Expr, { textsOf, flow, unit }: Site): boolean {
  if (expr.kind !== 'call' && expr.kind !== 'join') return false
  if (expr.kind === 'call' && pathMakers.test(flow.nameOf(expr.of, unit))) return false
  return (
    textsOf(expr).every((text) => !text.includes(unknownText) && text.length > 8) &&
    (expr.kind === 'call' || expr.parts.length > 2)
  )
}

/** Programs and commands that are started. */
export function judgeRun(rule: CallRule, site: Site): void {
  const { call, unit, pick, say, labelsOf, shown, flow } = site
  const command = pick(rule.code)
  const [first] = command
  if (unit.language !== 'shell') {
    judgeProgram(first, site)
    judgeSentBy(call.args, [...call.named.values()], site)
  } else judgeSentBy(command, [], site)
  const decisive = [...decisiveOf(command, site), ...inputOf(command, site)]
  const labels = labelsOf(decisive)
  judgeTangled(decisive, rule.does === 'interpret' && decisive.every(isTemplate) ? 'medium' : 'high', site)
  if (labels.has('decoded'))
    say(
      'hidden-code',
      'critical',
      'This decodes a hidden command and runs it, so nobody can see what would happen.',
    )
  else if (
    !shown &&
    (labels.has('network') ||
      labels.has(rule.does === 'interpret' ? 'network-argument' : 'network-quoted') ||
      isFromServer(scriptOf(site), site))
  )
    say('remote-code', 'critical', fromServer)
  else if (!shown && scriptOf(site).some((path) => flow.writtenTo(path, unit).has('network-part')))
    say('remote-code', 'medium', 'This runs a file into which it wrote what came from a server.')
  else if (!shown && labels.has('network-within'))
    say('remote-code', 'high', 'This runs a file of a folder into which it put what came from a server.')
  else if (!shown && ['network-argument', 'network-quoted', 'network-part'].some((one) => labels.has(one)))
    say('remote-code', 'medium', 'This puts what came from a server into a command that it runs.')
  else if (
    rule.does === 'run' &&
    unit.language !== 'shell' &&
    first !== undefined &&
    decisive.some((expr) => expr.kind === 'call' && isAssembled(expr, site))
  )
    say('hidden-code', 'high', 'This puts a command together from pieces, so that nobody sees what it does.')
  // Data that is filled into a program which sends.
  if (flow.nestedIn(call).some((nested) => flow.sends(nested))) judgeFilledIn(command, site)
}

function judgeFilledIn(command: readonly Expr[], site: Site): void {
  const parts = command.flatMap((expr) => (expr.kind === 'list' ? expr.parts : [expr]))
  for (const { severity, words } of guardedAmong(site.labelsOf(parts), site.told, false))
    if (severity === 'critical')
      site.say('exfiltration', severity, `This gives ${words} to a program that sends data elsewhere.`)
}

/** The file that an interpreter is given may be named by what it was downloaded to. */
function isFromServer(script: readonly Expr[], site: Site): boolean {
  return isFetched(script, site) || site.labelsOf(script.filter(({ kind }) => kind === 'call')).has('network')
}

/** What an interpreter reads from its caller is what it runs, unless it was given a program of its own. */
function inputOf([first]: readonly Expr[], site: Site): readonly Expr[] {
  const input = site.call.named.get('input')
  if (site.unit.language === 'shell' || input === undefined) return []
  if (!interpreters.test(programOf(first, site) ?? 'python')) return []
  const words = first?.kind === 'list' ? first.parts.slice(1).map((part) => site.textsOf(part)[0] ?? '') : []
  return words.some((word) => !/^-(?!m$|c$)/.test(word) && word !== '/dev/stdin') ? [] : [input]
}

/** In shell, the file that an interpreter is given to run. */
function scriptOf({ call, unit, textsOf }: Site): readonly Expr[] {
  if (unit.language !== 'shell') return []
  const script = call.args.find((arg) => !(textsOf(arg)[0] ?? '-').startsWith('-'))
  return script === undefined ? [] : [script]
}

/** The parts of a command that decide what happens: the program, and all of it where that is an interpreter. */
function decisiveOf(command: readonly Expr[], { call, unit, textsOf, flow }: Site): readonly Expr[] {
  const [first] = command
  if (unit.language === 'shell') {
    // `zcat log | bash script.sh` reads data; only without a script of its own does a shell carry out what it reads.
    const own = call.args.some((arg) => !(textsOf(arg)[0] ?? '-').startsWith('-'))
    const code = command.some((expr) => expr !== call.named.get('<'))
    return own && !code && !call.args.some((arg) => /^-$|^-s$/.test(textsOf(arg)[0] ?? '')) ? [] : command
  }
  const [, list] = call.args
  // `spawn("bash", ["-c", …])`
  if (unit.language === 'javascript' && first?.kind === 'text' && list?.kind === 'list')
    return interpreters.test(first.value) && hasCode(list.parts.map((part) => textsOf(part)[0] ?? ''))
      ? list.parts
      : [first]
  // A name for lists: each by itself, as far as all of them are known.
  const lists = first?.kind === 'name' ? flow.listsOf(first, unit) : []
  if (lists.length > 0) return lists.flatMap((list) => decisiveInList(list, textsOf) ?? command)
  if (first?.kind === 'list') return decisiveInList(first.parts, textsOf) ?? command
  if (first?.kind !== 'join') return command
  const [program] = first.parts
  if (program?.kind !== 'text' || !/^\s*\S+\s/.test(program.value)) return command
  const words = first.parts.map((part) => textsOf(part)[0] ?? '')
  return interpreters.test(program.value.trim().split(/\s/, 1)[0] ?? '') && hasCode(words)
    ? command
    : [program]
}

/** The first word is the program; what follows it is only data to it, unless it is a shell: then null, all of it. */
function decisiveInList(list: readonly Expr[], textsOf: Site['textsOf']): readonly Expr[] | null {
  const [program, ...rest] = list
  if (program === undefined) return null
  const words = rest.map((part) => textsOf(part)[0] ?? '')
  const text = textsOf(program)[0] ?? ''
  if (!interpreters.test(text.trim().split(/\s/, 1)[0] ?? '')) return [program]
  if (hasCode([text, ...words])) return null
  const script = rest.find((_, at) => !(words[at] ?? '-').startsWith('-'))
  return script !== undefined ? [program, script] : [program]
}

/** True where one of the words says that code follows. */
function hasCode(words: readonly string[]): boolean {
  return /(?:^|\s)["']?-{1,2}(?:c|e|eval|command|encodedcommand)\b/i.test(words.join(' '))
}

/** Programs beyond those that the skill declares. */
function judgeProgram(command: Expr | undefined, site: Site): void {
  const { manifest, shown, say } = site
  if (shown) return
  const program = programOf(command, site)
  const own = manifest === null ? null : ownProgram(manifest)
  if (own !== null && program === own) return
  if (manifest?.capabilities.exec === undefined)
    say(
      'starts-programs',
      manifest === null ? 'low' : 'medium',
      'This starts another program, but the skill does not declare the capability exec.',
    )
  else if (program !== null && !manifest.sandbox.exec.includes(program))
    say(
      'undeclared-program',
      'medium',
      `This starts ${program}, which is not among the programs that the skill may start.`,
    )
}

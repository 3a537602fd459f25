import type { CallRule } from '../calls.ts'
import type { Labels } from '../labels.ts'
import { hostOf, isDropPoint, isLoopback } from '../hosts.ts'
import { placeOf } from '../places.ts'
import type { Expr } from '../program.ts'
import { hostsOf, isNamed, isNetworkCommand, judgeHosts } from './destination.ts'
import { guardedAmong, guardedAt } from './guarded.ts'
import { programOf } from './program-name.ts'
import type { Site } from './site.ts'
import { judgeTokens } from './tokens.ts'

/** Services whose own access data goes to themselves. */
const services = /google|github|amazon|aws|azure|microsoft|docker|npmjs|gitlab|kubernetes|atlassian/

/** What a call sends, and where to. */
export function judgeSend(rule: CallRule, site: Site): void {
  const { unit, say, pick, labelsOf, textsOf, shown } = site
  const hosts = hostsOf(rule, site)
  judgeHosts(hosts, site)
  if (hosts.length > 0 && hosts.every(isLoopback)) return
  const targets = pick(rule.to)
  const data = pick(rule.data)
  const labels = labelsOf(data)
  const whereTo = hosts[0] ?? 'another computer'
  judgeGuarded(labels, hosts, site)
  if (unit.language === 'shell') judgeSentFiles(rule, data, whereTo, hosts, site)
  if (labels.has('env-file') && labelsOf(bodyOf(site)).has('env-file'))
    say('exfiltration', 'high', `This sends the file that holds a project's keys to ${whereTo}.`)
  judgeTokens(labels, hosts, site)
  if (rule.does === 'send' && targets.some((expr) => isHidden(expr, site)))
    say(
      'hidden-address',
      // A shell decodes answers; where nothing is known of the address, it isn't the skill's own text that was hidden.
      unit.language === 'shell' && hosts.length === 0 ? 'medium' : 'high',
      'This hides where it connects to: the address is decoded while the code runs.',
    )
  if (rule.does === 'resolve' && targets.some((expr) => carriesData(expr, site)))
    say('exfiltration', 'high', 'This hides data in the name of a host that it looks up.')
  const drop = hosts.find(isDropPoint)
  if (drop !== undefined && !shown && data.length > targets.length)
    say(
      'drop-point',
      'high',
      `This leaves data at ${drop}, where anybody can pick it up and nobody is answerable.`,
    )
  if (labels.has('machine'))
    say('reports-machine', 'medium', `This tells ${whereTo} whose computer it runs on.`)

  /** A name to look up that is made of data: `$(…)`, an encoded text, a piece of a file. */
  function carriesData(expr: Expr, { unit: within, flow }: Site): boolean {
    const carried = flow.labelsOf(expr, within)
    if (guardedAmong(carried, '', false).length > 0 || carried.has('credentials') || carried.has('env-file'))
      return true
    if ([...carried.keys()].some((label) => label.startsWith('token:'))) return true
    return (
      expr.kind === 'join' &&
      expr.parts.some((part) => part.kind === 'call') &&
      textsOf(expr).some((text) => /\ufffd.{0,3}\./.test(text))
    )
  }
}

/** An address that is decoded. Where its host stands in the program as it is, what was decoded is sent, not hidden. */
function isHidden(expr: Expr, { labelsOf, textsOf, unit }: Site): boolean {
  if (!labelsOf([expr]).has('decoded')) return false
  const [first] = expr.kind === 'join' ? expr.parts : [expr]
  if (first?.kind === 'text' && /^https?:\/\/[a-z0-9.-]+(?::\d+)?[/?#]/i.test(first.value)) return false
  return unit.language !== 'shell' || !/^[\w-]+=/.test(textsOf(expr)[0] ?? '')
}

/** Says for each thing that must never leave that it does. */
function judgeGuarded(labels: Labels, hosts: readonly string[], site: Site): void {
  for (const { severity, words } of guardedAmong(labels, site.told, isNamed(hosts, site)))
    site.say('exfiltration', severity, `This sends ${words} to ${hosts[0] ?? 'another computer'}.`)
  if (labels.has('credentials') && !hosts.some((host) => services.test(host)))
    site.say(
      'exfiltration',
      hosts.length > 0 ? 'critical' : 'medium',
      `This sends somebody's access to other services to ${hosts[0] ?? 'another computer'}.`,
    )
}

/** Files that a shell command sends by their paths: `-F file=@PATH`, `-T PATH`, `scp PATH HOST:`. */
function judgeSentFiles(
  rule: CallRule,
  data: readonly Expr[],
  whereTo: string,
  hosts: readonly string[],
  site: Site,
): void {
  const { flow, say, textsOf } = site
  const uploads = rule.uploads === true
  for (const expr of data)
    for (const text of textsOf(expr)) {
      const at = text.indexOf('@')
      const path = at >= 0 && !uploads ? text.slice(at + 1) : uploads || isUpload(site, expr) ? text : null
      if (path === null || path === '' || path.includes('://')) continue
      judgeGuarded(flow.contentOf(path), hosts, site)
      for (const { holds } of placeOf(path)) {
        const guard = guardedAt(holds)
        if (guard !== undefined && !(uploads && holds === 'home'))
          say('exfiltration', guard.severity, `This sends ${guard.words} to ${whereTo}.`)
      }
    }
}

function isUpload({ call, textsOf }: Site, expr: Expr): boolean {
  const before = call.args[call.args.indexOf(expr) - 1]
  return (
    before !== undefined && /^(?:-T|--upload-file|--post-file|--body-file)$/.test(textsOf(before)[0] ?? '')
  )
}

/** What is sent as content, other than the headers that say who asks. */
function bodyOf({ call, unit }: Site): Expr[] {
  if (unit.language === 'shell') return [...call.named.values()]
  const body = ['data', 'json', 'files', 'content', 'body'].flatMap((name) => call.named.get(name) ?? [])
  for (const arg of call.args)
    if (isObject(arg)) body.push(...['body', 'data'].flatMap((name) => arg.named.get(name) ?? []))
  return body
}

function isObject(expr: Expr): expr is Extract<Expr, { kind: 'call' }> {
  return expr.kind === 'call' && expr.of.kind === 'name' && expr.of.name === '{}'
}

/** `subprocess.run(["curl", "-T", path, address])` sends as much as a library does; `fed` is what it gets to read. */
export function judgeSentBy(command: readonly Expr[], fed: readonly Expr[], site: Site): void {
  const [first] = command
  if (first === undefined || !isNetworkCommand(programOf(first, site) ?? '')) return
  const parts = command.flatMap((expr) =>
    expr.kind === 'list' || expr.kind === 'join' ? expr.parts : [expr],
  )
  const given = parts.filter(isObject).flatMap((object) => object.named.get('input') ?? [])
  const hosts = parts.flatMap((part) => site.textsOf(part)).flatMap((text) => hostOf(text) ?? [])
  if (hosts.length > 0 && hosts.every(isLoopback)) return
  judgeGuarded(site.labelsOf([...parts, ...given, ...fed]), hosts, site)
}

/** Verbs by which libraries hand something over to somebody else. */
const handsOver =
  /^(?:send|post|put|publish|upload|push|emit|transmit|submit|share|deliver|forward|broadcast|tweet|notify|report|capture|track|dispatch|chat|insert|create|set|lpush|rpush|xadd|exec_command|storbinary|append|store)(?:$|[A-Z_])|(?:Message|Mail|File|Object|Blob|_file|_message|_email|_object|_photo|_document)$/
/** What only works on the computer itself, whatever its functions are called. */
const local =
  /^(?:os|sys|re|io|json|csv|math|random|time|datetime|pathlib|shutil|subprocess|collections|itertools|functools|typing|dataclasses|logging|argparse|hashlib|hmac|secrets|base64|binascii|struct|zlib|gzip|bz2|lzma|tarfile|zipfile|tempfile|glob|fnmatch|string|textwrap|unicodedata|configparser|sqlite3|pickle|marshal|copy|queue|threading|multiprocessing|concurrent|asyncio|signal|contextlib|abc|enum|types|inspect|ast|dis|traceback|warnings|unittest|doctest|pytest|numpy|pandas|polars|scipy|sklearn|matplotlib|PIL|cv2|yaml|toml|tomllib|tomli|dotenv|jinja2|click|typer|rich|tqdm|cryptography|nacl|jwt|OpenSSL|Crypto|ctypes|tkinter|fs|path|util|stream|events|buffer|crypto|assert|child_process|readline|url|querystring|process|console|Object|Array|Map|Set|WeakMap|Promise|Reflect|JSON|Math|String|Number|Buffer|Symbol|Date|URLSearchParams|FormData|Headers|chalk|yargs|commander|inquirer|lodash|zod|jsonwebtoken|better-sqlite3|react|document|localStorage|builtins)(?:\.|\(|\[|$)/

/** A library that nothing is known of gets what nobody's library has any business with. */
export function judgeHandedOver(site: Site): void {
  const { call, unit, name, labelsOf, shown } = site
  if (unit.language === 'shell' || shown || call.of.kind !== 'member') return
  if (name.startsWith('?') || !name.includes('.') || local.test(name) || !handsOver.test(call.of.name)) return
  const root = /^@?[\w-]+/.exec(name)?.[0] ?? ''
  if (!site.flow.isLibrary(call, unit)) return
  const labels = labelsOf([...call.args, ...call.named.values()])
  for (const { severity, words } of guardedAmong(labels, site.told, false))
    if (severity === 'critical')
      site.say('exfiltration', 'high', `This hands ${words} to ${root}, which can send it anywhere.`)
}

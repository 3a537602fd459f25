import { severities, type Finding } from '../../shared/finding.ts'
import { ownProgram, type SkillManifest } from '../../shared/skill-manifest.ts'
import type { RuleFinding } from '../rules/rule.ts'
import type { CallRule } from './calls.ts'
import { commandRulesOf } from './commands.ts'
import type { Flow, Labels } from './flow.ts'
import { unknownText } from './fold.ts'
import { hostOf, isAddress, isDropPoint, isLoopback, isMetadataService } from './hosts.ts'
import { normalise, placeOf } from './places.ts'
import type { Call, Expr, Unit } from './program.ts'

type Severity = Finding['severity']

/** What must never leave, in words, and how bad it is that it does. */
const guarded: Readonly<Record<string, readonly [Severity, string]>> = {
  keys: ['critical', 'private keys'],
  private: ['critical', 'what the web browser keeps, such as passwords and cookies'],
  wallet: ['critical', 'a wallet'],
  keychain: ['critical', 'passwords from the keychain'],
  passwords: ['critical', "the system's passwords"],
  messages: ['critical', 'messages'],
  history: ['critical', 'the record of typed commands'],
  environment: ['critical', 'all variables of the environment, keys included'],
  'keys-typed': ['critical', 'what is typed or spoken'],
  agent: ['high', "an agent's settings and conversations"],
  clipboard: ['high', 'the clipboard'],
  screen: ['high', 'pictures of the screen'],
  home: ['high', "files from the person's home folder"],
}
const networkModules =
  /^(?:socket|socketserver|ssl|requests|httpx|aiohttp|urllib3|websockets?|ftplib|smtplib|poplib|imaplib|telnetlib|nntplib|paramiko|pycurl|xmlrpc|urllib\.request|http\.client|http|https|http2|net|tls|dgram|axios|got|undici|node-fetch|ws|request)(?:\.|$)/
const networkCommands = new Set([
  'curl',
  'wget',
  'nc',
  'ncat',
  'netcat',
  'telnet',
  'ssh',
  'scp',
  'sftp',
  'ftp',
  'rsync',
  'aria2c',
  'socat',
  'dig',
  'nslookup',
])
/** Whose key a variable's name says it is, and which hosts that key is for. */
const keyOwners: readonly (readonly [RegExp, RegExp])[] = [
  [/^AWS_/, /amazonaws|aws|amazon/],
  [/^(?:GITHUB|GH)_/, /github/],
  [/^ANTHROPIC_/, /anthropic|claude/],
  [
    /^(?:STRIPE|SLACK|NPM|GITLAB|CLOUDFLARE|HEROKU|SENTRY|TWILIO|DISCORD|NOTION|LINEAR)_/,
    /stripe|slack|npm|gitlab|cloudflare|heroku|sentry|twilio|discord|notion|linear/,
  ],
]

/**
 * What the calls of a skill's program mean together: what it reads and where that goes, what it runs and where that
 * came from. One weak sign alone is never more than a warning; it is the combination that counts. `told` is what the
 * skill's documents say: who announces a timer or a hook hides nothing, and a reviewer sees it.
 */
export function judgeFlow(flow: Flow, manifest: SkillManifest | null, told: string): RuleFinding[] {
  const findings: RuleFinding[] = []
  const said = new Map<string, number>()
  const add = (unit: Unit, line: number, name: string, severity: Severity, message: string) => {
    const at = unit.above + line
    const key = `${unit.file}:${at}:${name}`
    const finding: RuleFinding = {
      rule: `code/${name}`,
      severity: unit.where === 'document' ? inDocument(name, severity) : announced(name, severity),
      file: unit.file,
      line: at,
      message,
    }
    // Of several reasons on one line, the weightiest is told.
    const before = said.get(key)
    if (before === undefined) said.set(key, findings.push(finding) - 1)
    else if (severities.indexOf(finding.severity) > severities.indexOf(findings[before]!.severity))
      findings[before] = finding
  }
  const declared = (one: Unit) => one.where !== 'document'
  flow.each((expr, unit) => {
    if (expr.kind === 'name' || expr.kind === 'member') judgeName(expr, unit)
    if (declared(unit)) judgeVariable(expr, unit)
    if (expr.kind === 'call') judgeCall(expr, unit)
  })
  return findings

  function announced(name: string, severity: Severity): Severity {
    return severity === 'high' && announcements[name]?.test(told) === true ? 'medium' : severity
  }

  function judgeName(expr: Extract<Expr, { kind: 'name' | 'member' }>, unit: Unit): void {
    if (unit.language === 'shell' || expr.kind !== 'name' || !networkModules.test(expr.name)) return
    if (unit.does.includes(expr)) goesOnline(unit, expr.line)
  }

  function judgeVariable(expr: Expr, unit: Unit): void {
    if (manifest === null) return
    const name = flow.environmentName(expr, unit)
    if (
      name === null ||
      !/(?:KEY|TOKEN|SECRET|PASSW|CREDENTIAL)/i.test(name) ||
      manifest.secrets[name] !== undefined
    )
      return
    if (
      !/^[A-Z][A-Z0-9_]+$/.test(name) ||
      (expr.kind === 'name' && flow.textsOf(expr, unit)[0] !== unknownText)
    )
      return
    add(
      unit,
      expr.line,
      'undeclared-variable',
      'low',
      `This reads ${name}, which the skill does not declare under [secrets].`,
    )
  }

  function goesOnline(unit: Unit, line: number): void {
    if (manifest?.capabilities.net !== undefined || unit.where === 'document') return
    add(
      unit,
      line,
      'network',
      manifest === null ? 'low' : 'high',
      manifest === null
        ? 'This goes online.'
        : 'This goes online, but the skill does not declare the capability net, so the sandbox would stop it.',
    )
  }

  function judgeCall(call: Call, unit: Unit): void {
    const name = flow.nameOf(call.of, unit)
    const loaded = flow.nameOf(call, unit)
    if (unit.language !== 'shell' && !loaded.endsWith('()') && networkModules.test(loaded))
      goesOnline(unit, call.line)
    if (unit.language === 'shell') judgeCommand(call, unit, name)
    const rules = flow.rulesOf(call, unit)
    for (const rule of rules) judgeRule(rule, call, unit)
    const serious = rules.find(({ does }) => ['run', 'evaluate', 'send', 'connect', 'load'].includes(does))
    if (serious !== undefined && flow.isDisguised(call.of))
      add(
        unit,
        call.line,
        'disguised-call',
        'high',
        `This hides that it calls ${name}: the name is put together while the code runs.`,
      )
  }

  function judgeCommand(call: Call, unit: Unit, name: string): void {
    const args = call.args
      .map((arg) => flow.textsOf(arg, unit)[0] ?? unknownText)
      .join(' ')
      .slice(0, 4000)
    for (const rule of commandRulesOf(name, args, call.named.has('<')))
      add(unit, call.line, rule.rule, rule.severity, rule.message)
    if (
      call.of.kind === 'join' &&
      /^(?:eval|exec|bash|sh|curl|wget|nc|python3?|base64|rev|source)$/.test(name)
    )
      add(
        unit,
        call.line,
        'disguised-call',
        'high',
        `This hides that it runs ${name}: the name is put together from pieces.`,
      )
    if (/stratum\+(?:tcp|ssl):/i.test(args) || /^(?:xmrig|minerd|cpuminer|ethminer|t-rex)$/.test(name))
      add(
        unit,
        call.line,
        'mines',
        'critical',
        "This uses the person's computer to make money for somebody else.",
      )
    if (call.of.kind === 'text' && /^\.{0,2}\/|^\$/.test(call.of.value))
      judgeStarted(call, unit, call.of.value)
    // `sudo`, `env`, `nohup` and the like carry out what follows them.
    if (prefixes.has(name)) {
      const words = args.split(' ').filter((word) => word !== '')
      const [inner, ...others] = words.slice(
        words.findIndex((word) => !word.startsWith('-') && !word.includes('=')),
      )
      if (inner !== undefined && /^\.{0,2}\//.test(inner)) judgeStarted(call, unit, inner)
      if (inner !== undefined)
        for (const rule of commandRulesOf(inner.split('/').at(-1) ?? '', others.join(' '), false))
          add(unit, call.line, rule.rule, rule.severity, rule.message)
      if (inner === 'rm') judgeDelete(call.args, call, unit)
    }
    if (networkCommands.has(name)) goesOnline(unit, call.line)
  }

  /** A program that was fetched a moment ago. */
  function judgeStarted(call: Call, unit: Unit, path: string): void {
    const from = flow.contentOf(path)
    if (from.has('network') && unit.where !== 'document')
      add(
        unit,
        call.line,
        'remote-code',
        'high',
        `This runs ${path.slice(0, 80)}, which was fetched from a server, so nobody can review what it does.`,
      )
  }

  function judgeRule(rule: CallRule, call: Call, unit: Unit): void {
    switch (rule.does) {
      case 'evaluate':
      case 'load':
        return judgeCode(rule, call, unit)
      case 'run':
      case 'interpret':
        return judgeRun(rule, call, unit)
      case 'send':
      case 'resolve':
        goesOnline(unit, call.line)
        return judgeSend(rule, call, unit)
      case 'connect':
        goesOnline(unit, call.line)
        return judgeHosts(hostsOf(rule, call, unit), call, unit)
      case 'read':
        return judgeRead(flow.pick(call, unit, rule.path), call, unit)
      case 'copy':
        judgeRead(flow.pick(call, unit, rule.path), call, unit)
        return judgeWrite(flow.pick(call, unit, rule.to), call, unit)
      case 'write':
        return judgeWrite(flow.pick(call, unit, rule.path), call, unit, flow.pick(call, unit, rule.data))
      case 'delete':
        return judgeDelete(flow.pick(call, unit, rule.path), call, unit)
      default:
    }
  }

  function labelsOf(exprs: readonly Expr[], unit: Unit): Labels {
    return new Map(exprs.flatMap((expr) => [...flow.labelsOf(expr, unit)]))
  }

  function judgeCode(rule: CallRule, call: Call, unit: Unit): void {
    const code = flow.pick(call, unit, rule.code)
    if (code.length === 0) return
    if (rule.when !== undefined) {
      const address = flow.textsOf(code[0]!, unit)[0] ?? ''
      if (/^https?:/.test(address))
        add(
          unit,
          call.line,
          'remote-code',
          'critical',
          'This loads code from a server and runs it, so nobody can review what it does.',
        )
      else
        add(
          unit,
          call.line,
          'hidden-code',
          'critical',
          'This runs code that is carried along as data, so nobody can review what it does.',
        )
      return
    }
    const labels = labelsOf(code, unit)
    if (labels.has('network'))
      add(
        unit,
        call.line,
        'remote-code',
        'critical',
        'This runs whatever a server sends, so nobody can review what it does.',
      )
    else if (labels.has('decoded') && rule.does === 'load')
      add(
        unit,
        call.line,
        'hidden-code',
        code.some((expr) => isAssembled(expr, unit)) ? 'critical' : 'medium',
        'This unpacks objects that can bring code with them.',
      )
    else if (labels.has('decoded'))
      add(
        unit,
        call.line,
        'hidden-code',
        'critical',
        'This unpacks hidden code and runs it, so nobody can review what it does.',
      )
    else if (rule.does === 'evaluate' && code.some((expr) => isAssembled(expr, unit)))
      add(
        unit,
        call.line,
        'hidden-code',
        'high',
        'This puts code together from pieces and runs it, so that nobody sees what it does.',
      )
    else if (rule.does === 'evaluate' && !code.every((expr) => expr.kind === 'text'))
      add(
        unit,
        call.line,
        'dynamic-code',
        'medium',
        'This runs text as code, so what it does depends on data.',
      )
  }

  /** Text that was cut up though all of it was known when it was written. */
  function isAssembled(expr: Expr, unit: Unit): boolean {
    if (expr.kind !== 'call' && expr.kind !== 'join') return false
    const texts = flow.textsOf(expr, unit)
    return (
      texts.every((text) => !text.includes(unknownText) && text.length > 8) &&
      (expr.kind === 'call' || expr.parts.length > 2)
    )
  }

  function judgeRun(rule: CallRule, call: Call, unit: Unit): void {
    const command = flow.pick(call, unit, rule.code)
    if (unit.language !== 'shell') {
      judgeProgram(command[0], call, unit)
      judgeSentBy(command[0], call, unit)
    }
    // Of a list, the first word is the program; what follows it is only data to it, unless it is a shell.
    const [first] = command
    const decisive = decisiveOf(command, call, unit)
    const labels = labelsOf(decisive, unit)
    if (labels.has('decoded'))
      add(
        unit,
        call.line,
        'hidden-code',
        'critical',
        'This decodes a hidden command and runs it, so nobody can see what would happen.',
      )
    else if (labels.has('network') && unit.where !== 'document')
      add(
        unit,
        call.line,
        'remote-code',
        'critical',
        'This runs whatever a server sends, so nobody can review what it does.',
      )
    else if (
      rule.does === 'run' &&
      unit.language !== 'shell' &&
      first !== undefined &&
      decisive.some((expr) => expr.kind === 'call' && isAssembled(expr, unit))
    )
      add(
        unit,
        call.line,
        'hidden-code',
        'high',
        'This puts a command together from pieces, so that nobody sees what it does.',
      )
  }

  /** `subprocess.run(["curl", "-T", path, address])` sends as much as a library does. */
  function judgeSentBy(command: Expr | undefined, call: Call, unit: Unit): void {
    if (command === undefined || !networkCommands.has(programOf(command, unit) ?? '')) return
    const parts = command.kind === 'list' || command.kind === 'join' ? command.parts : [command]
    const hosts = parts.flatMap((part) => flow.textsOf(part, unit)).flatMap((text) => hostOf(text) ?? [])
    if (hosts.length > 0 && hosts.every(isLoopback)) return
    const labels = labelsOf([...parts, ...flow.pick(call, unit, ['input'])], unit)
    for (const [label, [severity, words]] of Object.entries(guarded))
      if (labels.has(label))
        add(
          unit,
          call.line,
          'exfiltration',
          severity,
          `This sends ${words} to ${hosts[0] ?? 'another computer'}.`,
        )
  }

  /** The parts of a command that decide what happens: the program, and all of it where that is an interpreter. */
  function decisiveOf(command: readonly Expr[], call: Call, unit: Unit): readonly Expr[] {
    const [first] = command
    if (unit.language === 'shell') {
      // `zcat log | bash script.sh` reads data; only without a script of its own does a shell carry out what it reads.
      const own = call.args.some((arg) => !(flow.textsOf(arg, unit)[0] ?? '-').startsWith('-'))
      const code = command.some((expr) => expr !== call.named.get('<'))
      return own && !code && !call.args.some((arg) => /^-$|^-s$/.test(flow.textsOf(arg, unit)[0] ?? ''))
        ? []
        : command
    }
    if (first?.kind !== 'list' && first?.kind !== 'join') return command
    const [program] = first.parts
    if (program === undefined) return command
    const text = flow.textsOf(program, unit)[0] ?? ''
    if (first.kind === 'join' && (program.kind !== 'text' || !/^\s*\S+\s/.test(text))) return command
    const words = first.parts.map((part) => flow.textsOf(part, unit)[0] ?? '').join(' ')
    return isInterpreter(text.trim().split(/\s/, 1)[0] ?? '') &&
      /\s["']?-{1,2}(?:c|e|eval|command|encodedcommand)\b/i.test(words)
      ? command
      : [program]
  }

  function isInterpreter(program: string): boolean {
    return /(?:^|\/)(?:ba|z|k|da)?sh$|powershell|pwsh|cmd(?:\.exe)?$|python|node$|osascript/.test(program)
  }

  function judgeProgram(command: Expr | undefined, call: Call, unit: Unit): void {
    if (unit.where === 'document') return
    if (manifest?.capabilities.exec === undefined) {
      const own = manifest === null ? null : ownProgram(manifest)
      const program = programOf(command, unit)
      if (own !== null && program === own) return
      add(
        unit,
        call.line,
        'starts-programs',
        manifest === null ? 'low' : 'medium',
        'This starts another program, but the skill does not declare the capability exec.',
      )
      return
    }
    const program = programOf(command, unit)
    if (program === null || manifest.sandbox.exec.includes(program) || program === ownProgram(manifest))
      return
    add(
      unit,
      call.line,
      'undeclared-program',
      'medium',
      `This starts ${program}, which is not among the programs that the skill may start.`,
    )
  }

  function programOf(command: Expr | undefined, unit: Unit): string | null {
    const first = command?.kind === 'list' ? command.parts[0] : command
    if (first === undefined) return null
    if (flow.nameOf(first, unit) === 'sys.executable') return manifest === null ? null : ownProgram(manifest)
    const word = (flow.textsOf(first, unit)[0] ?? unknownText).trim().split(/\s/, 1)[0] ?? ''
    const program = word.split('/').at(-1) ?? ''
    return /^[A-Za-z0-9][A-Za-z0-9._+-]{0,63}$/.test(program) ? program : null
  }

  function hostsOf(rule: CallRule, call: Call, unit: Unit): string[] {
    const targets = flow.pick(call, unit, rule.to)
    const texts = targets.flatMap((expr) =>
      expr.kind === 'list' || (expr.kind === 'call' && expr.of.kind === 'name' && expr.of.name === '{}')
        ? [
            ...flow.textsOf(
              expr.kind === 'list'
                ? (expr.parts[0] ?? expr)
                : (expr.named.get('url') ?? expr.named.get('hostname') ?? expr.named.get('host') ?? expr),
              unit,
            ),
          ]
        : flow.textsOf(expr, unit),
    )
    return [...new Set(texts.flatMap((text) => hostOf(text) ?? []))]
  }

  function judgeHosts(hosts: readonly string[], call: Call, unit: Unit): void {
    const outside = hosts.filter((host) => !isLoopback(host))
    for (const host of outside) {
      if (isMetadataService(host))
        add(
          unit,
          call.line,
          'credential-files',
          'high',
          `This asks ${host}, which hands out the keys of the machine that it runs on.`,
        )
      else if (
        manifest?.capabilities.net !== undefined &&
        unit.where !== 'document' &&
        !manifest.sandbox.network.some((one) => one.replace(/:\d+$/, '') === host)
      )
        add(
          unit,
          call.line,
          'undeclared-host',
          'high',
          `This connects to ${host}, which is not among the hosts that the skill declares.`,
        )
      else if (isAddress(host))
        add(
          unit,
          call.line,
          'bare-address',
          'medium',
          `This connects to ${host}, an address without a name, which nobody can be held to.`,
        )
    }
  }

  function judgeSend(rule: CallRule, call: Call, unit: Unit): void {
    const hosts = hostsOf(rule, call, unit)
    judgeHosts(hosts, call, unit)
    if (hosts.length > 0 && hosts.every(isLoopback)) return
    const targets = flow.pick(call, unit, rule.to)
    const data = [...flow.pick(call, unit, rule.data), ...(unit.language === 'shell' ? [] : [])]
    const labels = labelsOf(data, unit)
    const whereTo = hosts[0] ?? 'another computer'
    for (const [label, [severity, words]] of Object.entries(guarded))
      if (labels.has(label))
        add(unit, call.line, 'exfiltration', severity, `This sends ${words} to ${whereTo}.`)
    if (unit.language === 'shell') judgeSentFiles(data, call, unit, whereTo)
    if (
      labels.has('credentials') &&
      !hosts.some((host) =>
        /google|github|amazon|aws|azure|microsoft|docker|npmjs|gitlab|kubernetes|atlassian/.test(host),
      )
    )
      add(
        unit,
        call.line,
        'exfiltration',
        hosts.length > 0 ? 'critical' : 'medium',
        `This sends somebody's access to other services to ${whereTo}.`,
      )
    if (
      labels.has('env-file') &&
      bodyOf(call, unit).some((expr) => flow.labelsOf(expr, unit).has('env-file'))
    )
      add(
        unit,
        call.line,
        'exfiltration',
        'high',
        `This sends the file that holds a project's keys to ${whereTo}.`,
      )
    judgeTokens(labels, hosts, call, unit)
    if (targets.some((expr) => flow.labelsOf(expr, unit).has('decoded')) && rule.does === 'send')
      add(
        unit,
        call.line,
        'hidden-address',
        'high',
        'This hides where it connects to: the address is decoded while the code runs.',
      )
    if (rule.does === 'resolve' && targets.some((expr) => carries(expr, unit)))
      add(unit, call.line, 'exfiltration', 'high', 'This hides data in the name of a host that it looks up.')
    const drop = hosts.find(isDropPoint)
    if (drop !== undefined && unit.where !== 'document' && data.length > targets.length)
      add(
        unit,
        call.line,
        'drop-point',
        'high',
        `This leaves data at ${drop}, where anybody can pick it up and nobody is answerable.`,
      )
    if (labels.has('machine'))
      add(unit, call.line, 'reports-machine', 'medium', `This tells ${whereTo} whose computer it runs on.`)
  }

  /** A name to look up that is made of data: `$(…)`, an encoded text, a piece of a file. */
  function carries(expr: Expr, unit: Unit): boolean {
    const labels = flow.labelsOf(expr, unit)
    if ([...labels.keys()].some((label) => label !== 'network')) return true
    return (
      expr.kind === 'join' &&
      expr.parts.some((part) => part.kind === 'call') &&
      flow.textsOf(expr, unit).some((text) => /\ufffd.{0,3}\./.test(text))
    )
  }

  function judgeSentFiles(data: readonly Expr[], call: Call, unit: Unit, whereTo: string): void {
    const uploads = /^(?:scp|sftp|rsync|rclone)$/.test(flow.nameOf(call.of, unit))
    for (const expr of data)
      for (const text of flow.textsOf(expr, unit)) {
        const at = text.indexOf('@')
        const path =
          at >= 0 && !uploads ? text.slice(at + 1) : uploads || isUpload(call, expr, unit) ? text : null
        if (path === null || path === '' || path.includes('://')) continue
        for (const { holds } of placeOf(path)) {
          const guard =
            guarded[holds] ??
            (holds === 'credentials' || holds === 'env-file' ? (['critical', 'keys'] as const) : undefined)
          if (guard !== undefined && !(uploads && holds === 'home'))
            add(unit, call.line, 'exfiltration', guard[0], `This sends ${guard[1]} to ${whereTo}.`)
        }
      }
  }

  function isUpload(call: Call, expr: Expr, unit: Unit): boolean {
    const before = call.args[call.args.indexOf(expr) - 1]
    return (
      before !== undefined &&
      /^(?:-T|--upload-file|--post-file|--body-file)$/.test(flow.textsOf(before, unit)[0] ?? '')
    )
  }

  /** What is sent as content, other than the headers that say who asks. */
  function bodyOf(call: Call, unit: Unit): Expr[] {
    const body = ['data', 'json', 'files', 'content', 'body'].flatMap((name) => call.named.get(name) ?? [])
    for (const arg of call.args)
      if (arg.kind === 'call' && arg.of.kind === 'name' && arg.of.name === '{}')
        body.push(...['body', 'data'].flatMap((name) => arg.named.get(name) ?? []))
    return unit.language === 'shell' ? [...call.named.values()] : body
  }

  function judgeTokens(labels: Labels, hosts: readonly string[], call: Call, unit: Unit): void {
    const tokens = [...labels.keys()]
      .filter((label) => label.startsWith('token:'))
      .map((label) => label.slice(6))
    const [host] = hosts
    for (const token of tokens) {
      const secret = manifest?.secrets[token]
      if (
        secret !== undefined &&
        host !== undefined &&
        !secret.hosts.some((one) => one.replace(/:\d+$/, '') === host)
      )
        add(
          unit,
          call.line,
          'key-elsewhere',
          'high',
          `This sends ${token} to ${host}, which is not where the skill says that this key goes.`,
        )
      const owner = keyOwners.find(([name]) => name.test(token))
      if (
        secret === undefined &&
        owner !== undefined &&
        host !== undefined &&
        !isLoopback(host) &&
        !owner[1].test(host)
      )
        add(
          unit,
          call.line,
          'key-elsewhere',
          'high',
          `This sends ${token} to ${host}, which is not whom that key is for.`,
        )
    }
    const owners = new Set(tokens.map((token) => token.split('_')[0]))
    if (owners.size >= 3)
      add(
        unit,
        call.line,
        'exfiltration',
        'high',
        `This sends ${tokens.slice(0, 3).join(', ')} to one place, though they are keys for different ones.`,
      )
  }

  function judgeRead(paths: readonly Expr[], call: Call, unit: Unit): void {
    for (const path of paths)
      for (const text of flow.textsOf(path, unit))
        for (const { read, holds } of placeOf(text))
          if (read !== null && !(holds === 'history' && unit.where === 'document'))
            add(
              unit,
              call.line,
              'credential-files',
              read,
              `This reads ${normalise(text).replaceAll(unknownText, '…').slice(0, 80)}, where ${holds === 'agent' ? 'an agent keeps its settings and conversations' : 'people keep keys, passwords or private data'}.`,
            )
  }

  function judgeWrite(paths: readonly Expr[], call: Call, unit: Unit, data: readonly Expr[] = []): void {
    for (const path of paths)
      for (const text of flow.textsOf(path, unit)) {
        const shown = normalise(text).replaceAll(unknownText, '…').slice(0, 80)
        for (const { write } of placeOf(text))
          if (
            write !== null &&
            writes(call, unit) &&
            !(write.rule === 'persistence' && startsNothing(data, unit))
          )
            add(
              unit,
              call.line,
              write.rule,
              write.severity,
              `This writes ${shown}, ${becauseOf[write.rule] ?? 'which is not the skill’s to change'}.`,
            )
        if (
          manifest !== null &&
          unit.where !== 'document' &&
          /^(?:~|\/(?!tmp(?:\/|$)|dev\/|skill\/|proc\/self\/fd))/.test(normalise(text)) &&
          writes(call, unit)
        )
          add(
            unit,
            call.line,
            'writes-elsewhere',
            'medium',
            `This writes ${shown}, outside the folders that the skill declares.`,
          )
      }
  }

  /** Settings alone: empty lines, comments and variables with plain values. */
  function startsNothing(data: readonly Expr[], unit: Unit): boolean {
    const texts = data.flatMap((expr) => flow.textsOf(expr, unit))
    return (
      texts.length > 0 &&
      texts.every(
        (text) =>
          text.length < 4000 &&
          text
            .split('\n')
            .every((line) => /^\s*(?:$|#(?!!)|(?:export\s+)?[A-Z_]{1,60}=[^`;&|(]*$)/.test(line)),
      )
    )
  }

  /** False for an `open` that only reads. */
  function writes(call: Call, unit: Unit): boolean {
    const name = flow.nameOf(call.of, unit)
    if (!name.endsWith('open')) return true
    const mode = call.args[1] ?? call.named.get('mode')
    return mode !== undefined && /[wax+]/.test(flow.textsOf(mode, unit)[0] ?? '')
  }

  function judgeDelete(paths: readonly Expr[], call: Call, unit: Unit): void {
    const texts = paths.flatMap((path) => flow.textsOf(path, unit)).map((text) => normalise(text.trim()))
    const everything = texts.find((text) =>
      /^(?:~|\/|~\/\*|\/\*|[A-Z]:\/?|~\/(?:Documents|Desktop|Pictures|Library)\/?\*?|\/(?:home|Users|etc|usr|var|bin|boot)\/?\*?)$/.test(
        text,
      ),
    )
    const recursive =
      flow.nameOf(call.of, unit) !== 'rm' || texts.some((text) => /^-[a-z]*[rR]|^--recursive/.test(text))
    if (
      everything !== undefined &&
      recursive &&
      !/^(?:os\.(?:remove|unlink|rmdir))$/.test(flow.nameOf(call.of, unit))
    )
      add(unit, call.line, 'destroys-files', 'critical', `This deletes ${everything} with everything in it.`)
    for (const text of texts)
      for (const { write, holds } of placeOf(text))
        if (write !== null && (holds === 'history' || holds === 'logs'))
          add(
            unit,
            call.line,
            write.rule,
            write.severity,
            `This deletes ${text.slice(0, 80)}, ${becauseOf[write.rule] ?? 'which is not the skill’s to delete'}.`,
          )
  }
}

/** Words by which a skill tells that it does such a thing. */
const announcements: Readonly<Record<string, RegExp>> = {
  persistence:
    /\b(?:cron|crontab|systemd|systemctl|launchd|launch ?agent|start-?up|autostart|\.?bashrc|\.?zshrc|shell (?:profile|config|rc|integration)|hooks?|scheduled?|scheduling|daemon|background service|log-?in item|add(?:ed|s)? (?:it )?to (?:your )?(?:shell|path))\b/i,
  'agent-instructions':
    /\b(?:CLAUDE\.md|AGENTS\.md|GEMINI\.md|MEMORY\.md|settings\.json|mcp (?:server|config)|claude_desktop_config|hooks?|agent config|devcontainer)\b/i,
  'changes-system': /\b(?:sudo|root|\/etc|\/usr|system-wide|hosts file|install(?:s|er|ation)?)\b/i,
}

const prefixes = new Set([
  'sudo',
  'env',
  'nohup',
  'exec',
  'command',
  'time',
  'nice',
  'doas',
  'setsid',
  'builtin',
  'timeout',
  'xargs',
])
const becauseOf: Readonly<Record<string, string>> = {
  persistence: 'so that something runs by itself from then on',
  'agent-instructions': 'which tells agents what to do, also when the skill is gone',
  'covers-tracks': 'which is the record of what happened',
  'changes-system': 'which belongs to the system',
}

/** A document shows commands as examples; only what nobody shows without meaning it keeps its weight. */
function inDocument(name: string, severity: Severity): Severity {
  if (['exfiltration', 'hidden-code', 'reverse-shell', 'remote-code', 'mines'].includes(name)) return severity
  return severity === 'critical' || severity === 'high' ? 'medium' : 'info'
}

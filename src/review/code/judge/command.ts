import { commandRulesOf } from '../commands.ts'
import { unknownText } from '../texts.ts'
import { isNetworkCommand, judgeOnline } from './destination.ts'
import type { Site } from './site.ts'

/** What a shell command means by itself. */
export function judgeCommand(site: Site): void {
  const { call, name, say, textsOf, labelsOf, shown } = site
  const args = call.args.map((arg) => (textsOf(arg)[0] ?? unknownText).slice(0, 4000)).join(' ')
  for (const rule of commandRulesOf(name, args, call.named.has('<')))
    say(rule.rule, rule.severity, rule.message)
  if (call.of.kind === 'join' && /^(?:eval|exec|bash|sh|curl|wget|nc|python3?|base64|rev|source)$/.test(name))
    say('disguised-call', 'high', `This hides that it runs ${name}: the name is put together from pieces.`)
  if (/stratum\+(?:tcp|ssl):/i.test(args) || /^(?:xmrig|minerd|cpuminer|ethminer|t-rex)$/.test(name))
    say('mines', 'critical', "This uses the person's computer to make money for somebody else.")
  if (call.of.kind === 'text' && /^\.{0,2}\/|^\$|^~/.test(call.of.value)) judgeStarted(call.of.value, site)
  if (call.of.kind !== 'text' && labelsOf([call.of]).has('network') && !shown)
    say('remote-code', 'critical', 'This runs whatever a server sends, so nobody can review what it does.')
  if (/^(?:dpkg|rpm|installer|msiexec)$/.test(name))
    for (const path of call.args.flatMap(textsOf)) judgeStarted(path, site)
  if (isNetworkCommand(name)) judgeOnline(site)
  if (name === '=' && !shown && loadsFrom.test(args) && call.args[1] !== undefined)
    if (
      site.flow.writtenTo(call.args[1], site.unit).has('network') ||
      site.flow.writtenWithin(call.args[1], site.unit).has('network')
    )
      say('remote-code', 'high', 'This has programs load code from where it put what came from a server.')
}

/** Variables that tell programs what to load before anything else. */
const loadsFrom =
  /^(?:PYTHONPATH|PYTHONSTARTUP|NODE_PATH|NODE_OPTIONS|LD_PRELOAD|LD_LIBRARY_PATH|DYLD_\w+|BASH_ENV|ENV|PERL5LIB|PERL5OPT|RUBYLIB|RUBYOPT|CLASSPATH) /

/** A program that was fetched a moment ago. */
function judgeStarted(path: string, { flow, shown, say }: Site): void {
  if (!shown && flow.contentOf(path).has('network'))
    say(
      'remote-code',
      'high',
      `This runs ${path.slice(0, 80)}, which was fetched from a server, so nobody can review what it does.`,
    )
}

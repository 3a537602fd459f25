import type { CallRule } from '../calls.ts'
import { hostOf, isAddress, isLoopback, isMetadataService } from '../hosts.ts'
import type { Expr } from '../program.ts'
import type { Site } from './site.ts'

const networkModules =
  /^(?:socket|socketserver|ssl|requests|httpx|aiohttp|urllib3|websockets?|ftplib|smtplib|poplib|imaplib|telnetlib|nntplib|paramiko|pycurl|xmlrpc|urllib\.request|http\.client|http|https|http2|net|tls|dgram|axios|got|undici|node-fetch|ws|request)(?:\.|$)/
const networkCommands = new Set(
  'curl wget nc ncat netcat telnet ssh scp sftp ftp rsync aria2c socat dig nslookup http httpie sendmail mail mailx websocat rclone'.split(
    ' ',
  ),
)

/** True for what a module that talks to other computers is called. */
export function isNetworkModule(name: string): boolean {
  return networkModules.test(name)
}

/** True for a program that talks to other computers. */
export function isNetworkCommand(program: string): boolean {
  return networkCommands.has(program)
}

/** Says that the skill goes online where it doesn't declare that. */
export function judgeOnline({ manifest, shown, say }: Pick<Site, 'manifest' | 'shown' | 'say'>): void {
  if (manifest?.capabilities.net !== undefined || shown) return
  if (manifest === null) say('network', 'low', 'This goes online.')
  else
    say(
      'network',
      'high',
      'This goes online, but the skill does not declare the capability net, so the sandbox would stop it.',
    )
}

/** The hosts that a call leads to, as far as they can be known. */
export function hostsOf(rule: CallRule, { pick, textsOf }: Site): string[] {
  const texts = pick(rule.to).flatMap((expr) => textsOf(addressIn(expr)))
  return [...new Set(texts.flatMap((text) => hostOf(text) ?? []))]
}

/** The part that tells where to: the first of `(host, port)`, one of `{ url, hostname }`. */
function addressIn(expr: Expr): Expr {
  if (expr.kind === 'list') return expr.parts[0] ?? expr
  if (expr.kind !== 'call' || expr.of.kind !== 'name' || expr.of.name !== '{}') return expr
  return expr.named.get('url') ?? expr.named.get('hostname') ?? expr.named.get('host') ?? expr
}

/** True where a place that data goes to is one that the skill names to whoever reads it. */
export function isNamed(hosts: readonly string[], { manifest, told }: Site): boolean {
  const declared = manifest?.sandbox.network.map((one) => one.replace(/:\d+$/, '')) ?? []
  return hosts.length > 0 && hosts.every((host) => declared.includes(host) || told.includes(host))
}

export function judgeHosts(hosts: readonly string[], { manifest, shown, say }: Site): void {
  for (const host of hosts.filter((one) => !isLoopback(one))) {
    if (isMetadataService(host))
      say(
        'credential-files',
        'high',
        `This asks ${host}, which hands out the keys of the machine that it runs on.`,
      )
    else if (
      manifest?.capabilities.net !== undefined &&
      !shown &&
      !manifest.sandbox.network.some((one) => one.replace(/:\d+$/, '') === host)
    )
      say(
        'undeclared-host',
        'high',
        `This connects to ${host}, which is not among the hosts that the skill declares.`,
      )
    else if (isAddress(host))
      say(
        'bare-address',
        'medium',
        `This connects to ${host}, an address without a name, which nobody can be held to.`,
      )
  }
}

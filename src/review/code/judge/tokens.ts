import { isLoopback } from '../hosts.ts'
import type { Labels } from '../labels.ts'
import type { Site } from './site.ts'

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

/** Keys from the environment, each against the host that it is for. */
export function judgeTokens(labels: Labels, hosts: readonly string[], { manifest, say }: Site): void {
  const tokens = [...labels.keys()]
    .filter((label) => label.startsWith('token:'))
    .map((label) => label.slice('token:'.length))
  const [host] = hosts
  for (const token of host === undefined ? [] : tokens) {
    const secret = manifest?.secrets[token]
    const owner = keyOwners.find(([name]) => name.test(token))
    if (secret !== undefined) {
      if (!secret.hosts.some((one) => one.replace(/:\d+$/, '') === host))
        say(
          'key-elsewhere',
          'high',
          `This sends ${token} to ${host}, which is not where the skill says that this key goes.`,
        )
    } else if (owner !== undefined && !isLoopback(host!) && !owner[1].test(host!))
      say('key-elsewhere', 'high', `This sends ${token} to ${host}, which is not whom that key is for.`)
  }
  const owned = tokens.filter((token) => token.includes('_'))
  if (new Set(owned.map((token) => token.split('_')[0])).size >= 3)
    say(
      'exfiltration',
      'high',
      `This sends ${owned.slice(0, 3).join(', ')} to one place, though they are keys for different ones.`,
    )
}

/** A key that is read though nobody is told that the skill uses it. */
export function isUndeclaredKey(name: string, secrets: Readonly<Record<string, unknown>>): boolean {
  return (
    /(?:KEY|TOKEN|SECRET|PASSW|CREDENTIAL)/.test(name) &&
    /^[A-Z][A-Z0-9_]+$/.test(name) &&
    secrets[name] === undefined
  )
}

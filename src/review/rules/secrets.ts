import type { RuleFinding, TextRule } from './rule.ts'

interface KeyFormat {
  readonly name: string
  readonly what: string
  readonly pattern: RegExp
}

/** Keys that can be told by their shape; `name` names the rule. */
export const keyFormats: readonly KeyFormat[] = [
  {
    name: 'private-key',
    what: 'a private key',
    pattern: /-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----/,
  },
  { name: 'aws', what: 'an AWS access key', pattern: /\b(?:AKIA|ASIA)[0-9A-Z]{16}\b/ },
  {
    name: 'github',
    what: 'a GitHub token',
    pattern: /\b(?:gh[pousr]_[A-Za-z0-9]{36,}|github_pat_[A-Za-z0-9_]{50,})/,
  },
  { name: 'gitlab', what: 'a GitLab token', pattern: /\bglpat-[A-Za-z0-9_-]{20,}/ },
  { name: 'anthropic', what: 'an Anthropic key', pattern: /\bsk-ant-[A-Za-z0-9_-]{20,}/ },
  { name: 'openai', what: 'an OpenAI key', pattern: /\bsk-(?!ant-)(?:proj-|svcacct-)?[A-Za-z0-9_-]{32,}/ },
  { name: 'google', what: 'a Google key', pattern: /\bAIza[0-9A-Za-z_-]{35}/ },
  {
    name: 'slack',
    what: 'a Slack token',
    pattern: /\bxox[abeoprs]-[A-Za-z0-9-]{10,}|hooks\.slack\.com\/services\/T\w+\/B\w+\/\w+/,
  },
  { name: 'stripe', what: 'a Stripe key', pattern: /\b[rs]k_live_[A-Za-z0-9]{16,}/ },
  { name: 'npm', what: 'an npm token', pattern: /\bnpm_[A-Za-z0-9]{36}\b/ },
  { name: 'huggingface', what: 'a Hugging Face token', pattern: /\bhf_[A-Za-z0-9]{30,}/ },
  { name: 'sendgrid', what: 'a SendGrid key', pattern: /\bSG\.[\w-]{16,}\.[\w-]{16,}/ },
  { name: 'telegram', what: 'a Telegram bot token', pattern: /\b\d{8,10}:AA[\w-]{33}\b/ },
  { name: 'registry-key', what: 'a registry key', pattern: /\b(?:rec|cbt)_[A-Za-z0-9_-]{32,}/ },
  {
    name: 'jwt',
    what: 'a signed session token',
    pattern: /\beyJ[A-Za-z0-9_-]{10,200}\.eyJ[A-Za-z0-9_-]{10,4000}\.[A-Za-z0-9_-]{16}/,
  },
  {
    name: 'url-password',
    what: 'a password inside an address',
    pattern: /\b[a-z][a-z0-9+.-]{1,20}:\/\/[^\s:/@'"<>{}$]{1,100}:[^\s:/@'"<>{}$]{6,200}@[a-z0-9]/i,
  },
]
const assignment =
  /\b[\w-]{0,40}(?:api[_-]?key|secret|token|passwd|password|access[_-]?key)\b["']?\s*[:=]\s*["']([A-Za-z0-9+/_=.-]{20,200})["']/i
const placeholder =
  /example|placeholder|your[_-]|replace[_-]|(.)\1{7}|\/T0+\/B0+\/|\*\*\*|dummy|changeme|redacted|<[^>]+>|test[_-]?(?:key|token)|fake|mock|sample|0{8}|1234567|:(?:pass|password|passwd|pwd|secret|token|app[_-]?pass\w{0,5})@/i

/** Keys that somebody left in a file. The finding never repeats more than the first four characters. */
export const findSecrets: TextRule = (file) => {
  const findings: RuleFinding[] = []
  // What is in a line is in the text: most files hold nothing that looks like a key, and are read once for each format.
  const formats = keyFormats.filter(({ pattern }) => pattern.test(file.text))
  for (const [index, line] of file.lines.entries()) {
    for (const format of formats) {
      const found = format.pattern.exec(line)?.[0]
      if (found === undefined) continue
      const harmless =
        placeholder.test(found) ||
        isHarmless(format.name, found, file.lines.slice(index, index + 2).join('\n'))
      findings.push({
        rule: `secret/${format.name}`,
        severity: harmless
          ? 'info'
          : format.name === 'url-password' || format.name === 'jwt'
            ? 'high'
            : 'critical',
        file: file.path,
        line: index + 1,
        message: harmless
          ? `This looks like ${format.what}, by its wording only an example.`
          : `This looks like ${format.what} (${found.slice(0, 4)}…). Everybody who downloads the skill would have it.`,
      })
    }
    const value = assignment.exec(line)?.[1]
    if (
      value !== undefined &&
      !placeholder.test(value) &&
      isRandom(value) &&
      !formats.some((f) => f.pattern.test(line))
    )
      findings.push({
        rule: 'secret/hard-coded',
        severity: 'medium',
        file: file.path,
        line: index + 1,
        message: `This looks like a key or password written into the file (${value.slice(0, 4)}…).`,
      })
  }
  return findings
}

/** A key that opens nothing: its head alone, a token that has expired, a password for somebody's own computer. */
function isHarmless(name: string, found: string, context: string): boolean {
  const at = context.indexOf(found)
  const after = context.slice(at + found.length)
  if (/\bexamples?\b\W{0,12}$/i.test(context.slice(Math.max(0, at - 40), at))) return true
  if (name === 'private-key') return !/[A-Za-z0-9+/]{24}/.test(after.slice(0, 400))
  if (name === 'url-password') {
    const host = /^[\w.-]{0,253}/.exec(context.slice(context.indexOf(found) + found.length - 1))?.[0] ?? ''
    return (
      !host.includes('.') ||
      /^(?:127\.|0\.0\.0\.0)|\b(?:example|host|server|test|invalid|local)\b/i.test(host)
    )
  }
  if (name !== 'jwt') return false
  const payload = Buffer.from(found.split('.')[1] ?? '', 'base64url').toString('utf8')
  const expires = /"exp"\s*:\s*(\d{9,11})\b/.exec(payload)?.[1]
  return placeholder.test(payload) || (expires !== undefined && Number(expires) * 1000 < Date.now())
}

/** The text without its keys: the first four characters of each remain. */
export function hideSecrets(text: string): string {
  let hidden = text
  for (const { pattern } of keyFormats)
    hidden = hidden.replace(new RegExp(pattern.source, `${pattern.flags}g`), (key) => `${key.slice(0, 4)}…`)
  return hidden.replace(new RegExp(assignment.source, 'gi'), (whole, value: string) =>
    whole.replace(value, `${value.slice(0, 4)}…`),
  )
}

/** Shannon entropy above 3.5 bits a character: words stay below, random keys do not. */
function isRandom(value: string): boolean {
  const counts = new Map<string, number>()
  for (const character of value) counts.set(character, (counts.get(character) ?? 0) + 1)
  let bits = 0
  for (const count of counts.values()) bits -= (count / value.length) * Math.log2(count / value.length)
  return bits > 3.5 && /\d/.test(value)
}

/**
 * A well-known shape of key. What the groups `before` and `after` hold is kept. None may look at the same text again from
 * each of many places: the text is a stranger's, and may be megabytes of what begins like a key.
 */
interface KeyPattern {
  readonly name: string
  readonly pattern: RegExp
}

/** Most exact first: what one pattern has replaced, no later one sees again. */
const keyPatterns: readonly KeyPattern[] = [
  {
    name: 'PRIVATE_KEY',
    pattern:
      /-----BEGIN (?:[A-Z0-9]+ ){0,4}PRIVATE KEY(?: BLOCK)?-----[\s\S]*?(?:-----END (?:[A-Z0-9]+ ){0,4}PRIVATE KEY(?: BLOCK)?-----|$)/g,
  },
  {
    name: 'JWT',
    // The whole word, from its start: each `eyJ` in it could begin one.
    pattern:
      /(?<![A-Za-z0-9_-])(?<word>[A-Za-z0-9_-]{9,})\.(?=eyJ)(?<=eyJ[A-Za-z0-9_-]{6,}\.)eyJ[A-Za-z0-9_-]{6,}\.[A-Za-z0-9_-]*/g,
  },
  { name: 'SKILLET_KEY', pattern: /\b(?:rec_fleet|rec|cbt)_[A-Za-z0-9_-]{16,}/g },
  { name: 'GITHUB_TOKEN', pattern: /\b(?:gh[pousr]_[A-Za-z0-9]{20,}|github_pat_[A-Za-z0-9_]{20,})/g },
  { name: 'GITLAB_TOKEN', pattern: /\bglpat-[A-Za-z0-9_-]{16,}/g },
  { name: 'NPM_TOKEN', pattern: /\bnpm_[A-Za-z0-9]{30,}/g },
  { name: 'HUGGINGFACE_TOKEN', pattern: /\bhf_[A-Za-z0-9]{20,}/g },
  { name: 'AWS_ACCESS_KEY', pattern: /\b(?:AKIA|ASIA)[0-9A-Z]{16}\b/g },
  { name: 'GOOGLE_API_KEY', pattern: /\bAIza[0-9A-Za-z_-]{35}/g },
  {
    name: 'SLACK_TOKEN',
    pattern: /\b(?:xox[a-z]-[A-Za-z0-9-]{10,}|xapp-[A-Za-z0-9-]{10,})/g,
  },
  { name: 'STRIPE_KEY', pattern: /\b[sr]k_(?:live|test)_[A-Za-z0-9]{16,}/g },
  { name: 'API_KEY', pattern: /\bsk-[A-Za-z0-9_-]{16,}/g },
  {
    name: 'BEARER_TOKEN',
    pattern: /(?<before>\bBearer\s+)[A-Za-z0-9._~+/-]{8,}=*/gi,
  },
  {
    name: 'BASIC_AUTH',
    pattern: /(?<before>\bAuthorization["']?\s*[:=]\s*["']?Basic\s+)[A-Za-z0-9+/_-]{6,}=*/gi,
  },
  {
    name: 'URL_PASSWORD',
    pattern: /(?<before>\b[a-z][a-z0-9+.-]{1,20}:\/\/[^\s:/@«]{0,256}:)[^\s/@«]{1,256}(?<after>@)/gi,
  },
]

const secretWord =
  /(?:api[_-]?key|secret[_-]?key|private[_-]?key|access[_-]?key|key|token|secret|passwd|password|passphrase|credentials?)/

/** `EXAMPLE_API_KEY=…`, `"password": "…"`: the name says that the value is a secret. */
const assignment = new RegExp(
  `(?<![A-Za-z0-9_])(?<name>(?:[A-Za-z0-9]{1,32}[_-]){0,6}${secretWord.source})` +
    /(?<between>["']?\s*[=:]\s*)(?:"(?<double>[^"\s«]{6,})"|'(?<single>[^'\s«]{6,})'|(?<bare>[^\s"'«»,;&)}\]]{6,}))/
      .source,
  'gi',
)
const secretName = new RegExp(`(?:^|[^A-Za-z0-9])${secretWord.source}$`, 'i')
const isOrdinaryKey = (name: string) => /^key$|(?:public|signing)[_-]?key$/i.test(name)

/** Whether a member's name, such as `db_password` or `accessToken`, says that its value is a secret. */
export function namesSecret(name: string): boolean {
  const words = name.slice(-64).replace(/([a-z0-9])([A-Z])/g, '$1_$2')
  return secretName.test(words) && !isOrdinaryKey(words)
}

/** Replaces what looks like a key of a well-known kind with `«REDACTED:KIND»`. */
export function redactKeyShapes(text: string): string {
  let redacted = text
  for (const { name, pattern } of keyPatterns)
    redacted = redacted.replace(pattern, (...parts) => {
      const groups: unknown = parts.at(-1)
      const kept = typeof groups === 'object' ? (groups as Record<string, string | undefined>) : {}
      const before = kept['before'] ?? kept['word']?.split('eyJ', 1)[0] ?? ''
      return `${before}«REDACTED:${name}»${kept['after'] ?? ''}`
    })
  return redacted.replace(assignment, (...parts) => {
    const groups = parts.at(-1) as Record<string, string | undefined>
    const value = groups['double'] ?? groups['single'] ?? groups['bare'] ?? ''
    const name = groups['name'] ?? ''
    // "key: value" in prose is no secret: a bare word of letters alone counts only after a name such as API_KEY.
    const plainWord = /^[A-Za-z]+\.?$/.test(value)
    if (isOrdinaryKey(name) || (plainWord && groups['between']?.includes(':'))) return parts[0] as string
    const quote = groups['double'] !== undefined ? '"' : groups['single'] !== undefined ? "'" : ''
    const label = name.toUpperCase().replace(/-/g, '_')
    return `${name}${groups['between'] ?? ''}${quote}«REDACTED:${label}»${quote}`
  })
}

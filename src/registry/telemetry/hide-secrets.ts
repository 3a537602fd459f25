import { keyFormats } from '../../review/rules/secrets.ts'

/** A value as JSON with everything that looks like a key replaced, names of members included. */
export function hideSecrets<T>(value: T): T {
  if (typeof value === 'string') return hideIn(value) as T
  if (Array.isArray(value)) return value.map(hideSecrets) as T
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [hideIn(name), hideSecrets(member)]),
  ) as T
}

function hideIn(text: string): string {
  return keyFormats.reduce(
    (hidden, { name, pattern }) =>
      hidden.replace(
        new RegExp(pattern.source, `${pattern.flags.replace('g', '')}g`),
        `«REDACTED:${name.toUpperCase()}»`,
      ),
    text,
  )
}

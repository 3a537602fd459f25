import { redactKeyShapes } from './key-patterns.ts'
import { createRedactor } from './redactor.ts'

export { createRedactor } from './redactor.ts'

/**
 * Replaces secrets in `text` with `«REDACTED:NAME»`: first the known values, in every form in which they usually
 * travel (base64, hexadecimal, percent-encoded, inside JSON …), then whatever has the shape of a well-known key.
 *
 * It never throws: a number is looked for as it would be printed, any other value that isn't text is no secret.
 *
 * @param secrets name → value. A value of fewer than four characters is replaced only where it stands alone.
 * @param onFound hears the name of each known value that was replaced
 */
export function redactSecrets(
  text: string,
  secrets: Readonly<Record<string, string>> = {},
  onFound?: (name: string) => void,
): string {
  const redactor = createRedactor(asText(secrets), onFound)
  return redactKeyShapes(redactor.push(text) + redactor.flush())
}

/** Callers in plain JavaScript give what they have. */
function asText(secrets: Readonly<Record<string, unknown>> | null): Record<string, string> {
  return Object.fromEntries(
    Object.entries(secrets ?? {}).flatMap(([name, value]) =>
      typeof value === 'string' || typeof value === 'number' ? [[name, String(value)]] : [],
    ),
  )
}

/** `redactSecrets` over every string of a JSON value, keys of objects included. */
export function redactDeep(
  value: unknown,
  secrets: Readonly<Record<string, string>> = {},
  onFound?: (name: string) => void,
): unknown {
  const redact = (text: string) => redactSecrets(text, secrets, onFound)
  if (typeof value === 'string') return redact(value)
  if (Array.isArray(value)) return value.map((item) => redactDeep(item, secrets, onFound))
  if (value !== null && typeof value === 'object')
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [redact(key), redactDeep(item, secrets, onFound)]),
    )
  return value
}

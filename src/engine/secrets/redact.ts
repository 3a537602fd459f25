import { redactKeyShapes } from './key-patterns.ts'
import { createRedactor } from './redactor.ts'

export { createRedactor } from './redactor.ts'

/**
 * Replaces secrets in `text` with `«REDACTED:NAME»`: first the known values, in every form in which they usually
 * travel (base64, hexadecimal, percent-encoded, inside JSON …), then whatever has the shape of a well-known key.
 *
 * @param secrets name → value. A value of fewer than four characters is replaced only where it stands alone.
 */
export function redactSecrets(text: string, secrets: Readonly<Record<string, string>> = {}): string {
  const redactor = createRedactor(secrets)
  return redactKeyShapes(redactor.push(text) + redactor.flush())
}

/** `redactSecrets` over every string of a JSON value, keys of objects included. */
export function redactDeep(value: unknown, secrets: Readonly<Record<string, string>> = {}): unknown {
  if (typeof value === 'string') return redactSecrets(value, secrets)
  if (Array.isArray(value)) return value.map((item) => redactDeep(item, secrets))
  if (value !== null && typeof value === 'object')
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [redactSecrets(key, secrets), redactDeep(item, secrets)]),
    )
  return value
}

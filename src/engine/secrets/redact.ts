import { SkilletError, toSkilletError } from '../../shared/errors.ts'
import { redactKeyShapes } from './key-patterns.ts'
import { createNeedles } from './needles.ts'
import { redactorFor } from './redactor.ts'

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
  return redacting(secrets, onFound)(text)
}

/** `redactSecrets` for many texts: what is looked for is prepared once. */
function redacting(
  secrets: Readonly<Record<string, string>>,
  onFound: (name: string) => void = () => {},
): (text: string) => string {
  const needles = createNeedles(asText(secrets))
  return (text) => {
    const redactor = redactorFor(needles, onFound)
    return redactKeyShapes(redactor.push(text) + redactor.flush())
  }
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
  const redact = redacting(secrets, onFound)
  const walk = (item: unknown): unknown => {
    if (typeof item === 'string') return redact(item)
    if (Array.isArray(item)) return item.map(walk)
    if (item !== null && typeof item === 'object')
      return Object.fromEntries(Object.entries(item).map(([key, held]) => [redact(key), walk(held)]))
    return item
  }
  return walk(value)
}

/** The same failure without secrets, also in what is behind it. */
export function redactError(error: unknown, secrets: Readonly<Record<string, string>>): SkilletError {
  const { code, message, remedy, cause } = toSkilletError(error)
  const redact = redacting(secrets)
  const behind =
    cause instanceof Error ? (cause.stack ?? cause.message) : typeof cause === 'string' ? cause : undefined
  return new SkilletError(code, redact(message), {
    remedy: redact(remedy),
    ...(behind === undefined ? {} : { cause: redact(behind) }),
  })
}

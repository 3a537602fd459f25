import { redactSecrets } from '../secrets/redact.ts'

/**
 * A step's output with whatever looks like a key replaced, also where only the member's name tells: `{"token": "…"}`.
 * `isWhole` is false where something was: such an output must not be handed on as if it were what the step printed.
 */
export function redactOutput(value: unknown): { value: unknown; isWhole: boolean } {
  let isWhole = true
  const text = (whole: string) => {
    const redacted = redactSecrets(whole)
    if (redacted !== whole) isWhole = false
    return redacted
  }
  const member = (name: string, held: unknown): unknown => {
    if (typeof held !== 'string') return walk(held)
    const redacted = text(held)
    if (redacted !== held) return redacted
    const together = JSON.stringify({ [name]: held })
    if (redactSecrets(together) === together) return held
    isWhole = false
    return `«REDACTED:${name.toUpperCase().replace(/[^A-Z0-9]+/g, '_')}»`
  }
  const walk = (held: unknown): unknown => {
    if (typeof held === 'string') return text(held)
    if (Array.isArray(held)) return held.map(walk)
    if (typeof held !== 'object' || held === null) return held
    return Object.fromEntries(Object.entries(held).map(([name, one]) => [text(name), member(name, one)]))
  }
  return { value: walk(value), isWhole }
}

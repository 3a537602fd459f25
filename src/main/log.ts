import { appendFileSync, mkdirSync, renameSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { redactSecrets } from '../engine/secrets/redact.ts'
import { toSkilletError, type SkilletError } from '../shared/errors.ts'

const maxBytes = 1024 * 1024

export type Log = (line: string) => void

/**
 * Writes redacted lines to stderr and to `skillet.log` in Skillet's folder (0600; one older file is kept at 1 MiB).
 * A log that can't be written says so on stderr and never stops the app.
 */
export function createLog(home: string, now: () => Date = () => new Date()): Log {
  const file = join(home, 'skillet.log')
  try {
    mkdirSync(home, { recursive: true, mode: 0o700 })
    if ((statSync(file, { throwIfNoEntry: false })?.size ?? 0) > maxBytes) renameSync(file, `${file}.1`)
  } catch (error) {
    process.stderr.write(`The log can't be kept: ${String(error)}\n`)
  }
  return (line) => {
    const text = `${now().toISOString()} ${redactSecrets(line)}\n`
    process.stderr.write(text)
    try {
      appendFileSync(file, text, { mode: 0o600 })
    } catch (error) {
      process.stderr.write(`The log can't be written: ${String(error)}\n`)
    }
  }
}

/** An error with its stack and the causes behind it. */
export function describeError(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const own = error.stack ?? error.message
  return error.cause === undefined ? own : `${own}\ncaused by ${describeError(error.cause)}`
}

/** Any failure of `what` as what the window is told; one that nobody expected is logged whole. */
export function toToldError(error: unknown, what: string, log: Log): SkilletError {
  const failure = toSkilletError(error)
  if (failure.code === 'INTERNAL') log(`${what} failed: ${describeError(failure)}`)
  return failure
}

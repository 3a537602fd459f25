import { SkilletError } from '../shared/errors.ts'

/** @param why follows "The archive can't be trusted: " */
export function unsafe(why: string, cause?: unknown): SkilletError {
  return new SkilletError('ARCHIVE_UNSAFE', `The archive can't be trusted: ${why}.`, { cause })
}

/** @param what follows "The archive is too large: " */
export function tooLarge(what: string): SkilletError {
  return new SkilletError('TOO_LARGE', `The archive is too large: ${what}.`)
}

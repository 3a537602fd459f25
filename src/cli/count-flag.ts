import { SkilletError } from '../shared/errors.ts'

/** A whole number from 1 on. Throws USAGE, naming the flag, for anything else. */
export function parseCount(flag: string, value: string): number {
  const count = Number(value)
  if (!Number.isInteger(count) || count < 1)
    throw new SkilletError('USAGE', `${flag} ${value} is not a count.`)
  return count
}

import { createHash } from 'node:crypto'
import { SkilletError } from '../../shared/errors.ts'

/** Where the next page starts; good only for the question that it was an answer to. */
export function makeCursor(question: unknown, offset: number): string {
  return Buffer.from(`${offset}.${mark(question)}`).toString('base64url')
}

/** @throws SkilletError INPUT_INVALID for what isn't a cursor of this very question */
export function readCursor(question: unknown, cursor: string | undefined): number {
  if (cursor === undefined) return 0
  const [offset = '', of] = Buffer.from(cursor, 'base64url').toString('latin1').split('.')
  if (/^\d{1,9}$/.test(offset) && of === mark(question)) return Number(offset)
  throw new SkilletError('INPUT_INVALID', 'cursor: not one that this search gave.', {
    remedy: 'Search without a cursor, and take nextCursor from the answer.',
  })
}

function mark(question: unknown): string {
  return createHash('sha256').update(JSON.stringify(question)).digest('base64url').slice(0, 12)
}

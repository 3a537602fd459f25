import type { z } from 'zod'
import { SkilletError } from '../../shared/errors.ts'

/** @throws SkilletError INPUT_INVALID, which names every member that is wrong: a caller that is a model corrects them all at once */
export function parseInput<S extends z.ZodType>(schema: S, input: unknown): z.output<S> {
  const parsed = schema.safeParse(input)
  if (parsed.success) return parsed.data
  const sentences = parsed.error.issues.slice(0, 10).map(({ path, message }) => {
    const member = path.join('.')
    return member === '' ? message : `${member}: ${message}`
  })
  throw new SkilletError('INPUT_INVALID', sentences.join('; '), { remedy: 'Correct the request.' })
}

import { readFile } from 'node:fs/promises'
import { z } from 'zod'
import { SkilletError } from '../shared/errors.ts'

/** A policy from a file that somebody names. @throws SkilletError NOT_FOUND, POLICY_INVALID */
export async function readPolicy<S extends z.ZodType>(file: string, schema: S): Promise<z.output<S>> {
  let text: string
  try {
    text = await readFile(file, 'utf8')
  } catch (error) {
    throw new SkilletError('NOT_FOUND', `The policy file ${file} can't be read.`, {
      remedy: 'Check the path.',
      cause: error,
    })
  }
  const remedy = 'Correct the file and try again. Nothing was changed.'
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch (error) {
    throw new SkilletError('POLICY_INVALID', `${file} is not valid JSON.`, { remedy, cause: error })
  }
  const parsed = schema.safeParse(json)
  if (!parsed.success)
    throw new SkilletError('POLICY_INVALID', `${file}: ${z.prettifyError(parsed.error)}`, {
      remedy,
      cause: parsed.error,
    })
  return parsed.data
}

import { lstatSync } from 'node:fs'
import { join } from 'node:path'
import { SkilletError } from '../../shared/errors.ts'
import { parseStrictJson } from '../../trust/strict-json.ts'
import { readTrusted } from '../policy/sources/read-trusted.ts'
import { updateSourceSchema, type UpdateSource } from './update-feed.ts'

/**
 * What the build was given to update itself from: `updates.json` among its resources, which nobody but the program's owner
 * may have written. Null where there is none.
 * @throws SkilletError POLICY_INVALID
 */
export function readUpdateSource(resources: string): UpdateSource | null {
  const path = join(resources, 'updates.json')
  const invalid = (problem: string, cause?: unknown) =>
    new SkilletError('POLICY_INVALID', `Where Skillet's own updates come from, ${path}, ${problem}.`, {
      remedy: 'Install Skillet again.',
      cause,
    })
  const owners = [0, lstatSync(resources, { throwIfNoEntry: false })?.uid ?? 0]
  const bytes = readTrusted({ path, maxSizeBytes: 64 * 1024, owners, invalid })
  if (bytes === null) return null
  try {
    return updateSourceSchema.parse(parseStrictJson(bytes))
  } catch (error) {
    throw invalid('is damaged', error)
  }
}

import type { SecretRef } from '../../shared/contract/keys.ts'
import { SkilletError } from '../../shared/errors.ts'
import { secretNameSchema, slugSchema } from '../../shared/identifiers.ts'

/** What a key is called where it is kept: `NAME` for one that skills share, `NAME@slug` for one that is a single skill's. */
export function entryOf({ name, skill }: SecretRef): string {
  return skill === null ? name : `${name}@${skill}`
}

/** The other way round; null for what is no entry. */
export function parseEntry(entry: string): SecretRef | null {
  const [name = '', skill = null, more] = entry.split('@')
  if (more !== undefined || !secretNameSchema.safeParse(name).success) return null
  return skill === null || slugSchema.safeParse(skill).success ? { name, skill } : null
}

/** @throws SkilletError INPUT_INVALID */
export function assertEntry(entry: string): void {
  if (parseEntry(entry) === null)
    throw new SkilletError(
      'INPUT_INVALID',
      `“${entry}” can't be a key's name: use capitals such as EXAMPLE_API_KEY.`,
    )
}

/** Keytar hands values on as C strings, which end at the first NUL. @throws SkilletError INPUT_INVALID */
export function assertValue(value: string): void {
  if (value === '' || value.includes('\0') || value.length > 8192)
    throw new SkilletError('INPUT_INVALID', 'A key must have between 1 and 8192 characters.')
}

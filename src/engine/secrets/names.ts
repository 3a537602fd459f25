import { z } from 'zod'
import { secretNameSchema } from '../../shared/identifiers.ts'
import { withFileLock } from '../audit/file-lock.ts'
import { readJson, writeFileAtomic } from '../disk.ts'

const fileSchema = z.strictObject({ schema: z.literal(1), names: z.array(secretNameSchema) })

/** The names, never the values, of the keys that were stored from here. */
export interface SecretNames {
  list(): Promise<string[]>
  add(name: string): Promise<void>
  remove(name: string): Promise<void>
}

/**
 * In one file; changes of several processes follow one another. The keychain itself isn't asked what it holds: keytar ends
 * the whole process where an entry goes away, or is locked, while it lists.
 * @throws SkilletError STORE_DAMAGED, BUSY, and what the disk refuses
 */
export function createSecretNames({ file }: { file: string }): SecretNames {
  const list = async () => (await readJson(file, () => fileSchema))?.names ?? []
  const change = (edit: (names: string[]) => string[]) =>
    withFileLock(`${file}.lock`, async () => {
      const before = await list()
      const names = edit(before)
      if (names.length !== before.length)
        await writeFileAtomic(file, `${JSON.stringify({ schema: 1, names }, null, 2)}\n`)
    })
  return {
    list,
    add: (name) => change((names) => [...new Set([...names, name])].sort()),
    remove: (name) => change((names) => names.filter((other) => other !== name)),
  }
}

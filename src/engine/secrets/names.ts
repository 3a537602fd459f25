import { z } from 'zod'
import { withFileLock } from '../audit/file-lock.ts'
import { readJson, writeFileAtomic } from '../disk.ts'
import { parseEntry } from './entry.ts'

const entrySchema = z.string().refine((entry) => parseEntry(entry) !== null)
const knownSchema = z.record(entrySchema, z.strictObject({ lastUsedAt: z.iso.datetime().nullable() }))
type Known = z.infer<typeof knownSchema>

const fileSchema = z.union([
  z.strictObject({ schema: z.literal(2), entries: knownSchema }),
  z
    .strictObject({ schema: z.literal(1), names: z.array(entrySchema) })
    .transform(({ names }) => ({ entries: Object.fromEntries(names.map((name) => [name, unused])) })),
])
const unused = { lastUsedAt: null }

/** A use within this time of the last one, in milliseconds, isn't written down: nobody asks to the minute. */
const sameUseMs = 60_000

/** The names, never the values, of the keys that were stored from here, and when a skill last had each. */
export interface SecretNames {
  /** By entry (`entry.ts`), in order. */
  list(): Promise<Map<string, { lastUsedAt: string | null }>>
  add(entry: string): Promise<void>
  remove(entry: string): Promise<void>
  /** A run has read it. Nothing where it isn't in the list. */
  used(entry: string): Promise<void>
}

/**
 * In one file; changes of several processes follow one another. The keychain itself isn't asked what it holds: keytar ends
 * the whole process where an entry goes away, or is locked, while it lists.
 * @throws SkilletError STORE_DAMAGED, BUSY, and what the disk refuses
 */
export function createSecretNames({
  file,
  now = () => new Date(),
}: {
  file: string
  now?: () => Date
}): SecretNames {
  const read = async (): Promise<Known> => (await readJson(file, () => fileSchema))?.entries ?? {}
  const change = (edit: (known: Known) => Known | null, { sync }: { sync: boolean }) =>
    withFileLock(`${file}.lock`, async () => {
      const entries = edit(await read())
      if (entries !== null)
        await writeFileAtomic(file, `${JSON.stringify({ schema: 2, entries }, null, 2)}\n`, { sync })
    })
  const justUsed = (lastUsedAt: string | null) =>
    lastUsedAt !== null && Math.abs(now().getTime() - Date.parse(lastUsedAt)) < sameUseMs
  return {
    list: async () => new Map(Object.entries(await read()).sort(([a], [b]) => (a < b ? -1 : 1))),
    add: (entry) =>
      change((known) => (known[entry] === undefined ? { ...known, [entry]: unused } : null), { sync: true }),
    remove: (entry) =>
      change(({ [entry]: gone, ...rest }) => (gone === undefined ? null : rest), { sync: true }),
    async used(entry) {
      const known = (await read())[entry]
      if (known === undefined || justUsed(known.lastUsedAt)) return
      await change((all) => (all[entry] ? { ...all, [entry]: { lastUsedAt: now().toISOString() } } : null), {
        sync: false,
      })
    },
  }
}

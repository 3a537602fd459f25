import { z } from 'zod'
import { secretNameSchema, slugSchema } from '../../shared/identifiers.ts'
import { withFileLock } from '../audit/file-lock.ts'
import { readJson, writeFileAtomic } from '../disk.ts'

const fileSchema = z.strictObject({
  schema: z.literal(1),
  skills: z.record(slugSchema, z.array(secretNameSchema)),
})

/**
 * Which keys a person lets a skill use without holding them, where its publisher didn't say so already.
 * A damaged file throws STORE_DAMAGED: taken for empty, it would hand keys over.
 */
export interface UnseenKeys {
  /** Names of keys by skill. */
  all(): Promise<Readonly<Record<string, readonly string[]>>>
  of(slug: string): Promise<readonly string[]>
  set(slug: string, name: string, unseen: boolean): Promise<void>
}

/** In one file; changes of several processes follow one another. */
export function createUnseenKeys(file: string): UnseenKeys {
  const all = async () => (await readJson(file, () => fileSchema))?.skills ?? {}
  const of = async (slug: string) => {
    const skills = await all()
    return Object.hasOwn(skills, slug) ? (skills[slug] ?? []) : []
  }
  return {
    all,
    of,
    set: (slug, name, unseen) =>
      withFileLock(`${file}.lock`, async () => {
        const { [slug]: before = [], ...others } = await all()
        const names = [...before.filter((one) => one !== name), ...(unseen ? [name] : [])].sort()
        const skills = names.length === 0 ? others : { ...others, [slug]: names }
        await writeFileAtomic(file, `${JSON.stringify({ schema: 1, skills }, null, 2)}\n`)
      }),
  }
}

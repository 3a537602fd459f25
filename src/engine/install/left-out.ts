import { z } from 'zod'
import { slugSchema } from '../../shared/identifiers.ts'
import { withFileLock } from '../audit/file-lock.ts'
import { readJson, writeFileAtomic } from '../disk.ts'
import type { Paths } from '../paths.ts'

const leftOutSchema = z.object({ schema: z.literal(1), slugs: z.array(slugSchema) })

/** Skills that administrators have installed on each computer and that the person here has removed: they stay removed. */
export interface LeftOut {
  /** @throws SkilletError STORE_DAMAGED */
  has(slug: string): Promise<boolean>
  /** @throws SkilletError STORE_DAMAGED, NOT_WRITABLE, NO_SPACE */
  add(slug: string): Promise<void>
}

export function createLeftOut({ leftOut: file }: Pick<Paths, 'leftOut'>): LeftOut {
  const read = async () => (await readJson(file, () => leftOutSchema))?.slugs ?? []
  return {
    has: async (slug) => (await read()).includes(slug),
    add: (slug) =>
      withFileLock(`${file}.lock`, async () => {
        const slugs = [...new Set([...(await read()), slug])].sort()
        await writeFileAtomic(file, `${JSON.stringify({ schema: 1, slugs })}\n`)
      }),
  }
}

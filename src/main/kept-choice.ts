import { readJson, writeFileAtomic } from '../engine/disk.ts'
import type { z } from 'zod'
import { describeError, type Log } from './log.ts'

/** A choice of the person's about the window itself, kept between starts. */
export interface KeptChoice<T> {
  get(): T
  set(choice: T): Promise<void>
}

/** Keeps the choice in `file` and hands it to `apply` at start and on each change. `usual`: where nothing was chosen. */
export async function openKeptChoice<T>(
  { file, schema, usual }: { file: string; schema: z.ZodType<T>; usual: T },
  apply: (choice: T) => void,
  log: Log,
): Promise<KeptChoice<T>> {
  const kept = await readJson(file, () => schema).catch((error: unknown) => {
    // Only a matter of taste is lost: the app must open all the same.
    log(`a choice could not be read: ${describeError(error)}`)
    return null
  })
  let current = kept ?? usual
  apply(current)
  return {
    get: () => current,
    async set(choice) {
      await writeFileAtomic(file, JSON.stringify(choice))
      current = choice
      apply(choice)
    },
  }
}

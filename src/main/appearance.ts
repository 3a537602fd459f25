import { join } from 'node:path'
import { z } from 'zod'
import { readJson, writeFileAtomic } from '../engine/disk.ts'
import { describeError, type Log } from './log.ts'

const choiceSchema = z.enum(['system', 'light', 'dark'])
export type AppearanceChoice = z.infer<typeof choiceSchema>

export interface Appearance {
  get(): AppearanceChoice
  set(choice: AppearanceChoice): Promise<void>
}

/** Keeps the choice in `appearance.json` and hands it to `apply` at start and on each change. */
export async function openAppearance(
  home: string,
  apply: (choice: AppearanceChoice) => void,
  log: Log,
): Promise<Appearance> {
  const file = join(home, 'appearance.json')
  let current = await readJson(file, () => choiceSchema).catch((error: unknown) => {
    // Only a colour choice is lost: the app must open all the same.
    log(`the appearance could not be read: ${describeError(error)}`)
    return null
  })
  apply(current ?? 'system')
  return {
    get: () => current ?? 'system',
    async set(choice) {
      await writeFileAtomic(file, JSON.stringify(choice))
      current = choice
      apply(choice)
    },
  }
}

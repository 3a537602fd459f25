import { join } from 'node:path'
import { z } from 'zod'
import { openKeptChoice, type KeptChoice } from './kept-choice.ts'
import type { Log } from './log.ts'

const choiceSchema = z.enum(['system', 'light', 'dark'])
export type AppearanceChoice = z.infer<typeof choiceSchema>
export type Appearance = KeptChoice<AppearanceChoice>

/** Keeps the choice in `appearance.json` and hands it to `apply` at start and on each change. */
export function openAppearance(
  home: string,
  apply: (choice: AppearanceChoice) => void,
  log: Log,
): Promise<Appearance> {
  return openKeptChoice<AppearanceChoice>(
    { file: join(home, 'appearance.json'), schema: choiceSchema, usual: 'system' },
    apply,
    log,
  )
}

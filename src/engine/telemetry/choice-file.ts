import { z } from 'zod'
import { withFileLock } from '../audit/file-lock.ts'
import { makeFolder, readJson, writeFileAtomic } from '../disk.ts'
import { dirname } from 'node:path'

const choiceSchema = z.strictObject({
  schema: z.literal(1),
  choice: z.enum(['on', 'off']).nullable(),
  /** Bundles whose owners the person lets have samples. */
  samples: z
    .array(z.strictObject({ bundle: z.uuid(), title: z.string(), since: z.iso.datetime() }))
    .default([]),
})
/** What the person chose about statistics and samples. */
export type Choices = z.infer<typeof choiceSchema>

export interface ChoiceFile {
  /** Anew at each call: another Skillet may have changed it. What can't be read counts as "no". */
  read(): Promise<Choices>
  /** @throws SkilletError NOT_WRITABLE, NO_SPACE, BUSY */
  change(edit: (choices: Choices) => Choices): Promise<void>
}

export function createChoiceFile(file: string): ChoiceFile {
  const read = async (): Promise<Choices> => {
    try {
      return (await readJson(file, () => choiceSchema)) ?? { schema: 1, choice: null, samples: [] }
    } catch {
      return { schema: 1, choice: 'off', samples: [] }
    }
  }
  return {
    read,
    async change(edit) {
      await makeFolder(dirname(file))
      await withFileLock(`${file}.lock`, async () =>
        writeFileAtomic(file, `${JSON.stringify(edit(await read()), null, 2)}\n`),
      )
    },
  }
}

import { realpath } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { z } from 'zod'
import { SkilletError } from '../../shared/errors.ts'
import { sha256Schema } from '../../shared/identifiers.ts'
import { withFileLock } from '../audit/file-lock.ts'
import { readJson, writeFileAtomic } from '../disk.ts'
import type { Paths } from '../paths.ts'
import type { Journal } from '../ports.ts'
import { folderDigest, Unreadable } from './folder-digest.ts'

/** Skills in agents' folders that a person has looked at and brought under Skillet, where they lie. */
const adoptedSchema = z.strictObject({
  schema: z.literal(1),
  skills: z.array(z.strictObject({ path: z.string(), sha256: sha256Schema, adoptedAt: z.string() })),
})
export type Adopted = z.infer<typeof adoptedSchema>['skills'][number]

interface AdoptPorts {
  readonly paths: Pick<Paths, 'home'>
  readonly journal: Journal
  /** Agents' folders of skills, links followed. */
  readonly folders: () => Promise<string[]>
  readonly now: () => Date
}

/**
 * What a person has looked at is remembered by its content. From then on Skillet says when it has changed, and runs it, in
 * the sandbox as a folder that nobody signed, only as it was.
 */
export function createAdopting({ paths, journal, folders, now }: AdoptPorts) {
  const file = join(paths.home, 'adopted.json')
  const list = async (): Promise<Adopted[]> => (await readJson(file, () => adoptedSchema))?.skills ?? []
  const change = (next: (skills: Adopted[]) => Adopted[]) =>
    withFileLock(`${file}.lock`, async () =>
      writeFileAtomic(file, JSON.stringify({ schema: 1, skills: next(await list()) })),
    )

  return {
    list,

    /** `digest`: what the person looked at. @throws SkilletError NOT_FOUND, INTEGRITY_BROKEN where it is another by now */
    async adopt(path: string, digest: string): Promise<void> {
      const real = await realpath(path).catch(() => null)
      if (real === null || real !== path || !(await folders()).includes(dirname(real)))
        throw new SkilletError('NOT_FOUND', `There is no skill of an agent at ${path}.`, {
          remedy: 'See what is there: skillet agents scan',
        })
      if ((await digestNow(real)) !== digest) throw changed(real)
      await journal.append(
        'agents.adopted',
        null,
        `Looked at the skill in ${real} and brought it under Skillet.`,
        {
          sha256: digest,
        },
      )
      await change((skills) => [
        ...skills.filter((one) => one.path !== real),
        { path: real, sha256: digest, adoptedAt: now().toISOString() },
      ])
    },

    /** Forgets it; its files stay. */
    async disown(path: string): Promise<void> {
      if (!(await list()).some((one) => one.path === path)) return
      await journal.append('agents.disowned', null, `Skillet no longer watches the skill in ${path}.`)
      await change((skills) => skills.filter((one) => one.path !== path))
    },

    /** Ahead of a run from a folder: one that was adopted is what it was then. @throws SkilletError INTEGRITY_BROKEN */
    async assertUnchanged(folder: string): Promise<void> {
      const real = await realpath(folder).catch(() => folder)
      const known = (await list()).find(({ path }) => path === real)
      if (known !== undefined && (await digestNow(real)) !== known.sha256) throw changed(real)
    },
  }
}

async function digestNow(path: string): Promise<string | null> {
  return folderDigest(path).catch((error: unknown) => {
    if (error instanceof Unreadable) return null
    throw error
  })
}

function changed(path: string): SkilletError {
  return new SkilletError('INTEGRITY_BROKEN', `The skill in ${path} has changed since you looked at it.`, {
    remedy: 'Check your skills again, and bring it under Skillet again if it is still what you want.',
  })
}

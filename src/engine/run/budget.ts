import { join } from 'node:path'
import { z } from 'zod'
import { SkilletError } from '../../shared/errors.ts'
import type { SkillManifest } from '../../shared/skill-manifest.ts'
import { readJson, writeFileAtomic } from '../disk.ts'

const usageSchema = z.object({
  day: z.string(),
  runs: z.number(),
  bytesOut: z.number(),
  lastRunAt: z.string(),
})
const MIB = 1024 * 1024

export interface Budget {
  /** Counts a run that is about to start. Returns the bytes that may still leave today. Throws BUDGET_EXCEEDED. */
  begin(manifest: SkillManifest): Promise<number>
  /** Whether so many runs could start now; counts none of them. Throws BUDGET_EXCEEDED. */
  assertLeft(manifest: SkillManifest, runs: number): Promise<void>
  /** Adds what a finished run sent. */
  spend(slug: string, bytesOut: number): Promise<void>
  lastRunAt(slug: string): Promise<string | null>
}

/** The local form of a spend cap: runs and bytes a day, kept in one small file a skill. Days are the person's own. */
export function createBudget(folder: string, now: () => Date = () => new Date()): Budget {
  const fileOf = (slug: string) => join(folder, `${slug}.json`)
  const today = () => {
    const date = now()
    return [date.getFullYear(), date.getMonth() + 1, date.getDate()]
      .map((part) => String(part).padStart(2, '0'))
      .join('-')
  }
  const read = async (slug: string) => {
    const usage = await readJson(fileOf(slug), usageSchema)
    return usage?.day === today()
      ? usage
      : { day: today(), runs: 0, bytesOut: 0, lastRunAt: usage?.lastRunAt ?? '' }
  }
  // One write after another, or two runs that end together would count as one.
  let queue: Promise<unknown> = Promise.resolve()
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const result = queue.then(work, work)
    queue = result.catch(() => {})
    return result
  }
  const assertWithin = (manifest: SkillManifest, usage: z.infer<typeof usageSchema>, wanted: number) => {
    const { runs_per_day: runs, egress_mb_per_day: megabytes } = manifest.budget
    if (usage.runs >= runs)
      throw new SkilletError('BUDGET_EXCEEDED', `${manifest.title} has had its ${runs} runs for today.`)
    if (usage.runs + wanted > runs)
      throw new SkilletError(
        'BUDGET_EXCEEDED',
        `${manifest.title} has ${runs - usage.runs} of its ${runs} runs for today left, and ${wanted} are needed.`,
      )
    if (manifest.sandbox.network.length > 0 && usage.bytesOut >= megabytes * MIB)
      throw new SkilletError('BUDGET_EXCEEDED', `${manifest.title} has sent its ${megabytes} MB for today.`)
  }
  return {
    assertLeft: async (manifest, runs) => assertWithin(manifest, await read(manifest.slug), runs),
    begin: (manifest) =>
      inTurn(async () => {
        const usage = await read(manifest.slug)
        const { egress_mb_per_day: megabytes } = manifest.budget
        assertWithin(manifest, usage, 1)
        await writeFileAtomic(
          fileOf(manifest.slug),
          JSON.stringify({ ...usage, runs: usage.runs + 1, lastRunAt: now().toISOString() }),
        )
        return megabytes * MIB - usage.bytesOut
      }),
    spend: (slug, bytesOut) =>
      inTurn(async () => {
        if (bytesOut === 0) return
        const usage = await read(slug)
        await writeFileAtomic(fileOf(slug), JSON.stringify({ ...usage, bytesOut: usage.bytesOut + bytesOut }))
      }),
    lastRunAt: async (slug) => (await readJson(fileOf(slug), usageSchema))?.lastRunAt || null,
  }
}

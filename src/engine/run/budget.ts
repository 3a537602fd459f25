import { randomBytes } from 'node:crypto'
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { SkilletError } from '../../shared/errors.ts'
import type { Receipt } from '../../shared/receipt.ts'
import type { SkillManifest } from '../../shared/skill-manifest.ts'
import { withFileLock } from '../audit/file-lock.ts'
import { toDiskError, withDiskErrors } from '../disk.ts'
import type { EffectiveLimits } from '../policy/limits.ts'

const usageSchema = z.object({
  day: z.string(),
  runs: z.number(),
  bytesOut: z.number(),
  lastRunAt: z.string(),
})
type Usage = z.infer<typeof usageSchema>
type Budgeted = Pick<SkillManifest, 'slug' | 'title' | 'sandbox'>
type DailyLimits = Pick<EffectiveLimits, 'runs_per_day' | 'egress_mb_per_day'>
const MIB = 1024 * 1024

export interface Budget {
  /** Counts a run that is about to start. `sent`: the bytes that it has sent by now. @throws SkilletError BUDGET_EXCEEDED, BUSY */
  begin(skill: Budgeted, limits: DailyLimits, sent: () => number): Promise<BudgetShare>
  /** Whether so many runs could start now; counts none of them. Throws BUDGET_EXCEEDED. */
  assertLeft(skill: Budgeted, limits: DailyLimits, runs: number): Promise<void>
  lastRunAt(slug: string): Promise<string | null>
}

/** What one run has of its skill's budget for today. */
export interface BudgetShare {
  /** Bytes that it may have sent at most, as things stand: less by what others of the same skill send meanwhile. */
  maxBytesOut(): number
  /** It is over: books what it sent. */
  end(): Promise<void>
  /** What today's budget still allows, as far as this process knows. */
  left(): Receipt['left']
  /** It never started, so it doesn't count. */
  cancel(): Promise<void>
}

/**
 * The local form of a spend cap: runs and bytes a day, kept in one small file a skill, which all Skillets on this computer
 * share. Days are the person's own. The file isn't synced: a power cut may forget the counts of the last seconds.
 */
export function createBudget(folder: string, now: () => Date = () => new Date()): Budget {
  const fileOf = (slug: string) => join(folder, `${slug}.json`)
  const running = new Map<string, Set<() => number>>()
  /** As this process wrote it last: what running ones send isn't in it yet. */
  const known = new Map<string, Usage>()
  const queues = new Map<string, Promise<unknown>>()

  const today = () => {
    const date = now()
    return [date.getFullYear(), date.getMonth() + 1, date.getDate()]
      .map((part) => String(part).padStart(2, '0'))
      .join('-')
  }
  const read = (slug: string): Usage => {
    const usage = readUsage(fileOf(slug))
    return usage?.day === today()
      ? usage
      : { day: today(), runs: 0, bytesOut: 0, lastRunAt: usage?.lastRunAt ?? '' }
  }
  /** One change after another, or two runs that start together would count as one. */
  const change = (slug: string, apply: (usage: Usage) => Usage): Promise<Usage> => {
    const turn = (queues.get(slug) ?? Promise.resolve()).then(() =>
      withFileLock(join(folder, `${slug}.lock`), async () => {
        const usage = apply(read(slug))
        await withDiskErrors(async () => replaceAtOnce(fileOf(slug), JSON.stringify(usage)))
        known.set(slug, usage)
        return usage
      }),
    )
    const settled = turn.then(
      () => {},
      () => {},
    )
    queues.set(slug, settled)
    void settled.then(() => {
      if (queues.get(slug) === settled) queues.delete(slug)
    })
    return turn
  }
  const sentByOthers = (slug: string, own: () => number) =>
    [...(running.get(slug) ?? [])].reduce((sum, sent) => (sent === own ? sum : sum + sent()), 0)

  return {
    async begin(skill, limits, sent) {
      const { slug } = skill
      const startedAt = now().toISOString()
      let lastRunAt = ''
      await change(slug, (usage) => {
        assertWithin(skill, limits, usage, 1)
        lastRunAt = usage.lastRunAt
        return { ...usage, runs: usage.runs + 1, lastRunAt: startedAt }
      })
      const meters = running.get(slug) ?? new Set()
      running.set(slug, meters.add(sent))
      const over = () => {
        meters.delete(sent)
        if (meters.size === 0) running.delete(slug)
      }
      const leftAfter = (bytes: number) =>
        Math.max(0, limits.egress_mb_per_day * MIB - (known.get(slug)?.bytesOut ?? 0) - bytes)
      return {
        maxBytesOut: () => leftAfter(sentByOthers(slug, sent)),
        left: () => ({
          runs: Math.max(0, limits.runs_per_day - (known.get(slug)?.runs ?? 0)),
          bytesOut: leftAfter([...meters].reduce((sum, meter) => sum + meter(), 0)),
        }),
        async end() {
          const bytes = sent()
          if (bytes > 0) await change(slug, (usage) => ({ ...usage, bytesOut: usage.bytesOut + bytes }))
          over()
        },
        async cancel() {
          over()
          await change(slug, (usage) => ({
            ...usage,
            runs: Math.max(0, usage.runs - 1),
            lastRunAt: usage.lastRunAt === startedAt ? lastRunAt : usage.lastRunAt,
          }))
        },
      }
    },
    assertLeft: async (skill, limits, runs) => assertWithin(skill, limits, read(skill.slug), runs),
    lastRunAt: async (slug) => readUsage(fileOf(slug))?.lastRunAt || null,
  }
}

function assertWithin(
  { title, sandbox }: Budgeted,
  { runs_per_day: runs, egress_mb_per_day: megabytes }: DailyLimits,
  usage: Usage,
  wanted: number,
): void {
  const exceeded = (message: string) => new SkilletError('BUDGET_EXCEEDED', message)
  if (usage.runs >= runs) throw exceeded(`${title} has had its ${runs} runs for today.`)
  if (usage.runs + wanted > runs)
    throw exceeded(
      `${title} has ${runs - usage.runs} of its ${runs} runs for today left, and ${wanted} are needed.`,
    )
  if (sandbox.network.length > 0 && usage.bytesOut >= megabytes * MIB)
    throw exceeded(`${title} has sent its ${megabytes} MB for today.`)
}

/**
 * Null where there is none, and where a power cut took its content: counting starts anew. At once, like `replaceAtOnce`:
 * a hundred bytes take microseconds, and asking threads for each step of it many times that.
 */
function readUsage(file: string): Usage | null {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw toDiskError(error)
  }
  if (/^\0*$/.test(text)) return null
  try {
    return usageSchema.parse(JSON.parse(text))
  } catch (error) {
    throw new SkilletError('STORE_DAMAGED', `${file} is damaged.`, { cause: error })
  }
}

/** A kill leaves the old or the new content, whole; the folder is there, its lock lies in it. */
function replaceAtOnce(file: string, text: string): void {
  const temporary = `${file}.${randomBytes(6).toString('hex')}.tmp`
  try {
    writeFileSync(temporary, text, { flag: 'wx', mode: 0o600 })
    renameSync(temporary, file)
  } catch (error) {
    rmSync(temporary, { force: true })
    throw error
  }
}

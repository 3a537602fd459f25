import { z } from 'zod'
import { capabilitySchema } from '../../shared/capability.ts'
import { grantSchema, type Grant } from '../../shared/grant.ts'
import { SkilletError } from '../../shared/errors.ts'
import { withFileLock } from '../audit/file-lock.ts'
import { readJson, writeFileAtomic } from '../disk.ts'
import type { GrantStore } from '../ports.ts'
import { toForget } from './to-forget.ts'

const storedSchema = grantSchema.strict()
/** What was taken back, as it was said, and how often. */
const forgottenSchema = z.strictObject({
  slug: z.string(),
  capability: capabilitySchema.optional(),
  capabilityDigest: z.string().optional(),
  times: z.number().int().positive(),
})
type Forgotten = z.output<typeof forgottenSchema>

const fileSchema = z.strictObject({
  schema: z.literal(1),
  grants: z.array(storedSchema),
  /** Of life `once`, and used: kept to tell the person why they are asked again. */
  used: z.array(storedSchema).default([]),
  /** Whatever another Skillet holds in memory from before no longer counts. */
  forgotten: z.array(forgottenSchema).default([]),
})
type Book = Omit<z.output<typeof fileSchema>, 'schema'>

/**
 * People's decisions in one file, and those for as long as Skillet is open in memory. Each change is atomic, and changes
 * of several processes follow one another. A damaged file throws STORE_DAMAGED: taken for empty, it would forget every
 * denial.
 */
export function createGrantStore({ file }: { file: string }): GrantStore {
  const session = new Map<string, Grant>()
  /**
   * All that were ever in `session`, with how often they had been taken back before: what a crash left of another process's
   * must not come back as this one's.
   */
  const ours = new Map<string, number>()
  let queue: Promise<unknown> = Promise.resolve()

  const read = async (): Promise<Book> =>
    (await readJson(file, () => fileSchema)) ?? { grants: [], used: [], forgotten: [] }

  const change = (edit: (book: Book) => Partial<Book>): Promise<void> => {
    const next = queue.then(() =>
      withFileLock(`${file}.lock`, async () => {
        const before = await read()
        const { grants, used, forgotten } = { ...before, ...edit(before) }
        if (same([grants, used, forgotten], [before.grants, before.used, before.forgotten])) return
        const content = {
          schema: 1,
          grants,
          ...(used.length > 0 ? { used } : {}),
          ...(forgotten.length > 0 ? { forgotten } : {}),
        }
        await writeFileAtomic(file, `${JSON.stringify(content, null, 2)}\n`)
      }),
    )
    queue = next.catch(() => undefined)
    return next
  }

  const remember = (key: string, grant: Grant, forgotten: readonly Forgotten[]) => {
    session.set(key, grant)
    ours.set(JSON.stringify(grant), timesForgotten(forgotten, grant))
  }
  const isForgotten = (grant: Grant, forgotten: readonly Forgotten[]) =>
    timesForgotten(forgotten, grant) > (ours.get(JSON.stringify(grant)) ?? 0)

  return {
    async list(slug) {
      const known = [...session]
      const { grants, used, forgotten } = await read()
      const stored = new Set(grants.map(keyOf))
      const answered = new Set([...stored, ...used.map(keyOf)])
      // Another Skillet has stored an answer since, or taken this one back: that is the later word.
      for (const [key, grant] of known)
        if ((answered.has(key) || isForgotten(grant, forgotten)) && session.get(key) === grant)
          session.delete(key)
      const all = [...grants, ...[...session].flatMap(([key, grant]) => (stored.has(key) ? [] : [grant]))]
      return slug === undefined ? all : all.filter((grant) => grant.slug === slug)
    },
    async put(grants) {
      const added = byKey(grants)
      let forgottenBefore: readonly Forgotten[] = []
      await change(({ grants: stored, used, forgotten }) => {
        forgottenBefore = forgotten
        const known = byKey(stored)
        const lasting = [...added].filter(([, { life }]) => life !== 'session')
        return {
          grants: [
            ...stored.flatMap((grant) => {
              const later = added.get(keyOf(grant)) ?? grant
              return later.life === 'session' ? [] : [later]
            }),
            ...lasting.flatMap(([key, grant]) => (known.has(key) ? [] : [grant])),
          ],
          used: used.filter((grant) => !added.has(keyOf(grant))),
        }
      })
      for (const [key, grant] of added)
        if (grant.life === 'session') remember(key, grant, forgottenBefore)
        else session.delete(key)
    },
    async undoPut(grants, before) {
      const [added, earlier] = [byKey(grants), byKey(before)]
      const undone = (grant: Grant): Grant | undefined => {
        if (!same(grant, added.get(keyOf(grant)))) return grant
        const was = earlier.get(keyOf(grant))
        return was?.life === 'session' && !ours.has(JSON.stringify(was)) ? undefined : was
      }
      await change(({ grants: stored }) => {
        const now = [...stored, ...session.values()].flatMap((grant) => undone(grant) ?? [])
        session.clear()
        for (const grant of now) if (grant.life === 'session') session.set(keyOf(grant), grant)
        return { grants: now.filter(({ life }) => life !== 'session') }
      })
    },
    async useOnce(grants) {
      const once = onceOf(grants)
      if (once.size === 0) return
      await change(({ grants: stored, used }) => {
        const there = byKey(stored)
        for (const [key, grant] of once)
          if (!same(grant, there.get(key)))
            throw new SkilletError(
              'PERMISSION_DENIED',
              'You allowed it once, and another run has just used that.',
              { remedy: 'Allow it again, or allow it always.' },
            )
        const others = (grant: Grant) => !once.has(keyOf(grant))
        return { grants: stored.filter(others), used: [...used.filter(others), ...once.values()] }
      })
    },
    async giveBack(grants) {
      const once = onceOf(grants)
      if (once.size === 0) return
      await change(({ grants: stored, used }) => {
        const back = used.filter((grant) => same(grant, once.get(keyOf(grant))))
        return { grants: [...stored, ...back], used: used.filter((grant) => !back.includes(grant)) }
      })
    },
    async usedUp(slug) {
      return (await read()).used.filter((grant) => grant.slug === slug)
    },
    forget: (slug, capability, capabilityDigest) =>
      change(({ grants, used, forgotten }) => {
        const gone = toForget([...grants, ...session.values()], slug, capability, capabilityDigest)
        for (const [key, grant] of session) if (gone.has(grant)) session.delete(key)
        const forAll = [...gone].some(({ decision }) => decision === 'allow')
        const said = { slug, capability, capabilityDigest: forAll ? undefined : capabilityDigest }
        return {
          grants: grants.filter((grant) => !gone.has(grant)),
          used: used.filter(
            (grant) => grant.slug !== slug || (capability !== undefined && grant.capability !== capability),
          ),
          // A removal can be undone, and then everything has to be as it was.
          forgotten: capability === undefined ? forgotten : withOneMore(forgotten, said),
        }
      }),
  }
}

function timesForgotten(forgotten: readonly Forgotten[], grant: Grant): number {
  return forgotten
    .filter(
      ({ slug, capability, capabilityDigest }) =>
        slug === grant.slug &&
        (capability ?? grant.capability) === grant.capability &&
        (capabilityDigest ?? grant.capabilityDigest) === grant.capabilityDigest,
    )
    .reduce((sum, { times }) => sum + times, 0)
}

function withOneMore(forgotten: readonly Forgotten[], said: Omit<Forgotten, 'times'>): Forgotten[] {
  const isSaid = (one: Forgotten) =>
    one.slug === said.slug &&
    one.capability === said.capability &&
    one.capabilityDigest === said.capabilityDigest
  const times = forgotten.find(isSaid)?.times ?? 0
  return [...forgotten.filter((one) => !isSaid(one)), { ...said, times: times + 1 }]
}

function onceOf(grants: readonly Grant[]): Map<string, Grant> {
  return byKey(grants.filter(({ life, decision }) => life === 'once' && decision === 'allow'))
}

function byKey(grants: readonly Grant[]): Map<string, Grant> {
  const checked = z.array(storedSchema).parse(grants)
  return new Map(checked.map((grant) => [keyOf(grant), grant]))
}

function keyOf({ slug, capability, capabilityDigest }: Grant): string {
  return `${slug}\n${capability}\n${capabilityDigest}`
}

function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b)
}

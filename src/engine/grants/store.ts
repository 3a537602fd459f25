import { z } from 'zod'
import { grantSchema, type Grant } from '../../shared/contract/overview.ts'
import { withFileLock } from '../audit/file-lock.ts'
import { readJson, writeFileAtomic } from '../disk.ts'
import type { GrantStore } from '../ports.ts'

const fileSchema = z.strictObject({ schema: z.literal(1), grants: z.array(grantSchema.strict()) })

/**
 * People's decisions in one file. Each change is atomic, and changes of several processes follow one another. A damaged
 * file throws STORE_DAMAGED: taken for empty, it would forget every denial.
 */
export function createGrantStore({ file }: { file: string }): GrantStore {
  let queue: Promise<unknown> = Promise.resolve()

  const read = async (): Promise<Grant[]> => (await readJson(file, fileSchema))?.grants ?? []

  const change = (edit: (grants: Grant[]) => Grant[]): Promise<void> => {
    const next = queue.then(() =>
      withFileLock(`${file}.lock`, async () => {
        const before = await read()
        const grants = edit(before)
        if (JSON.stringify(grants) === JSON.stringify(before)) return
        await writeFileAtomic(file, `${JSON.stringify({ schema: 1, grants }, null, 2)}\n`)
      }),
    )
    queue = next.catch(() => undefined)
    return next
  }

  return {
    async list(slug) {
      const grants = await read()
      return slug === undefined ? grants : grants.filter((grant) => grant.slug === slug)
    },
    async put(grants) {
      const added = byKey(grants)
      await change((stored) => {
        const known = byKey(stored)
        const more = [...added].flatMap(([key, grant]) => (known.has(key) ? [] : [grant]))
        return [...stored.map((grant) => added.get(keyOf(grant)) ?? grant), ...more]
      })
    },
    async undoPut(grants, before) {
      const [added, earlier] = [byKey(grants), byKey(before)]
      await change((stored) =>
        stored.flatMap((grant) => {
          const key = keyOf(grant)
          if (JSON.stringify(grant) !== JSON.stringify(added.get(key))) return [grant]
          return earlier.get(key) ?? []
        }),
      )
    },
    forget: (slug, capability, capabilityDigest) =>
      change((stored) => {
        const meant = stored.filter(
          (grant) => grant.slug === slug && (capability === undefined || grant.capability === capability),
        )
        if (capabilityDigest === undefined) return stored.filter((grant) => !meant.includes(grant))
        const one = meant.find((grant) => grant.capabilityDigest === capabilityDigest)
        return stored.filter(
          (grant) =>
            grant !== one &&
            !(one?.decision === 'allow' && grant.decision === 'allow' && meant.includes(grant)),
        )
      }),
  }
}

function byKey(grants: readonly Grant[]): Map<string, Grant> {
  const checked = z.array(grantSchema.strict()).parse(grants)
  return new Map(checked.map((grant) => [keyOf(grant), grant]))
}

function keyOf({ slug, capability, capabilityDigest }: Grant): string {
  return `${slug}\n${capability}\n${capabilityDigest}`
}

import type { Metadata, Root, TargetFile, Timestamp } from '@tufjs/models'
import { SkilletError } from '../../shared/errors.ts'
import { assertNotExpired } from './clock.ts'
import { maxBytes, maxDelegations } from './limits.ts'
import { readCapped } from './read-capped.ts'
import { invalid, notHere } from './refusal.ts'
import type { TufSource } from './source.ts'
import { roleFileName, type TrustFiles } from './trust-files.ts'
import type { Snapshot } from './verify-snapshot.ts'
import { verifyTargets, type TargetsRole } from './verify-targets.ts'

/** One state of the repository, verified from root to targets; delegated roles are verified as they are needed. */
export interface TrustedSet {
  readonly bytes: { readonly root: Buffer; readonly timestamp: Buffer }
  readonly root: Metadata<Root>
  readonly timestamp: Metadata<Timestamp>
  readonly snapshot: Snapshot
  readonly targets: TargetsRole
  /** Bytes of delegated roles that came with it. */
  readonly carried: ReadonlyMap<string, Buffer>
  /**
   * What the most trusted role says of a path (TUF 1.0 §5.6.7), and the roles that were asked; null where none vouches
   * for it.
   * @throws SkilletError METADATA_INVALID, METADATA_EXPIRED, METADATA_ROLLBACK, and what the source throws
   */
  find(path: string, source: TufSource | null, now: Date): Promise<Found | null>
}

export interface Found {
  readonly file: TargetFile
  readonly roles: readonly TargetsRole[]
}

/** Delegated roles kept parsed; a registry's bins may be hundreds. */
const maxKept = 48

export function createTrustedSet(top: Omit<TrustedSet, 'find'>, files: TrustFiles): TrustedSet {
  const kept = new Map<string, { by: TargetsRole; role: TargetsRole }>()
  /** By path. The roles are those of this very state, so only their ends can have come since. */
  const answers = new Map<string, Found>()

  async function load(
    name: string,
    by: TargetsRole,
    source: TufSource | null,
    now: Date,
  ): Promise<TargetsRole> {
    const known = kept.get(name)
    if (known?.by === by) {
      assertNotExpired(known.role.expires, now)
      return known.role
    }
    const role = (await loadLocal(name, by, source, now)) ?? (await loadRemote(name, by, source!, now))
    kept.delete(name)
    kept.set(name, { by, role })
    for (const oldest of kept.keys()) {
      if (kept.size <= maxKept) break
      kept.delete(oldest)
    }
    return role
  }

  /** Null where what is on this computer doesn't do and there is a source to ask. */
  async function loadLocal(
    name: string,
    delegator: TargetsRole,
    source: TufSource | null,
    now: Date,
  ): Promise<TargetsRole | null> {
    const context = { delegator: delegator.delegator, snapshot: top.snapshot, now }
    let problem: unknown
    for (const bytes of [top.carried.get(name), await files.read(roleFileName(name))])
      try {
        if (bytes === undefined || bytes === null) continue
        return verifyTargets(bytes, name, context)
      } catch (error) {
        problem = error
      }
    if (source !== null) return null
    if (problem instanceof SkilletError && problem.code === 'METADATA_EXPIRED') throw problem
    top.snapshot.role(name)
    throw notHere(`A part of the registry's lists`, problem)
  }

  async function loadRemote(
    name: string,
    delegator: TargetsRole,
    source: TufSource,
    now: Date,
  ): Promise<TargetsRole> {
    // §5.6.1
    const { version, length } = top.snapshot.role(name)
    const file = `${encodeURIComponent(name)}.json`
    const bytes = await readCapped(
      source,
      top.root.signed.consistentSnapshot ? `${version}.${file}` : file,
      Math.min(length ?? Infinity, maxBytes.targets),
    )
    if (bytes === null) throw invalid(`the registry names the ${name} list and doesn't have it`)
    const context = { delegator: delegator.delegator, snapshot: top.snapshot, now }
    const role = verifyTargets(bytes, name, context)
    // §5.6.6
    await files.write(roleFileName(name), bytes)
    return role
  }

  return {
    ...top,
    async find(path, source, now) {
      assertNotExpired(top.targets.expires, now)
      const known = answers.get(path)
      if (known !== undefined) {
        for (const { expires } of known.roles) assertNotExpired(expires, now)
        return known
      }
      const toVisit: { name: string; by: TargetsRole | null }[] = [{ name: 'targets', by: null }]
      const visited = new Map<string, TargetsRole>()
      // §5.6.7: pre-order, depth first, in the order in which a role lists its delegations.
      for (let next = toVisit.pop(); next !== undefined; next = toVisit.pop()) {
        if (visited.has(next.name)) continue
        if (visited.size > maxDelegations) throw invalid('too many lists lead to one file')
        const role = next.by === null ? top.targets : await load(next.name, next.by, source, now)
        visited.set(next.name, role)
        const file = role.entry(path)
        if (file !== null) {
          const found = { file, roles: [...visited.values()] }
          if (answers.size < maxKept) answers.set(path, found)
          return found
        }
        const children: typeof toVisit = []
        for (const { name, terminating } of role.delegations(path)) {
          children.push({ name, by: role })
          if (terminating) {
            // §5.6.7.2.1: nobody after it is asked.
            toVisit.length = 0
            break
          }
        }
        toVisit.push(...children.reverse())
      }
      return null
    },
  }
}

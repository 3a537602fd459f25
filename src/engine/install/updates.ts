import { gt, prerelease } from 'semver'
import type { Revocations } from '../../shared/signed-targets.ts'
import { findRevocation } from '../../trust/revocations.ts'
import type { CatalogIndex } from '../ports.ts'
import type { InstallRecord } from './store.ts'

/** Whether somebody at `installed` is offered `available`: newer, and unfinished only for those who have such a one. */
export function isUpdate(installed: string, available: string): boolean {
  return gt(available, installed) && (prerelease(available) === null || prerelease(installed) !== null)
}

/**
 * The version that an update would bring to each of these, in their order; null for none. Never a withdrawn one; for a
 * skill that was withdrawn itself, also an older one that wasn't.
 */
export async function findUpdates(
  catalog: Pick<CatalogIndex, 'getAll'>,
  records: readonly Pick<InstallRecord, 'slug' | 'version' | 'withdrawn'>[],
  revocations: Revocations,
): Promise<(string | null)[]> {
  const entries = await catalog.getAll(records.map(({ slug }) => slug))
  return records.map(({ slug, version, withdrawn }, index) => {
    const available = entries[index]?.version
    if (available === undefined || available === version) return null
    if (withdrawn === null && !isUpdate(version, available)) return null
    return findRevocation(revocations, slug, available) === null ? available : null
  })
}

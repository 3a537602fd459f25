import type { Withdrawn } from '../../shared/contract/library.ts'
import { SkilletError, toSkilletError } from '../../shared/errors.ts'
import type { Revocation, Revocations } from '../../shared/signed-targets.ts'
import type { SkillManifest } from '../../shared/skill-manifest.ts'
import { findRevocation } from '../../trust/revocations.ts'
import { verifyRelease } from '../../trust/verify-release.ts'
import { orNull } from '../or-null.ts'
import { dropKept } from '../install/drop-kept.ts'
import { quarantine } from '../install/quarantine.ts'
import { envelopeOf, type InstallRecord, type StorePorts } from '../install/store.ts'
import type { CatalogIndex, Freshness, RegistryTrust } from '../ports.ts'
import type { LiveRuns } from '../run/live-runs.ts'
import { toRevokedError } from './revoked.ts'

export interface WithdrawalPorts extends StorePorts {
  readonly trust: RegistryTrust
  readonly catalog: CatalogIndex
  readonly runs: LiveRuns
  readonly log: (line: string) => void
}

export interface NewlyWithdrawn {
  readonly slug: string
  readonly version: string
  readonly title: string
  readonly withdrawn: Withdrawn
}

/** A suggestion must not keep a withdrawal waiting. */
const suggestionMs = 3000

/**
 * Brings what is installed in line with the registry's list of withdrawn skills: running copies of any
 * version on it are stopped, then what is installed goes to quarantine, and what is kept is deleted. Gives those that
 * were not in quarantine before.
 * @throws SkilletError what `trust.revocations` throws; a skill that can't be moved away is logged, and can't run either
 */
export async function settleWithdrawals(
  ports: WithdrawalPorts,
  freshness: Freshness,
): Promise<NewlyWithdrawn[]> {
  const revocations = await ports.trust.revocations(freshness)
  if (revocations.revocations.length === 0) return []
  const find = (slug: string, version: string) => findRevocation(revocations, slug, version)
  ports.runs.stop((slug, version) => {
    const revocation = find(slug, version)
    return revocation && toRevokedError(revocation, version)
  })
  const found: NewlyWithdrawn[] = []
  for (const record of await ports.store.list()) {
    const revocation = find(record.slug, record.version)
    try {
      if (revocation !== null && record.withdrawn === null) {
        const newly = await withdraw(ports, record, revocation, revocations)
        if (newly !== null) found.push(newly)
      }
    } catch (error) {
      // Its next run is refused all the same, and the next look tries again.
      ports.log(`${record.slug} was withdrawn and could not be moved away: ${toSkilletError(error).message}`)
    }
    if (record.kept.every(({ version }) => find(record.slug, version) === null)) continue
    const trouble = await dropKept(ports, record.slug, (version) => find(record.slug, version)).catch(
      toSkilletError,
    )
    if (trouble !== null) ports.log(`what is kept of ${record.slug} was withdrawn, but: ${trouble.message}`)
  }
  return found
}

async function withdraw(
  ports: WithdrawalPorts,
  record: InstallRecord,
  revocation: Revocation,
  revocations: Revocations,
): Promise<NewlyWithdrawn | null> {
  const { slug, version } = record
  const manifest = await manifestOf(ports.trust, record)
  const withdrawn: Withdrawn = {
    reason: revocation.reason,
    severity: revocation.severity,
    revokedAt: revocation.revokedAt,
    rotate: revocation.rotate.map((name) => ({ name, title: manifest?.secrets[name]?.title ?? name })),
    saferVersion: await saferVersion(ports.catalog, record, revocations),
  }
  const done = await quarantine(ports, slug, version, withdrawn)
  if (done?.problem) ports.log(`${slug} is in quarantine, but: ${done.problem.message}`)
  if (done === null || !done.isNew) return null
  return { slug, version, title: manifest?.title ?? slug, withdrawn }
}

/** The catalog's version, else the newest kept one, that isn't withdrawn itself; null where there is none. */
export async function saferVersion(
  catalog: Pick<CatalogIndex, 'get'>,
  { slug, version, kept }: InstallRecord,
  revocations: Revocations,
): Promise<string | null> {
  const offered = await orNull(catalog.get(slug), suggestionMs)
  return (
    [offered?.version, ...kept.map((one) => one.version)].find(
      (one) => one !== undefined && one !== version && findRevocation(revocations, slug, one) === null,
    ) ?? null
  )
}

/** Null where nobody who was ever trusted has signed it. */
async function manifestOf(trust: RegistryTrust, record: InstallRecord): Promise<SkillManifest | null> {
  try {
    return verifyRelease(envelopeOf(record), await trust.lastKnownKeys(), record).release.skill
  } catch (error) {
    if (error instanceof SkilletError) return null
    throw error
  }
}

import type { CatalogEntry } from '../../shared/catalog.ts'
import { asksOf, cannotOf, declaredCapabilities } from '../../shared/capability-words.ts'
import type { InstallPlan, InstallStep } from '../../shared/contract/install.ts'
import type { Ask, Fit, Provenance, SkillSummary } from '../../shared/contract/skills.ts'
import { SkilletError } from '../../shared/errors.ts'
import type { Release } from '../../shared/release.ts'
import type { SkillManifest } from '../../shared/skill-manifest.ts'
import { verifyRelease } from '../../trust/verify-release.ts'
import type { InstallSource } from '../api.ts'
import { findCandidate, type Candidate, type CandidateHooks } from './candidate.ts'
import { assertFits } from './fit.ts'
import type { InstallPorts } from './install-ports.ts'
import { isWithin } from './reach.ts'
import { isOlder } from './is-older.ts'
import { standingDecisions, withoutAllows } from './standing.ts'
import { envelopeOf, type InstallRecord } from './store.ts'

/** A release that has passed everything but the person's own decisions. */
export interface Checked extends Candidate {
  readonly fit: Fit
}

/**
 * Access → fresh lists, signature, key status, revocation → hardware → policy. Nothing is written but the registry's
 * signed lists. `onStep` hears of each step once it has passed.
 */
export async function checkCandidate(
  ports: InstallPorts,
  source: InstallSource,
  onStep: (step: InstallStep) => void = () => undefined,
  given: Pick<CandidateHooks, 'signal' | 'earlier'> = {},
): Promise<Checked> {
  const candidate = await findCandidate(ports, source, {
    onAccess: () => onStep('access'),
    onSignature: () => onStep('signature'),
    ...given,
  })
  if ('file' in source) await assertNotPinned(ports, candidate.release)
  const fit = await assertFits(ports.probe, ports.catalog, candidate.release)
  onStep('hardware')
  await ports.assertPolicyAllows(candidate.release.skill)
  onStep('policy')
  return { ...candidate, fit }
}

/**
 * A skill that was withdrawn may always be replaced by one that wasn't.
 * @throws SkilletError VERSION_PINNED for an update that nobody named a version for
 */
export async function assertMayFollow(ports: InstallPorts, source: InstallSource): Promise<void> {
  if ('file' in source || source.version !== undefined) return
  const record = await ports.store.get(source.slug)
  if (record?.pinned === true && record.withdrawn === null) throw pinnedAt(record)
}

/** A file names no version that anybody could have meant. @throws SkilletError VERSION_PINNED */
export async function assertNotPinned({ store }: InstallPorts, { slug, version }: Release): Promise<void> {
  const record = await store.get(slug)
  if (record?.pinned === true && record.withdrawn === null && record.version !== version)
    throw pinnedAt(record)
}

function pinnedAt({ slug, version }: InstallRecord): SkilletError {
  return new SkilletError('VERSION_PINNED', `${slug} stays at version ${version}: you asked for that.`)
}

/** What the person is asked. */
export async function toPlan(ports: InstallPorts, planId: string, checked: Checked): Promise<InstallPlan> {
  const { release } = checked
  const manifest = release.skill
  const record = await ports.store.get(release.slug)
  const before = await installedManifest(ports, release.slug)
  const older = record !== null && isOlder(manifest.version, record.version)
  const standing = standingDecisions(manifest, before, await ports.grants.list(release.slug))
  const present = await ports.secretsPresent(Object.keys(manifest.secrets), release.slug)
  const asks = asksOf(manifest).map((ask) => ({
    ...ask,
    decided: (older ? withoutAllows(standing) : standing).get(ask.capability)?.decision ?? null,
  }))
  return {
    planId,
    skill: toSummary(release, checked.fit, record?.version ?? null),
    provenance: toProvenance(release, checked.keyid, checked.origin, checked.current),
    asks,
    cannot: cannotOf(manifest),
    secrets: Object.entries(manifest.secrets).map(([name, secret]) => ({
      name,
      title: secret.title,
      required: secret.required,
      hosts: secret.hosts,
      present: present.has(name),
      unseen: secret.broker === true,
    })),
    downloadBytes: release.tarball.size,
    replaces: record?.version ?? null,
    older,
    changes:
      before === null
        ? null
        : {
            widens: asks.some(({ capability }) => standing.get(capability)?.decision !== 'allow'),
            ...changesOf(before, manifest),
          },
  }
}

/** What the installed version declares; null where there is none, or nobody who is trusted now has signed it. */
export async function installedManifest(
  { store, trust }: Pick<InstallPorts, 'store' | 'trust'>,
  slug: string,
): Promise<SkillManifest | null> {
  const record = await store.get(slug)
  if (record === null) return null
  try {
    return verifyRelease(envelopeOf(record), await trust.lastKnownKeys(), record).release.skill
  } catch (error) {
    // Whatever it was allowed then doesn't count: the person is asked about everything.
    if (error instanceof SkilletError) return null
    throw error
  }
}

function changesOf(
  before: SkillManifest,
  after: SkillManifest,
): { added: Ask[]; removed: Ask[]; changed: { before: Ask; after: Ask }[] } {
  const earlier = new Map(asksOf(before).map((ask) => [ask.capability, ask]))
  const now = new Map(asksOf(after).map((ask) => [ask.capability, ask]))
  return {
    added: [...now.values()].filter(({ capability }) => !earlier.has(capability)),
    removed: [...earlier.values()].filter(({ capability }) => !now.has(capability)),
    changed: [...now.values()].flatMap((ask) => {
      const was = earlier.get(ask.capability)
      const { capability } = ask
      if (was === undefined) return []
      const same = isWithin(after, before, capability) && isWithin(before, after, capability)
      return same ? [] : [{ before: was, after: ask }]
    }),
  }
}

/** What a release, or its line in the catalog, says of a skill in a list. */
export function toSummary(
  of: Release | CatalogEntry,
  fit: Fit,
  installedVersion: string | null,
): SkillSummary {
  const said =
    'skill' in of
      ? {
          ...of.skill,
          capabilities: declaredCapabilities(of.skill),
          needsKey: Object.values(of.skill.secrets).some((secret) => secret.required),
        }
      : of
  // Member by member: lists are long, and spreading takes many times as long.
  return {
    slug: said.slug,
    version: said.version,
    title: said.title,
    summary: said.summary,
    publisher: said.publisher,
    category: said.category,
    tags: said.tags,
    tier: said.tier,
    capabilities: said.capabilities,
    needsKey: said.needsKey,
    fit,
    installedVersion,
  }
}

export function toProvenance(
  release: Release,
  keyid: string,
  registry: string,
  current: Provenance['current'],
): Provenance {
  return {
    publisher: release.publisher,
    publishedAt: release.publishedAt,
    reviewedAt: release.review.reviewedAt,
    reviewer: release.review.reviewer,
    reviewComment: release.review.comment,
    keyid,
    registry,
    tarballSha256: release.tarball.sha256,
    tarballSize: release.tarball.size,
    current,
  }
}

import { asksOf, cannotOf, declaredCapabilities } from '../../shared/capability-words.ts'
import type { InstallPlan, InstallStep } from '../../shared/contract/install.ts'
import type { Fit, Provenance, SkillSummary } from '../../shared/contract/skills.ts'
import type { Release } from '../../shared/release.ts'
import type { InstallSource } from '../api.ts'
import { capabilityDigest } from '../grants/digest.ts'
import { findCandidate, type Candidate } from './candidate.ts'
import { decidedBefore } from './decisions.ts'
import { assertFits } from './fit.ts'
import type { InstallPorts } from './install-ports.ts'

/** A release that has passed everything but the person's own decisions. */
export interface Checked extends Candidate {
  readonly fit: Fit
}

/**
 * Access → signature, key status, revocation → hardware → policy. Nothing is written but the list of withdrawn skills.
 * `onStep` hears of each step once it has passed.
 */
export async function checkCandidate(
  ports: InstallPorts,
  source: InstallSource,
  onStep: (step: InstallStep) => void = () => undefined,
): Promise<Checked> {
  const candidate = await findCandidate(ports, source, {
    onAccess: () => onStep('access'),
    onSignature: () => onStep('signature'),
  })
  const fit = await assertFits(ports.probe, ports.registry, candidate.release)
  onStep('hardware')
  await ports.assertPolicyAllows(candidate.release.skill)
  onStep('policy')
  return { ...candidate, fit }
}

/** What the person is asked. */
export async function toPlan(ports: InstallPorts, planId: string, checked: Checked): Promise<InstallPlan> {
  const { release } = checked
  const manifest = release.skill
  const installed = await ports.store.get(release.slug)
  const grants = await ports.grants.list(release.slug)
  const digest = capabilityDigest(manifest)
  const present = await ports.secretsPresent(Object.keys(manifest.secrets))
  return {
    planId,
    skill: toSummary(release, checked.fit, installed?.version ?? null),
    provenance: toProvenance(release, checked.keyid, checked.origin),
    asks: asksOf(manifest).map((ask) => ({
      ...ask,
      decided: decidedBefore(grants, ask.capability, digest),
    })),
    cannot: cannotOf(manifest),
    secrets: Object.entries(manifest.secrets).map(([name, secret]) => ({
      name,
      title: secret.title,
      required: secret.required,
      hosts: secret.hosts,
      present: present.has(name),
    })),
    downloadBytes: release.tarball.size,
    replaces: installed?.version ?? null,
  }
}

export function toSummary(release: Release, fit: Fit, installedVersion: string | null): SkillSummary {
  const { slug, version, title, summary, publisher, category, tags, tier, secrets } = release.skill
  return {
    slug,
    version,
    title,
    summary,
    publisher,
    category,
    tags,
    tier,
    capabilities: declaredCapabilities(release.skill),
    needsKey: Object.values(secrets).some((secret) => secret.required),
    fit,
    installedVersion,
  }
}

export function toProvenance(release: Release, keyid: string, registry: string): Provenance {
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
  }
}

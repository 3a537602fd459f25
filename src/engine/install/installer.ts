import { randomUUID } from 'node:crypto'
import { asksOf, joinAsks } from '../../shared/capability-words.ts'
import type { InstallPlan, InstallProgress, InstallStep } from '../../shared/contract/install.ts'
import { SkilletError, toSkilletError } from '../../shared/errors.ts'
import { encodeBase64 } from '../../trust/base64.ts'
import type { Answers, DecidedBy, InstallSource } from '../api.ts'
import { capabilityDigest } from '../grants/digest.ts'
import { commit } from './commit.ts'
import { assertAllAllowed, toGrants } from './decisions.ts'
import { exclusively } from './exclusive.ts'
import { extractTarball } from './extract.ts'
import type { InstallPorts } from './install-ports.ts'
import { assertMayFollow, checkCandidate, installedManifest, toPlan, type Checked } from './plan.ts'
import { throwIfCancelled } from './step-hooks.ts'
import { assertSameBasis, assertStillAllowed, type Basis } from './still-decided.ts'
import { isOlder } from './is-older.ts'
import { standingDecisions, withoutAllows } from './standing.ts'
import { discard } from './store.ts'
import { obtainTarball } from './tarball.ts'

const maxPlans = 64

/** After these the download is of no use, or in the way. Otherwise it is there when the person tries again. */
const useless = new Set<unknown>([
  ...['ARCHIVE_UNSAFE', 'PAYLOAD_MISMATCH', 'TOO_LARGE', 'DIGEST_MISMATCH'],
  ...['REVOKED', 'NOT_CURRENT', 'CANCELLED', 'NO_SPACE'],
])

interface Planned extends Basis {
  /** This exact version. */
  readonly source: InstallSource
  readonly checked: Checked
}

export interface ApplyHooks {
  onProgress?: ((progress: InstallProgress) => void) | undefined
  signal?: AbortSignal | undefined
}

export interface Installer {
  /** Checks everything that can be checked before the person is asked. Writes nothing of the skill. */
  plan(source: InstallSource): Promise<InstallPlan>
  /**
   * Installs what was planned. The checks of the plan are made again: it may have been open for hours. Every failure,
   * and cancelling, leaves the previous version in force and the disk as it was; a denial is remembered. Going back to an
   * older version needs every decision in `decisions`: none that was made before stands for it.
   * @throws SkilletError PERMISSION_DENIED, SECRET_MISSING, DIGEST_MISMATCH, ARCHIVE_UNSAFE, PAYLOAD_MISMATCH, NO_SPACE,
   *   NOT_WRITABLE, CANCELLED, BUSY, and what `plan` throws
   */
  apply(
    planId: string,
    decisions: Answers,
    by: DecidedBy,
    hooks?: ApplyHooks,
  ): Promise<{ slug: string; version: string }>
  discard(planId: string): void
}

export function createInstaller(ports: InstallPorts): Installer {
  const plans = new Map<string, Planned>()
  const now = ports.now ?? (() => new Date())

  async function journalRefusal(slug: string | null, error: unknown): Promise<void> {
    const { code, message } = toSkilletError(error)
    try {
      await ports.journal.append('install.refused', slug, message, { code })
    } catch {
      // On a full disk the journal can't be written either. The refusal itself is what the person must hear of.
    }
  }

  async function plan(source: InstallSource): Promise<InstallPlan> {
    try {
      await assertMayFollow(ports, source)
      const checked = await checkCandidate(ports, source)
      const planId = randomUUID()
      const installId = (await ports.store.get(checked.release.slug))?.installId ?? null
      const made = await toPlan(ports, planId, checked)
      const [oldest] = plans.keys()
      if (plans.size >= maxPlans && oldest !== undefined) plans.delete(oldest)
      // From here on the source is this exact version, whatever the catalog says later.
      const exact = 'file' in source ? source : { slug: source.slug, version: checked.release.version }
      plans.set(planId, { source: exact, checked, asked: source, installId })
      return made
    } catch (error) {
      await journalRefusal('slug' in source ? source.slug : null, error)
      throw error
    }
  }

  async function apply(
    planId: string,
    decisions: Answers,
    by: DecidedBy,
    hooks: ApplyHooks = {},
  ): Promise<{ slug: string; version: string }> {
    const planned = plans.get(planId)
    if (planned === undefined)
      throw new SkilletError('NOT_FOUND', 'This install is no longer open.', {
        remedy: 'Start the install again.',
      })
    const { slug, version } = planned.checked.release
    try {
      await decideAndInstall(planned, planId, decisions, by, hooks)
    } catch (error) {
      await journalRefusal(slug, error)
      throw error
    }
    plans.delete(planId)
    return { slug, version }
  }

  async function decideAndInstall(
    basis: Planned,
    planId: string,
    decisions: Answers,
    by: DecidedBy,
    { onProgress, signal }: ApplyHooks,
  ): Promise<void> {
    const report = (step: InstallStep, fraction: number) => onProgress?.({ planId, step, fraction })
    const during = (step: InstallStep) => ({
      onProgress: (fraction: number) => report(step, fraction),
      signal,
    })
    const { source, checked: planned } = basis
    const manifest = planned.release.skill
    const at = now().toISOString()
    await assertSameBasis(ports, planned.release, basis)
    const grants = await ports.grants.list(manifest.slug)
    const standing = standingDecisions(manifest, await installedManifest(ports, manifest.slug), grants)
    const installed = await ports.store.get(manifest.slug)
    const older = installed !== null && isOlder(manifest.version, installed.version)
    const earlier = older ? withoutAllows(standing) : standing
    const decided = toGrants(manifest, capabilityDigest(manifest), decisions, earlier, by, at)
    if (decided.denied.length > 0) await ports.grants.put(decided.denied)
    assertAllAllowed(manifest, decided)
    await assertSecretsPresent(ports, manifest)
    throwIfCancelled(signal)

    const checked = await checkCandidate(ports, source, (step) => report(step, 1), {
      signal,
      earlier: planned,
    })
    const { release } = checked
    if (!Buffer.from(checked.envelope).equals(planned.envelope))
      throw new SkilletError('RELEASE_INVALID', 'The release changed while you were deciding.', {
        remedy: 'Start the install again and look at what it asks for now.',
      })
    throwIfCancelled(signal)

    // Without the lock: a registry that trickles must not keep every other change waiting.
    const tarball = await obtainTarball(ports.store.paths, release.tarball, checked.fetch, {
      download: during('download'),
      digest: during('digest'),
    })
    try {
      // The download may have taken hours.
      await checked.assertStillCurrent()
      await exclusively(ports, release.slug, async () => {
        await assertSameBasis(ports, release, basis)
        await assertStillAllowed(ports, release, decided.allowed, grants)
        await commit(ports, {
          record: {
            schema: 1,
            installId: randomUUID(),
            slug: release.slug,
            version: release.version,
            installedAt: at,
            envelope: encodeBase64(checked.envelope),
            keyid: checked.keyid,
            source: checked.origin,
          },
          grants: decided.allowed,
          extract: async (folder) => {
            await extractTarball(tarball.path, release, folder, during('extract'))
            throwIfCancelled(signal)
            report('save', 0)
          },
          finish: () =>
            ports.journal.append('install', release.slug, installedSentence(manifest, by), {
              version: release.version,
              keyid: checked.keyid,
              sha256: release.tarball.sha256,
              allowed: decided.allowed.map((grant) => grant.capability),
              by,
            }),
        })
      })
    } catch (error) {
      if (tarball.fetched && useless.has((error as { code?: unknown }).code)) await discard(tarball.path)
      throw error
    }
    report('save', 1)
  }

  return { plan, apply, discard: (planId) => void plans.delete(planId) }
}

async function assertSecretsPresent(
  ports: InstallPorts,
  manifest: Checked['release']['skill'],
): Promise<void> {
  const required = Object.entries(manifest.secrets).filter(([, secret]) => secret.required)
  if (required.length === 0) return
  const present = await ports.secretsPresent(
    required.map(([name]) => name),
    manifest.slug,
  )
  const missing = required.find(([name]) => !present.has(name))
  if (missing !== undefined)
    throw new SkilletError('SECRET_MISSING', `${manifest.title} needs the key "${missing[1].title}".`, {
      remedy: `Add it under Keys, or with: skillet secrets set ${missing[0]}`,
    })
}

/** What was installed, and what the person, or an administrator, allowed it. */
function installedSentence(manifest: Checked['release']['skill'], by: DecidedBy): string {
  const asks = asksOf(manifest)
  const may =
    asks.length === 0
      ? 'It asked for nothing.'
      : by === 'policy'
        ? `Your administrator allowed it to ${joinAsks(asks)}.`
        : `You allowed it to ${joinAsks(asks)}.`
  return `Installed ${manifest.title} ${manifest.version}. ${may}`
}

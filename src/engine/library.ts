import { SkilletError, toSkilletError } from '../shared/errors.ts'
import type { ManagedPolicy } from '../shared/managed-policy.ts'
import type { SkillManifest } from '../shared/skill-manifest.ts'
import type { SecretRef } from '../shared/contract/keys.ts'
import type { InstalledSkill } from '../shared/contract/library.ts'
import type { Release } from '../shared/release.ts'
import type { Engine } from './api.ts'
import { requireRegistry } from './install/candidate.ts'
import { extractTarball } from './install/extract.ts'
import { verifyAll, verifyInstalled } from './install/integrity.ts'
import { createLeftOut } from './install/left-out.ts'
import { findNewSignature, orNewSignature } from './install/new-signature.ts'
import { setPinned } from './install/pin.ts'
import type { RecordReader } from './install/read-records.ts'
import { removeSkill, restoreSkill } from './install/remove.ts'
import { repairSkill } from './install/repair.ts'
import { rollbackTo } from './install/rollback.ts'
import type { NewRecord, StorePorts } from './install/store.ts'
import { obtainTarball } from './install/tarball.ts'
import { emptyTrash, listTrash } from './install/trash.ts'
import { findUpdates } from './install/updates.ts'
import { orNull } from './or-null.ts'
import type { CatalogIndex, Freshness, RegistryClient, RegistryTrust } from './ports.ts'
import { onHold } from './trust/on-hold.ts'
import { assertNotRevoked } from './trust/revoked.ts'
import { saferVersion } from './trust/withdrawals.ts'

interface LibraryPorts extends StorePorts {
  readonly trust: RegistryTrust
  readonly catalog: CatalogIndex
  readonly registry: RegistryClient | null
  readonly records: RecordReader
  readonly lastRunAt: (slug: string) => Promise<string | null>
  readonly keysOnlyUsedBy: (slug: string) => Promise<SecretRef[]>
  readonly settleWithdrawals: (freshness: Freshness) => Promise<void>
  readonly assertPolicyAllows: (skill: SkillManifest) => Promise<void>
  /** What administrators decided; null where nobody did. @throws SkilletError POLICY_INVALID */
  /** Which keys the person lets skills use without holding them, by skill. */
  readonly unseenKeys: () => Promise<Readonly<Record<string, readonly string[]>>>
  readonly managed: () => Promise<ManagedPolicy | null>
  readonly log: (line: string) => void
}

type Library = Pick<
  Engine,
  | 'installed'
  | 'remove'
  | 'restore'
  | 'trash'
  | 'emptyTrash'
  | 'verify'
  | 'repair'
  | 'updates'
  | 'rollback'
  | 'pin'
>

/** Somebody who looks at the list waits for the registry, the first time, and not for long. */
const browsing: Freshness = { maxAgeMs: 5 * 60_000, patienceMs: 4000 }
/** What is only nice to know, such as that there is an update. */
const patienceMs = 1500
/** Before something takes force again. */
const acting: Freshness = { patienceMs: 3000, retryAfterMs: 15_000 }
/** For the steps that follow at once. */
const lists: Freshness = { ...acting, maxAgeMs: 15_000 }

/** What is installed, what was, and what could be. */
export function createLibrary(ports: LibraryPorts): Library {
  const { store, trust, catalog, registry, records } = ports

  /** Where it can't be told, each run asks again. */
  const settleWithdrawals = (freshness: Freshness) =>
    ports
      .settleWithdrawals(freshness)
      .catch((error: unknown) => ports.log(`looking for withdrawn skills: ${toSkilletError(error).message}`))

  const leftOut = createLeftOut(store.paths)

  /**
   * Whether administrators have it installed here.
   * @throws SkilletError POLICY_DENIED where they require it
   */
  async function preinstalled(slug: string): Promise<boolean> {
    // A policy that can't be read keeps nobody from removing something.
    const policy = await ports.managed().catch(() => null)
    const entry = policy?.skills?.preinstall?.find(({ skill }) => skill.split('@')[0] === slug)
    if (entry === undefined) return false
    // What was withdrawn, or is damaged, may always go.
    const record = await store.get(slug).catch(() => null)
    if (entry.required === true && record !== null && record.withdrawn === null)
      throw new SkilletError('POLICY_DENIED', `${slug} can't be removed: your administrator requires it.`, {
        remedy:
          'It does nothing that you have not allowed: take its permissions back, or ask your administrator.',
      })
    return true
  }

  return {
    async installed() {
      await settleWithdrawals(browsing)
      const listed = await records.list()
      const revocations = await orNull(trust.revocations(browsing), patienceMs)
      const unseen = await ports.unseenKeys().catch((error: unknown): Record<string, string[]> => {
        // Each run that has a key is refused and says why; the list is needed to put that right.
        ports.log(`which keys skills use unseen: ${toSkilletError(error).message}`)
        return {}
      })
      const known = listed.map(({ record }) => record)
      const updates = revocations && (await orNull(findUpdates(catalog, known, revocations), patienceMs))
      return Promise.all(
        listed.map(async ({ record, release }, index): Promise<InstalledSkill> => {
          const { slug, version, installedAt, pinned, kept } = record
          const { title, summary, publisher, category } = release.skill
          return {
            slug,
            version,
            title,
            summary,
            publisher,
            category,
            installedAt,
            lastRunAt: await ports.lastRunAt(slug),
            sizeBytes: release.files.reduce((total, file) => total + file.size, 0),
            manifest: release.skill,
            unseenKeys: [...(Object.hasOwn(unseen, slug) ? (unseen[slug] ?? []) : [])],
            pinned,
            updateTo: updates?.[index] ?? null,
            kept,
            withdrawn: record.withdrawn && {
              ...record.withdrawn,
              saferVersion: revocations
                ? await saferVersion(catalog, record, revocations)
                : record.withdrawn.saferVersion,
            },
            onHold: revocations && record.withdrawn === null ? onHold(revocations, slug) : null,
          }
        }),
      )
    },

    async remove(slug) {
      const wanted = await preinstalled(slug)
      const unusedKeys = await ports.keysOnlyUsedBy(slug).catch((error: unknown) => {
        // What can't be told is no reason to keep the skill; the list of keys shows the unused ones too.
        ports.log(`which keys only ${slug} uses: ${toSkilletError(error).message}`)
        return []
      })
      const removed = await removeSkill(ports, slug)
      if (wanted) await leftOut.add(slug)
      return { ...removed, unusedKeys }
    },
    async restore(undoId) {
      // Asked ahead, so that what was withdrawn while it lay in the trash goes on to quarantine without any wait.
      await orNull(trust.revocations(acting), patienceMs)
      const restored = await restoreSkill(ports, undoId)
      await settleWithdrawals({ ...acting, maxAgeMs: 15_000 })
      return restored
    },
    trash: async () => listTrash(store, await orNull(trust.lastKnownKeys(), patienceMs)),
    emptyTrash: (undoId) => emptyTrash(ports, undoId),

    async verify(slug) {
      const keys = await trust.lastKnownKeys()
      const verifyOne = (one: string) =>
        orNewSignature(ports, keys, one, lists, () => verifyInstalled(store, keys, one))
      if (slug === undefined) return verifyAll(store, verifyOne)
      const skill = await verifyOne(slug)
      return { ok: skill.ok, skills: [skill] }
    },
    async repair(slug) {
      const fetch: Parameters<typeof obtainTarball>[2] = (tarball, toPath, hooks) =>
        requireRegistry(registry).downloadTarball(tarball, toPath, hooks)
      const keys = await trust.lastKnownKeys()
      const repairing = {
        ...ports,
        keys,
        obtain: async ({ tarball }: Release) => (await obtainTarball(store.paths, tarball, fetch)).path,
        extract: extractTarball,
      }
      return orNewSignature(ports, keys, slug, lists, () => repairSkill(repairing, slug))
    },

    async updates() {
      // A skill that was withdrawn just now is one that needs another version.
      await ports.settleWithdrawals({})
      const revocations = await trust.revocations({ maxAgeMs: 15_000 })
      const known = await store.list()
      const found = await findUpdates(catalog, known, revocations)
      return known.flatMap(({ slug, version, pinned }, index) => {
        const available = found[index] ?? null
        return available === null ? [] : [{ slug, installed: version, available, pinned }]
      })
    },
    async rollback(slug, version, by) {
      const keys = await trust.publishKeys(acting)
      const rollingBack = {
        ...ports,
        keys,
        assertNotRevoked: (one: string, of: string) => assertNotRevoked(trust, one, of, lists),
        findNewSignature: (record: NewRecord) => findNewSignature(trust, keys, record, lists),
      }
      return rollbackTo(rollingBack, slug, version, by)
    },
    pin: (slug, pinned) => setPinned(ports, slug, pinned),
  }
}

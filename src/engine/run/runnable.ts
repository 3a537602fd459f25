import { join, resolve } from 'node:path'
import type { Capability } from '../../shared/capability.ts'
import { declaredCapabilities, declaredScope } from '../../shared/capability-words.ts'
import type { Grant } from '../../shared/contract/overview.ts'
import { SkilletError } from '../../shared/errors.ts'
import type { Release } from '../../shared/release.ts'
import { verifyRelease } from '../../trust/verify-release.ts'
import { parseSkillToml } from '../../review/manifest.ts'
import { readSkillFolder } from '../../review/read-folder.ts'
import { capabilityDigest } from '../grants/digest.ts'
import { assertIntact } from '../install/integrity.ts'
import { orNewSignature } from '../install/new-signature.ts'
import { envelopeOf, type InstallRecord, type Store } from '../install/store.ts'
import type { Paths } from '../paths.ts'
import { effectivePolicy } from '../policy/effective.ts'
import { ceilingOf, type PolicyLayers } from '../policy/layers.ts'
import { permitted } from '../policy/permitted.ts'
import { assertSkillAllowed, assertUnsignedAllowed } from '../policy/skill-rules.ts'
import type { Freshness, GrantStore, Journal, RegistryTrust } from '../ports.ts'
import { assertNotAmong, assertNotRevoked, toWithdrawnError } from '../trust/revoked.ts'
import type { RunnableSkill } from './run.ts'

interface InstalledPorts {
  readonly paths: Paths
  readonly store: Store
  readonly trust: RegistryTrust
  /** Takes what was withdrawn out of use, whatever it is. */
  readonly settleWithdrawals: (freshness: Freshness) => Promise<void>
  readonly grants: GrantStore
  readonly layers: () => Promise<PolicyLayers>
  readonly journal: Journal
  /** What passed the checks last in this process, by slug. */
  readonly recent: Map<string, RunnableSkill>
}

/** The registry is asked before each run; one out of reach holds it up no longer than this, and not each time. */
const fresh: Freshness = { patienceMs: 3000, retryAfterMs: 15_000 }
/** For the steps that follow at once. */
const lists: Freshness = { ...fresh, maxAgeMs: 15_000 }

/**
 * An installed skill that is neither withdrawn nor altered, with what it may do. Works without a connection for as long
 * as the registry's signed lists hold. `isOf` hears of the version before that is looked up among the withdrawn ones.
 * `early` hears what is going to run if nothing has changed and nothing is wrong.
 * @throws SkilletError NOT_INSTALLED, REVOKED, SIGNER_UNTRUSTED, METADATA_…, CLOCK_WRONG, INTEGRITY_BROKEN, POLICY_INVALID,
 *   POLICY_DENIED, PERMISSION_DENIED
 */
export async function runnableInstalled(
  ports: InstalledPorts,
  slug: string,
  isOf: (version: string) => void,
  early: (draft: RunnableSkill) => void = () => {},
): Promise<RunnableSkill> {
  const { store, trust } = ports
  // Whatever the answer is about, so that the way there is under way while the record is read.
  const settling = ports.settleWithdrawals(fresh)
  // Whoever waits for it next hears of it.
  settling.catch(() => {})
  const found = await store.require(slug)
  try {
    const draft = await draftOf(ports, found)
    if (draft !== null) early(draft)
    await settling
    // From here on a withdrawal of this version that somebody else finds out stops the run.
    isOf(found.version)
    const [keys, revocations, { version, withdrawn }] = await Promise.all([
      trust.publishKeys(lists),
      trust.revocations(lists),
      store.require(slug),
    ])
    if (withdrawn !== null) throw toWithdrawnError(slug, version, withdrawn)
    if (version === found.version) assertNotAmong(revocations, slug, version)
    else {
      isOf(version)
      await assertNotRevoked(trust, slug, version, lists)
    }
    const release = await orNewSignature(ports, keys, slug, lists, () => assertIntact(store, keys, slug))
    // Updated in between: what runs is what was checked, all of it.
    if (release.version !== version) {
      isOf(release.version)
      await assertNotRevoked(trust, slug, release.version, lists)
    }
    const skill = await toRunnable(ports, release)
    ports.recent.set(slug, skill)
    return skill
  } catch (error) {
    ports.recent.delete(slug)
    if (error instanceof SkilletError)
      await ports.journal
        .append('run.denied', slug, `Did not start ${slug}: ${error.message}`, { code: error.code })
        // The reason for the refusal matters more to the person than a journal that can't be written.
        .catch(() => undefined)
    throw error
  }
}

async function toRunnable(ports: InstalledPorts, { slug, version, skill }: Release): Promise<RunnableSkill> {
  return {
    manifest: skill,
    folder: ports.store.folderOf(slug, version),
    stateFolder: join(ports.paths.state, slug),
    ...(await permitted(ports, skill)),
    verified: true,
  }
}

/**
 * What passed the checks last, or what would pass them now by what is known on this computer. Null where anything is in the
 * way: what that is, the checks say in their order.
 */
async function draftOf(ports: InstalledPorts, record: InstallRecord): Promise<RunnableSkill | null> {
  if (record.withdrawn !== null) return null
  const recent = ports.recent.get(record.slug)
  if (recent?.manifest.version === record.version) return recent
  try {
    const keys = await ports.trust.lastKnownKeys()
    return await toRunnable(ports, verifyRelease(envelopeOf(record), keys, record).release)
  } catch (error) {
    if (error instanceof SkilletError) return null
    throw error
  }
}

/**
 * A local folder, marked unverified: nobody has signed it. What it writes is kept apart from every installed skill's.
 * @throws SkilletError NOT_FOUND, MANIFEST_INVALID, POLICY_INVALID, POLICY_DENIED
 */
export async function runnableFolder(
  { paths, layers }: Pick<InstalledPorts, 'paths' | 'layers'>,
  folder: string,
  granted: Partial<Record<Capability, string[] | null>>,
): Promise<RunnableSkill> {
  const inForce = await layers()
  assertUnsignedAllowed(inForce.managed)
  const { files } = await readSkillFolder(folder)
  const toml = files.find(({ path }) => path === 'skill.toml')
  if (toml === undefined)
    throw new SkilletError('NOT_FOUND', `${folder} holds no skill.toml.`, {
      remedy: "Name a skill's folder.",
    })
  const manifest = parseSkillToml(Buffer.from(toml.content).toString('utf8'))
  assertSkillAllowed(manifest, inForce.managed)
  const digest = capabilityDigest(manifest)
  const grants = declaredCapabilities(manifest).flatMap((capability): Grant[] => {
    const scope = granted[capability]
    if (scope === undefined) return []
    return [
      {
        slug: manifest.slug,
        capability,
        decision: 'allow',
        scope: scope ?? declaredScope(manifest, capability),
        capabilityDigest: digest,
        decidedAt: new Date().toISOString(),
        by: 'cli',
        life: 'once',
      },
    ]
  })
  return {
    manifest,
    folder: resolve(folder),
    stateFolder: join(paths.state, '.try', manifest.slug),
    policy: effectivePolicy(manifest, grants, ceilingOf(inForce)),
    // Given with the command, for this run and no other: nothing is stored that could be used up.
    grants: [],
    verified: false,
  }
}

import { homedir } from 'node:os'
import { join } from 'node:path'
import { asksOf } from '../shared/capability-words.ts'
import type { SandboxState } from '../shared/contract/overview.ts'
import { SkilletError } from '../shared/errors.ts'
import type { Policy } from '../shared/policy.ts'
import type { PublishKeys } from '../shared/signed-targets.ts'
import type { SkillManifest } from '../shared/skill-manifest.ts'
import { detectAgents } from './agents/detect.ts'
import type { Engine } from './api.ts'
import { createJournal } from './audit/journal.ts'
import { createBrowse } from './catalog/browse.ts'
import { createGrantStore } from './grants/store.ts'
import { createInstaller, type Installer } from './install/installer.ts'
import { installedRelease, verifyInstalled } from './install/integrity.ts'
import { recover } from './install/recover.ts'
import { removeSkill, restoreSkill } from './install/remove.ts'
import { createPolicyCeiling } from './install/policy-ceiling.ts'
import { createRevocationList, type RevocationList } from './install/revocation-list.ts'
import { createStore } from './install/store.ts'
import { createPaths } from './paths.ts'
import { auditPermissions } from './policy/audit-permissions.ts'
import { effectivePolicy } from './policy/effective.ts'
import { createManagedPolicy } from './policy/managed-policy.ts'
import type { RegistryClient } from './ports.ts'
import { createHardwareProbe } from './probe/cached.ts'
import { findProgram } from './probe/programs.ts'
import { createRegistryClient } from './registry-client/client.ts'
import { createBudget } from './run/budget.ts'
import { runnableFolder, runnableInstalled } from './run/runnable.ts'
import { createRunner } from './run/run.ts'
import type { Dialer } from './sandbox/egress.ts'
import { createRuntimeFinder } from './sandbox/runtime.ts'
import { testSandbox } from './sandbox/self-test.ts'
import { createKeychain, type Keychain } from './secrets/keychain.ts'
import { createSecretBook } from './secrets/book.ts'
import { loadTrustRoot } from './trust-root.ts'

export interface EngineOptions {
  /** Skillet's own folder, absolute. */
  readonly home: string
  readonly registryUrl: string | null
  /** Null: the root that an earlier start pinned. */
  readonly trustRootFile: string | null
  readonly apiKey: string | null
  /** Absolute path of the native sandbox launcher. */
  readonly launcher: string
  readonly log?: (line: string) => void
  /** For tests of the network: how approved names become connections. */
  readonly dialer?: Dialer
  readonly keychain?: Keychain
}

/** Puts the parts together and settles what a crash left behind. One a process. */
export async function createEngine(options: EngineOptions): Promise<Engine> {
  const paths = createPaths(options.home)
  const root = await loadTrustRoot(paths, options.trustRootFile)
  const needRoot = (): PublishKeys => {
    if (root !== null) return root
    throw new SkilletError('TRUST_ROOT_INVALID', 'Skillet does not know whose signatures to trust.', {
      remedy: 'Name the trust root of your registry with --trust-root or SKILLET_TRUST_ROOT.',
    })
  }
  const registry: RegistryClient | null =
    options.registryUrl === null
      ? null
      : createRegistryClient({ url: options.registryUrl, apiKey: options.apiKey ?? undefined })
  const store = createStore(paths)
  const journal = createJournal({ dir: paths.audit })
  const grants = createGrantStore({ file: paths.grants })
  const keychain = options.keychain ?? createKeychain()
  const managed = createManagedPolicy()
  const probe = createHardwareProbe(options.home)
  const budget = createBudget(join(paths.records, 'usage'))
  const findRuntime = createRuntimeFinder()
  const ceiling = async (): Promise<Policy | null> => (await managed.read())?.ceiling ?? null

  const sandboxState = once(
    async (): Promise<SandboxState> =>
      testSandbox({ bubblewrap: await findProgram('bwrap'), launcher: options.launcher, findRuntime }),
    (state) => state.ready,
  )
  const manifests = async (): Promise<SkillManifest[]> =>
    Promise.all(
      (await store.list()).map(
        async ({ slug }) => (await installedRelease(store, needRoot(), slug)).release.skill,
      ),
    )
  const secrets = createSecretBook({ keychain, journal, manifests })

  let revocationList: RevocationList | null = null
  const revocations = () => (revocationList ??= createRevocationList(paths, needRoot(), registry))
  let theInstaller: Installer | null = null
  const installer = () =>
    (theInstaller ??= createInstaller({
      store,
      root: needRoot(),
      registry,
      revocations: revocations(),
      grants,
      journal,
      probe,
      secretsPresent: (names) => secrets.present(names),
      assertPolicyAllows: createPolicyCeiling(managed),
    }))
  const runner = createRunner({
    home: options.home,
    launcher: options.launcher,
    bubblewrap: () => findProgram('bwrap'),
    sandboxState,
    findProgram,
    findRuntime,
    getSecret: (name) => keychain.get(name),
    budget,
    journal,
    log: (line) => options.log?.(line),
    ...(options.dialer ? { dialer: options.dialer } : {}),
  })
  const browse = createBrowse({ registry, store, probe, root: needRoot })

  const putOff = await recover({ store, grants, journal })
  if (putOff !== null) options.log?.(`What was interrupted is settled later: ${putOff.message}`)
  for (const { problem } of await store.damaged()) options.log?.(problem.message)

  return {
    home: options.home,
    registryUrl: options.registryUrl ?? '',
    keyids: async () => (root === null ? [] : root.keys.map(({ keyid }) => keyid)),
    async doctor() {
      const [hardware, sandbox, keys, agents] = await Promise.all([
        probe(['python3', 'node', 'sh', 'git', 'bwrap']),
        sandboxState(),
        keychain.state(),
        detectAgents(homedir()),
      ])
      return { hardware, sandbox, keychain: keys, agents }
    },

    search: (query) => browse.search(query),
    show: (slug, version) => browse.show(slug, version),
    readFile: (slug, version, path) => browse.readFile(slug, version, path),

    planInstall: (source) => callLate(() => installer().plan(source)),
    applyInstall: (planId, decisions, by, hooks) =>
      callLate(() => installer().apply(planId, decisions, by, hooks)),
    discardPlan: (planId) => theInstaller?.discard(planId),

    async installed() {
      const records = await store.list()
      return Promise.all(
        records.map(async ({ slug, version, installedAt }) => {
          const { release } = await installedRelease(store, needRoot(), slug)
          const { title, summary, publisher, category } = release.skill
          return {
            slug,
            version,
            title,
            summary,
            publisher,
            category,
            installedAt,
            lastRunAt: await budget.lastRunAt(slug),
            sizeBytes: release.files.reduce((total, file) => total + file.size, 0),
            manifest: release.skill,
          }
        }),
      )
    },
    remove: (slug) => removeSkill({ store, grants, journal }, slug),
    restore: (undoId) => restoreSkill({ store, grants, journal }, undoId),
    async verify(slug) {
      const slugs = slug === undefined ? (await store.list()).map((record) => record.slug) : [slug]
      const skills = await Promise.all(slugs.map((one) => verifyInstalled(store, needRoot(), one)))
      return { ok: skills.every(({ ok }) => ok), skills }
    },

    async run({ slug, inputs, args }, hooks = {}) {
      const skill = await runnableInstalled(
        { paths, store, root: needRoot(), revocations: revocations(), grants, ceiling, journal },
        slug,
      )
      return runner(skill, inputs, args ?? [], hooks)
    },
    async tryFolder({ folder, inputs, args, granted }, hooks = {}) {
      const skill = await runnableFolder({ paths, ceiling }, folder, granted)
      return runner(skill, inputs, args ?? [], hooks)
    },
    async checkPermissions(policy) {
      const limit = await ceiling()
      const all = await grants.list()
      const skills = await manifests()
      return auditPermissions(
        skills.map((skill) => ({ skill, policy: policy ?? effectivePolicy(skill, all, limit) })),
      )
    },

    grants: (slug) => grants.list(slug),
    async revokeGrant(slug, capability) {
      const skill = (await manifests()).find((manifest) => manifest.slug === slug)
      const ask = skill && asksOf(skill).find((one) => one.capability === capability)
      await grants.forget(slug, capability)
      await journal.append(
        'grant.revoked',
        slug,
        `Took back an answer about ${skill?.title ?? slug}: ${ask?.title ?? capability}.`,
        { capability },
      )
    },

    keychain: () => keychain.state(),
    secrets: () => secrets.list(),
    wantedSecrets: () => secrets.wanted(),
    setSecret: (name, value) => secrets.set(name, value),
    removeSecret: (name) => secrets.remove(name),

    auditEntries: (query) => journal.list(query),
    verifyAudit: () => journal.verify(),
    sealAudit: () => journal.seal(),
  }
}

/** A synchronous throw inside becomes a rejection, as every caller expects. */
async function callLate<T>(work: () => Promise<T>): Promise<T> {
  return work()
}

/** Asks once and keeps an answer that is `good`; a bad one is asked for again next time. */
function once<T>(ask: () => Promise<T>, good: (answer: T) => boolean): () => Promise<T> {
  let asked: Promise<T> | null = null
  return async () => {
    asked ??= ask()
    const current = asked
    const forget = () => {
      if (asked === current) asked = null
    }
    const answer = await current.catch((error: unknown) => {
      forget()
      throw error
    })
    if (!good(answer)) forget()
    return answer
  }
}

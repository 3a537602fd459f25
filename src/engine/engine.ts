import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import type { InputValues } from '../shared/contract/library.ts'
import { SkilletError, toSkilletError } from '../shared/errors.ts'
import type { RunResult } from '../shared/receipt.ts'
import type { SkillManifest } from '../shared/skill-manifest.ts'
import { createAgents } from './agents/agents.ts'
import { detectAgents } from './agents/detect.ts'
import type { Engine, RunHooks } from './api.ts'
import { createJournal } from './audit/journal.ts'
import { createBrowse } from './catalog/browse.ts'
import { createCatalogIndex } from './catalog/catalog-index.ts'
import { createChains } from './chain/chains.ts'
import { createInstalledSkills } from './chain/installed-skills.ts'
import { createGrantStore } from './grants/store.ts'
import { requireRegistry } from './install/candidate.ts'
import { expire } from './install/expire.ts'
import { createInstalledContent } from './install/installed-content.ts'
import { createInstaller } from './install/installer.ts'
import { assertIntact } from './install/integrity.ts'
import { orNewSignature } from './install/new-signature.ts'
import { createLeftOut } from './install/left-out.ts'
import { preinstall } from './install/preinstall.ts'
import { createRecordReader } from './install/read-records.ts'
import { recover } from './install/recover.ts'
import { createStore } from './install/store.ts'
import { createLibrary } from './library.ts'
import { orNull } from './or-null.ts'
import { exportBundle } from './package/export-bundle.ts'
import { createPaths } from './paths.ts'
import { createAccount } from './publish/account.ts'
import { assertWithinLayers, type PolicyLayers } from './policy/layers.ts'
import { keyStorageAllowed } from './policy/managed-choices.ts'
import {
  createManagedPolicy,
  policySources,
  stateOfPolicy,
  type ManagedPolicySource,
} from './policy/managed-policy.ts'
import { createConnectionTerms } from './policy/connection-terms.ts'
import { createPermissions } from './policy/permissions.ts'
import { chooseRegistry } from './policy/registry-choice.ts'
import { createUserPolicy } from './policy/user-policy.ts'
import type { Freshness } from './ports.ts'
import { createHardwareProbe } from './probe/cached.ts'
import { findProgram } from './probe/programs.ts'
import { createRegistryClient, type RegistryClient } from './registry-client/client.ts'
import { createBudget } from './run/budget.ts'
import { createLiveRuns, wasWithdrawn, type LiveRun } from './run/live-runs.ts'
import { runnableFolder, runnableInstalled } from './run/runnable.ts'
import { createRunner, type RunnableSkill } from './run/run.ts'
import type { Dialer } from './sandbox/egress.ts'
import { createRuntimeFinder } from './sandbox/runtime.ts'
import { createSpares } from './sandbox/spares.ts'
import { rootsFor } from './sandbox/broker/roots.ts'
import { createSandboxes } from './sandbox/sandboxes.ts'
import { createKeychain } from './secrets/keychain.ts'
import { createSecretBook } from './secrets/book.ts'
import { createSecretNames } from './secrets/names.ts'
import { createKeyCalls } from './secrets/keys.ts'
import { placeForDoctor } from './secrets/place-for-doctor.ts'
import { createSecretPlaces } from './secrets/places.ts'
import { createUnseenKeys } from './secrets/unseen-keys.ts'
import { createSessionSecrets } from './secrets/session.ts'
import type { SecretStore } from './secrets/store.ts'
import { createPassphraseKeys } from './secrets/vault/passphrase.ts'
import { createVault } from './secrets/vault/vault.ts'
import { createTelemetryConnections } from './telemetry/connections.ts'
import { createHappenings } from './telemetry/happenings.ts'
import { createTelemetry } from './telemetry/telemetry.ts'
import { createRegistryTrust } from './trust/registry-trust.ts'
import { createWatch } from './trust/watch.ts'
import { settleWithdrawals } from './trust/withdrawals.ts'
import { loadPinnedRoot } from './trust-root.ts'

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
  readonly keychain?: SecretStore
  /** Asks the person for the passphrase of their keys, where something needs it; null where nobody can be asked. */
  readonly askPassphrase?: () => Promise<string | null>
  /** What administrators decided; by default what this computer, and the folder of the program, say. */
  readonly managed?: ManagedPolicySource
  readonly now?: () => Date
  /** Milliseconds between two looks for withdrawals, while something runs or somebody listens; five minutes by default. */
  readonly lookEveryMs?: number
  /** What kind of agent asks this engine, for statistics: `cli` by default. */
  readonly agent?: string
  readonly env?: NodeJS.ProcessEnv
}

/** For what follows at once on a check. */
const justAsked: Freshness = { maxAgeMs: 15_000, patienceMs: 3000 }

/** A window may stay open for weeks. */
const expireEveryMs = 6 * 60 * 60_000

/** Puts the parts together and settles what a crash left behind. One a process. */
export async function createEngine(options: EngineOptions): Promise<Engine> {
  const paths = createPaths(options.home)
  const log = (line: string) => options.log?.(line)
  const closing = new AbortController()
  const managed = options.managed ?? createManagedPolicy(policySources(dirname(options.launcher)))
  const atOpening = await managed.read().catch((error: unknown) => {
    // What is installed can still be looked at and removed; every install, run and request asks again, and is refused.
    log(toSkilletError(error).message)
    return null
  })
  const { url: registryUrl, pin } = chooseRegistry(atOpening, options.registryUrl)
  const registry: RegistryClient | null =
    registryUrl === null
      ? null
      : createRegistryClient({
          url: registryUrl,
          apiKey: options.apiKey ?? undefined,
          closing: closing.signal,
          terms: createConnectionTerms(managed, registryUrl, pin),
        })
  const store = createStore(paths)
  const journal = createJournal({ dir: paths.audit })
  const grants = createGrantStore({ file: paths.grants })
  const [pinned, settled] = await Promise.allSettled([
    loadPinnedRoot(paths, options.trustRootFile, pin),
    recover({ store, grants, journal }),
  ])
  if (pinned.status === 'rejected') throw pinned.reason
  if (settled.status === 'rejected') throw settled.reason
  const pinnedRoot = pinned.value
  const trust = createRegistryTrust({
    paths,
    pinnedRoot,
    registry,
    ...(options.now ? { now: options.now } : {}),
  })
  const catalog = createCatalogIndex({
    // Whoever types a word into the search field doesn't wait for a registry that is out of reach.
    file: (freshness) => trust.catalogFile({ patienceMs: 5000, ...freshness }),
    indexFile: join(paths.home, 'cache', 'catalog.index'),
    keepMs: 1000,
    log,
  })
  const keychain = options.keychain ?? createKeychain()
  const userPolicy = createUserPolicy({ file: paths.policy })
  const probe = createHardwareProbe(options.home)
  const budget = createBudget(join(paths.records, 'usage'))
  const findRuntime = createRuntimeFinder()
  const layers = async (): Promise<PolicyLayers> => {
    const [administrators, user] = await Promise.all([managed.read(), userPolicy.read()])
    return { managed: administrators, user }
  }

  const telemetry = createTelemetry({
    folder: paths.telemetry,
    ...createTelemetryConnections({
      registryUrl,
      apiKey: options.apiKey,
      hasFleetKey: atOpening?.fleet_key !== undefined,
      terms: (url) => createConnectionTerms(managed, url, pin),
    }),
    agent: options.agent ?? 'cli',
    env: options.env ?? process.env,
    managed: async () => (await managed.read())?.telemetry ?? null,
    isOfRegistry: async (slug) => registry !== null && (await store.get(slug))?.source === registry.url,
    now: options.now ?? (() => new Date()),
    log,
  })
  const happenings = createHappenings(telemetry)

  const sandboxes = createSandboxes({
    launcher: options.launcher,
    findRuntime,
    provedFile: join(paths.home, 'cache', 'sandbox.json'),
  })
  const spares = createSpares()
  const records = createRecordReader(store, trust, log)
  const manifests = async () => (await records.list()).map(({ release }) => release.skill)
  const runnable = async () =>
    (await records.list()).flatMap(({ record, release }) => (record.withdrawn ? [] : [release.skill]))
  const vault = createVault({ folder: paths.vault, passphraseKeys: createPassphraseKeys() })
  const places = createSecretPlaces({
    keychain,
    vault,
    session: createSessionSecrets(),
    journal,
    allowed: async () => keyStorageAllowed(await managed.read()),
    askPassphrase: options.askPassphrase,
  })
  const secrets = createSecretBook({
    store: () => places.current(),
    names: createSecretNames({ file: paths.secretNames, ...(options.now ? { now: options.now } : {}) }),
    journal,
    manifests,
    runnable,
    log,
  })
  const unseenKeys = createUnseenKeys(paths.unseenKeys)
  const runs = createLiveRuns()
  const watch = createWatch({
    store,
    trust,
    runs,
    settle: (freshness) =>
      settleWithdrawals({ store, grants, journal, trust, catalog, runs, log }, freshness),
    titleOf: async (record) => (await orNull(records.releaseOf(record), 1000))?.skill.title ?? record.slug,
    log,
    ...(options.lookEveryMs === undefined ? {} : { everyMs: options.lookEveryMs }),
  })
  const installer = createInstaller({
    store,
    trust,
    registry,
    catalog,
    grants,
    journal,
    probe,
    secretsPresent: (names, slug) => secrets.present(names, slug),
    assertPolicyAllows: async (manifest) => assertWithinLayers(manifest, await layers()),
    ...(options.now ? { now: options.now } : {}),
  })
  const runner = createRunner({
    home: options.home,
    sandboxes,
    spares,
    findProgram,
    findRuntime,
    getSecret: (name, slug) => secrets.read(name, slug),
    unseenKeys: (slug) => unseenKeys.of(slug),
    siteRoots: async () => options.dialer?.roots ?? rootsFor((await managed.read())?.certificates),
    budget,
    grants,
    journal,
    log,
    ...(options.dialer ? { dialer: options.dialer } : {}),
  })
  const permissions = createPermissions({
    store,
    records,
    grants,
    journal,
    layers,
    userPolicy,
    ...(options.now ? { now: options.now } : {}),
  })
  const browse = createBrowse({ registry, trust, catalog, store, probe })
  const library = createLibrary({
    store,
    grants,
    journal,
    trust,
    catalog,
    registry,
    records,
    lastRunAt: (slug) => budget.lastRunAt(slug),
    keysOnlyUsedBy: (slug) => secrets.onlyUsedBy(slug),
    settleWithdrawals: (freshness) => watch.look(freshness),
    assertPolicyAllows: async (skill) => assertWithinLayers(skill, await layers()),
    managed: () => managed.read(),
    unseenKeys: () => unseenKeys.all(),
    log,
  })

  const recent = new Map<string, RunnableSkill>()
  async function runInstalled(
    slug: string,
    { signal, isOf }: LiveRun,
    early?: (draft: RunnableSkill) => void,
  ): Promise<RunnableSkill> {
    try {
      return await runnableInstalled(
        {
          paths,
          store,
          trust,
          settleWithdrawals: (lists) => watch.look(lists),
          grants,
          layers,
          journal,
          recent,
        },
        slug,
        isOf,
        early,
      )
    } catch (error) {
      throw wasWithdrawn(signal) ? signal.reason : error
    }
  }

  /** The one door to a run. `inputsFor` gets what is going to run, checked. */
  async function runSkill(
    slug: string,
    inputsFor: (manifest: SkillManifest) => InputValues,
    args: readonly string[],
    hooks: RunHooks,
  ): Promise<RunResult> {
    const stopLooking = watch.keepLooking()
    const live = runs.begin(slug, hooks.signal)
    try {
      let of: SkillManifest | null = null
      const result = await runner(
        (early) => runInstalled(slug, live, early),
        (manifest) => inputsFor((of = manifest)),
        args,
        { ...hooks, signal: live.signal },
      )
      happenings.ran(of!, inputsFor(of!), result)
      return result
    } finally {
      live.ended()
      stopLooking()
    }
  }

  const chains = createChains({
    home: options.home,
    skills: createInstalledSkills({
      store,
      records,
      grants,
      layers,
      budget,
      sandboxes,
      findProgram,
      getSecret: (name, slug) => secrets.read(name, slug),
      settleWithdrawals: (freshness) => watch.look(freshness),
      prepare: (slug) =>
        runInstalled(slug, { signal: closing.signal, isOf: () => undefined, ended: () => undefined }),
      run: (slug, inputsFor, hooks) => runSkill(slug, inputsFor, [], hooks),
    }),
    journal,
    log,
    now: options.now ?? (() => new Date()),
  })

  const { assertUnchanged, ...agents } = createAgents({
    store,
    grants,
    journal,
    trust,
    catalog,
    userHome: homedir(),
    env: options.env ?? process.env,
    platform: process.platform,
    launcher: options.launcher,
    managed: () => managed.read(),
    assertIntact: async (slug) => {
      await watch.look(justAsked)
      const keys = await trust.publishKeys(justAsked)
      return orNewSignature({ store, grants, journal, trust }, keys, slug, justAsked, () =>
        assertIntact(store, keys, slug),
      )
    },
    now: options.now ?? (() => new Date()),
  })

  let proving: Promise<unknown> = Promise.resolve()
  const planInstall: Engine['planInstall'] = (source) => {
    // While the person reads: whether it holds can be said once the skill is installed.
    proving = sandboxes.choose('any').catch(() => {})
    return installer.plan(source)
  }
  const applyInstall: Engine['applyInstall'] = async (planId, decisions, by, hooks) => {
    const startedAt = performance.now()
    try {
      const installed = await installer.apply(planId, decisions, by, hooks)
      happenings.installed(planId, installed, performance.now() - startedAt)
      return installed
    } catch (error) {
      happenings.installFailed(planId)
      throw error
    } finally {
      telemetry.send()
      // It has asked the registry anew: what that withdrew goes out of use, whichever skill it is.
      await watch.look(justAsked).catch((error: unknown) => log(toSkilletError(error).message))
    }
  }
  const discardPlan = (planId: string) => installer.discard(planId)

  for (const { message, cause } of settled.value)
    log(
      `What is left to settle is settled later: ${message}${cause instanceof Error ? ` (${cause.message})` : ''}`,
    )
  const damaged = await store.damaged().catch((error: unknown) => {
    log(toSkilletError(error).message)
    return []
  })
  for (const { problem } of damaged) log(problem.message)
  const expiring = setInterval(() => {
    const expireNow = () => expire({ store, grants, journal }, options.now ?? (() => new Date()))
    store.lock.hold(expireNow).catch((error: unknown) => log(toSkilletError(error).message))
  }, expireEveryMs)
  expiring.unref()

  return {
    home: options.home,
    registryUrl: registryUrl ?? '',
    hasApiKey: options.apiKey !== null || atOpening?.fleet_key !== undefined,
    async keyids() {
      const { publishKeys } = await trust.status()
      return publishKeys.flatMap(({ keyid, status }) => (status === 'active' ? [keyid] : []))
    },
    async doctor() {
      const [hardware, sandbox, { keychain: state, ...keyPlace }, agents, policy] = await Promise.all([
        probe(['python3', 'node', 'sh', 'git', 'bwrap']),
        sandboxes.state(),
        placeForDoctor(places, keychain),
        detectAgents(homedir()),
        stateOfPolicy(managed),
      ])
      return { hardware, sandbox, keychain: state, keyPlace, agents, policy }
    },

    ...browse,
    async report(report) {
      const reported = await requireRegistry(registry).report(report)
      // It has arrived, whatever becomes of the line about it: nobody should send it twice.
      await journal
        .append('skill.reported', report.slug, `Told the registry of a problem with ${report.slug}.`, {
          version: report.version,
          kind: report.kind,
          report: reported.id,
        })
        .catch((error: unknown) => log(toSkilletError(error).message))
      return reported
    },

    ...createAccount({ registry, trust, catalog, now: options.now ?? (() => new Date()) }),

    planInstall,
    applyInstall,
    discardPlan,
    async whyNotRunnable(slug) {
      const record = await store.get(slug)
      if (record === null) throw new SkilletError('NOT_INSTALLED', `${slug} is not installed.`)
      const { skill } = await records.releaseOf(record)
      try {
        await sandboxes.choose(skill.sandbox.backend)
        return null
      } catch (error) {
        const { message, remedy } = toSkilletError(error)
        return { problem: message, fix: remedy }
      }
    },
    exportBundle: (which, toFile) =>
      exportBundle({ trust, registry, catalog, store, pinnedRoot }, which, toFile),

    ...library,
    ...createInstalledContent({ store, trust, records }),

    trustStatus: () => trust.status(),
    async refreshTrust() {
      // Why it failed is part of the answer.
      await trust.refresh().catch((error: unknown) => log(toSkilletError(error).message))
      await watch.look(justAsked).catch((error: unknown) => log(toSkilletError(error).message))
      return trust.status()
    },
    onChange: (listener) => watch.onChange(listener),
    async close() {
      closing.abort()
      await proving
      clearInterval(expiring)
      watch.close()
      await Promise.all([
        catalog.close(),
        journal.settled(),
        spares.drop(),
        secrets.settled(),
        places.close(),
        telemetry.close(),
      ])
    },

    run: ({ slug, inputs, args }, hooks = {}) => runSkill(slug, () => inputs, args ?? [], hooks),
    ...agents,
    async tryFolder({ folder, inputs, args, granted }, hooks = {}) {
      await assertUnchanged(folder)
      return runner(
        () => runnableFolder({ paths, layers }, folder, granted),
        () => inputs,
        args ?? [],
        hooks,
      )
    },
    ...permissions,
    managedPolicy: () => managed.read(),
    async preinstall(hooks) {
      const policy = await managed.read()
      return preinstall(
        { store, leftOut: createLeftOut(paths), installer: { planInstall, applyInstall, discardPlan } },
        policy,
        hooks,
      )
    },
    ...chains,

    ...createKeyCalls({ book: secrets, places, vault, journal, unseenKeys }),

    telemetry: () => telemetry.status(),
    chooseTelemetry: (choice) => telemetry.choose(choice),
    previewTelemetry: () => telemetry.preview(),
    eraseTelemetry: () => telemetry.erase(),
    allowSamples: (bundle, allowed) => telemetry.allowSamples(bundle, allowed),

    auditEntries: (query) => journal.list(query),
    verifyAudit: () => journal.verify(),
    sealAudit: () => journal.seal(),
  }
}

import { keyPlaceOf } from './key-place.ts'
import { lt } from 'semver'
import { asksOf, cannotOf, declaredScope } from '../../../src/shared/capability-words.ts'
import {
  contract,
  type CallName,
  type EventName,
  type EventOf,
  type SkilletBridge,
  type WindowHandlers,
} from '../../../src/shared/contract/index.ts'
import type { Agents } from '../../../src/shared/contract/agents.ts'
import type { BridgeStatus } from '../../../src/shared/contract/bridge.ts'
import type { LanguageState } from '../../../src/shared/contract/language.ts'
import type { Chain, ChainRun, EarlierRun, StepResult } from '../../../src/shared/contract/chains.ts'
import type { InstallPlan } from '../../../src/shared/contract/install.ts'
import type { InstalledSkill, TrashedSkill } from '../../../src/shared/contract/library.ts'
import type { AuditEntry } from '../../../src/shared/audit-entry.ts'
import type { Doctor, Grant, TrustStatus } from '../../../src/shared/contract/overview.ts'
import { parsePolicyText } from '../../../src/shared/parse-managed-policy.ts'
import { SkilletError, toSkilletError } from '../../../src/shared/errors.ts'
import type { UpdateState } from '../../../src/shared/contract/updates.ts'
import type { Policy, UserPolicy } from '../../../src/shared/policy.ts'
import type { TelemetryStatus } from '../../../src/shared/contract/telemetry.ts'
import type { TelemetryBatch } from '../../../src/shared/telemetry.ts'
import { emptyReceipt, runResult } from '../host-values.ts'
import { detailOf, fakeCatalog, summaryOf, type FakeSkill } from './fake-skills.ts'

export interface FakeBridge {
  bridge: SkilletBridge
  /** Sends an event to the window. */
  emit<E extends EventName>(event: E, payload: EventOf<E>): void
  /** Every call so far, oldest first. */
  calls: { name: CallName; input: unknown }[]
  callsOf(name: CallName): unknown[]
}

export const doctor: Doctor = {
  hardware: {
    os: 'linux',
    osName: 'Debian GNU/Linux 12',
    arch: 'x64',
    cpu: 'Intel Core i5-1240P',
    cores: 12,
    memoryMb: 15_884,
    diskFreeMb: 214_000,
    gpus: [{ name: 'Intel Iris Xe', vendor: 'intel', vramMb: null }],
    cuda: null,
    executables: { python3: '/usr/bin/python3' },
  },
  sandbox: {
    ready: true,
    backend: 'bubblewrap',
    problem: null,
    fix: null,
    backends: [
      { name: 'bubblewrap', ready: true, problem: null, fix: null },
      {
        name: 'firejail',
        ready: false,
        problem: 'firejail is not installed.',
        fix: 'Install it with: sudo apt install firejail',
      },
    ],
  },
  keychain: { available: true, name: 'GNOME Keyring', problem: null, fix: null },
  keyPlace: { kind: 'keychain', usable: true, locked: false, problem: null, fix: null },
  agents: [{ name: 'Claude Code', folder: '/home/kim/.claude/skills' }],
  policy: { managed: false, organisation: null, problem: null },
}

/** One agent that is connected to nothing. */
export const fakeAgents: Agents = {
  agents: [
    {
      id: 'claude-code',
      title: 'Claude Code',
      found: true,
      allowed: true,
      skills: { folder: '/home/kim/.claude/skills', others: ['my-notes'] },
      connection: { file: '/home/kim/.claude.json', state: 'absent', problem: null },
    },
  ],
  placements: [],
}

export function installedFrom(skill: FakeSkill, part: Partial<InstalledSkill> = {}): InstalledSkill {
  const { manifest } = skill
  return {
    slug: manifest.slug,
    version: manifest.version,
    title: manifest.title,
    summary: manifest.summary,
    publisher: manifest.publisher,
    category: manifest.category,
    installedAt: new Date(Date.now() - 3 * 86_400_000).toISOString(),
    lastRunAt: null,
    sizeBytes: 18_432,
    manifest,
    unseenKeys: [],
    pinned: false,
    updateTo: null,
    kept: [],
    withdrawn: null,
    onHold: null,
    ...part,
  }
}

const days = (count: number) => new Date(Date.now() + count * 86_400_000).toISOString()

export const trust: TrustStatus = {
  registry: 'http://127.0.0.1:8600',
  checkedAt: new Date(Date.now() - 2 * 60_000).toISOString(),
  validUntil: days(7),
  problem: null,
  root: {
    version: 2,
    threshold: 2,
    keyids: ['a1', 'b2', 'c3'].map((start) => start + '4f'.repeat(31)),
  },
  publishKeys: [
    {
      keyid: '7f1c9a0be25d4f3388aa01c4d2e6b9f05c3e7712ab90dd4418f6e2c3a5b7d901',
      status: 'active',
      since: '2026-03-01T00:00:00Z',
      until: null,
    },
    {
      keyid: '11dd' + '07'.repeat(30),
      status: 'retired',
      since: '2025-01-01T00:00:00Z',
      until: '2026-03-01T00:00:00Z',
    },
  ],
}

export const noChanges: NonNullable<InstallPlan['changes']> = {
  widens: false,
  added: [],
  removed: [],
  changed: [],
}

/** A chain of these skills, each ready to run. */
export function chainOf(id: string, slugs: readonly string[], part: Partial<Chain> = {}): Chain {
  return {
    id,
    title: 'Read a document and remember it',
    summary: 'Takes a document apart and keeps what carries it as notes.',
    inputs: [],
    steps: slugs.map((slug) => ({
      id: slug,
      slug,
      title: fakeCatalog.find(({ manifest }) => manifest.slug === slug)?.manifest.title ?? null,
      problem: null,
    })),
    builtIn: false,
    problem: null,
    ...part,
  }
}

/** A run of a chain whose steps are in these states. */
export function chainRunOf(
  chain: string,
  runId: string,
  states: readonly StepResult['state'][],
  state: ChainRun['state'],
  steps: Chain['steps'],
): EventOf<'chain.changed'> {
  return {
    runId,
    chain,
    startedAt: new Date(Date.now() - 60_000).toISOString(),
    state,
    error: null,
    steps: steps.map(({ id, slug }, index) => {
      const now = states[index] ?? 'waiting'
      const ran = now === 'done' || now === 'failed'
      return {
        id,
        slug,
        state: now,
        output: now === 'done' || now === 'kept' ? `{"step":"${id}"}` : null,
        stderr: '',
        reason: ran ? 'exit' : null,
        durationMs: ran ? 400 : 0,
        receipt: ran ? emptyReceipt : null,
        error: null,
      }
    }),
  }
}

/**
 * A bridge in memory that behaves as main does: every input and output passes through the contract's own schemas,
 * failures are values, an install needs a decision for each question. `overrides` replace single calls.
 */
export function createFakeBridge(
  options: {
    installed?: readonly string[]
    /** What is different about an installed skill, by slug. */
    records?: Record<string, Partial<InstalledSkill>>
    /** What an update changes, by slug; nothing unless it is said here. */
    changes?: Record<string, InstallPlan['changes']>
    /** Removed skills at the start. */
    removed?: readonly TrashedSkill[]
    trust?: TrustStatus
    /** `.skillet` files that Skillet was opened with. */
    opened?: readonly string[]
    overrides?: Partial<WindowHandlers>
    /** Values that the keychain holds at the start. */
    keys?: Record<string, string>
    /** Answers that still stand. */
    grants?: Grant[]
    /** What was allowed just once, and used. */
    used?: readonly Grant[]
    policy?: { user: UserPolicy; managed: Policy | null }
    /** Said no, where nothing else is given. */
    telemetry?: Partial<TelemetryStatus>
    chains?: readonly Chain[]
    chainRuns?: readonly (ChainRun & Partial<EarlierRun>)[]
    /** What a chain does once every step has passed its checks; the default finishes all of them. */
    runChain?: (start: { id: string; runId: string; resume: string | null }, fake: FakeBridge) => void
    /** What a run does; the default echoes a short report. */
    run?: (input: { slug: string; inputs: Record<string, unknown>; runId: string }, fake: FakeBridge) => void
  } = {},
): FakeBridge {
  const find = (slug: string): FakeSkill => {
    const skill = fakeCatalog.find((each) => each.manifest.slug === slug)
    if (skill === undefined) throw new SkilletError('NOT_FOUND', `There is no skill named ${slug}.`)
    return skill
  }
  let installed = (options.installed ?? []).map((slug) => installedFrom(find(slug), options.records?.[slug]))
  const trash = new Map<string, InstalledSkill>()
  let removed = [...(options.removed ?? [])]
  const bundles = [...(options.opened ?? [])]
  let status = options.trust ?? trust
  const change = (slug: string, part: Partial<InstalledSkill>) => {
    if (!installed.some((each) => each.slug === slug))
      throw new SkilletError('NOT_INSTALLED', 'This skill is not installed.')
    installed = installed.map((each) => (each.slug === slug ? { ...each, ...part } : each))
  }
  const keys = new Map(Object.entries(options.keys ?? {}))
  /** What is installed was allowed all that it asks for, unless a test says what was answered. */
  const assumed = new Set<Grant>(
    options.grants === undefined
      ? installed.flatMap(({ slug, manifest }) =>
          asksOf(manifest).map(({ capability, scope }) => ({
            slug,
            capability,
            scope,
            decision: 'allow' as const,
            life: 'always' as const,
            capabilityDigest: '00'.repeat(32),
            decidedAt: new Date(Date.now() - 3 * 86_400_000).toISOString(),
            by: 'window' as const,
          })),
        )
      : [],
  )
  let grants: Grant[] = options.grants ?? [...assumed]
  let policy = options.policy ?? { user: {}, managed: null }
  let chains = [...(options.chains ?? [])]
  const removedChains = new Map<string, Chain>()
  const plans = new Map<string, InstallPlan>()
  const journal: (AuditEntry & { run: null })[] = []
  let language: LanguageState = { choice: 'en', language: 'en', fixed: false }
  let appearance: 'system' | 'light' | 'dark' = 'system'
  let telemetry: TelemetryStatus = { ...noTelemetry, ...options.telemetry }
  let counter = 0
  const listeners = new Map<EventName, Set<(payload: never) => void>>()
  const versionOf = (slug: string) => installed.find((each) => each.slug === slug)?.version ?? null
  const note = (event: string, slug: string | null, sentence: string) =>
    journal.push({
      seq: journal.length + 1,
      at: new Date().toISOString(),
      event,
      slug,
      text: sentence,
      detail: {},
      run: null,
    })
  const answeredAsks = (slug: string) =>
    asksOf(find(slug).manifest).map((ask) => {
      const counts = (grant: Grant) => grant.slug === slug && grant.capability === ask.capability
      const grant = grants.find(counts)
      return {
        ...ask,
        decided: grant?.decision ?? null,
        life: (grant ?? options.used?.find(counts))?.life ?? null,
      }
    })
  /** Answers in place of earlier ones about the same. */
  const store = (slug: string, decisions: Parameters<WindowHandlers['grants.decide']>[0]['decisions']) => {
    const made = Object.entries(decisions).map(([name, answer]) => {
      const capability = name as Grant['capability']
      return {
        slug,
        capability,
        ...answer,
        scope: declaredScope(find(slug).manifest, capability),
        capabilityDigest: '00'.repeat(32),
        decidedAt: new Date().toISOString(),
        by: 'window' as const,
      }
    })
    grants = [
      ...grants.filter(
        (each) => each.slug !== slug || !made.some(({ capability }) => capability === each.capability),
      ),
      ...made,
    ]
  }

  let startsAtLogin = false
  const updates: UpdateState = {
    current: '0.1.0',
    isAvailable: false,
    mode: 'automatic',
    pinnedTo: null,
    managed: false,
    checkedAt: null,
    offer: null,
  }
  const handlers: WindowHandlers = {
    'catalog.search': async ({ text, category, fitsOnly, offset, limit }) => {
      const words = text.toLowerCase().split(/\s+/).filter(Boolean)
      const skills = fakeCatalog
        .filter(({ manifest }) =>
          words.every((word) =>
            `${manifest.title} ${manifest.summary} ${manifest.tags.join(' ')}`.toLowerCase().includes(word),
          ),
        )
        .filter(({ manifest }) => category === null || manifest.category === category)
        .filter(({ fit }) => !fitsOnly || fit.ok)
        .map((skill) => summaryOf(skill, versionOf(skill.manifest.slug)))
      return { skills: skills.slice(offset, offset + limit), total: skills.length }
    },
    'catalog.show': async ({ slug }) => {
      const skill = find(slug)
      const other = skill.fit.ok ? undefined : skill.manifest.alternatives[0]
      return detailOf(
        skill,
        versionOf(slug),
        other === undefined ? null : summaryOf(find(other), versionOf(other)),
      )
    },
    'catalog.readFile': async ({ slug, path }) => {
      const file = find(slug).files.find((each) => each.path === path)
      if (file === undefined) throw new SkilletError('NOT_FOUND', `${path} is not part of this skill.`)
      return { path, text: file.text, size: file.size }
    },
    'skills.report': async ({ slug }) => {
      find(slug)
      return { id: '0b7c1d52-6a4e-4f7b-9c1d-2e3f4a5b6c7d' }
    },
    'install.planFile': async ({ path }) => {
      const slug = /([a-z-]+)-\d+\.\d+\.\d+\.skillet$/.exec(path)?.[1]
      if (slug === undefined) throw new SkilletError('RELEASE_INVALID', 'This file holds no skill.')
      return handlers['install.plan']({ slug })
    },
    'install.plan': async ({ slug }) => {
      const skill = find(slug)
      const record = installed.find((each) => each.slug === slug)
      if (record?.pinned === true)
        throw new SkilletError('VERSION_PINNED', `${record.title} stays at ${record.version}.`)
      const changes = record === undefined ? null : (options.changes?.[slug] ?? noChanges)
      const isNew = (capability: string) =>
        changes === null ||
        [...changes.added, ...changes.changed.map(({ after }) => after)].some(
          (each) => each.capability === capability,
        )
      if (!skill.fit.ok)
        throw new SkilletError('INCOMPATIBLE', `${skill.manifest.title} needs more than this computer has.`)
      const older = record !== undefined && lt(skill.manifest.version, record.version)
      const plan: InstallPlan = {
        planId: `plan-${(counter += 1)}`,
        skill: summaryOf(skill, versionOf(slug)),
        provenance: detailOf(skill, null, null).provenance,
        asks: asksOf(skill.manifest).map((ask) => ({
          ...ask,
          decided:
            grants.find(
              (each) => each.slug === slug && each.capability === ask.capability && !assumed.has(each),
            )?.decision ?? (older || isNew(ask.capability) ? null : 'allow'),
        })),
        cannot: cannotOf(skill.manifest),
        secrets: Object.entries(skill.manifest.secrets).map(([name, secret]) => ({
          name,
          title: secret.title,
          required: secret.required,
          hosts: secret.hosts,
          present: keys.has(name),
          unseen: secret.broker === true,
        })),
        downloadBytes: 18_432,
        replaces: versionOf(slug),
        older,
        changes,
      }
      plans.set(plan.planId, plan)
      return plan
    },
    'install.apply': async ({ planId, decisions }) => {
      const plan = plans.get(planId)
      if (plan === undefined) throw new SkilletError('NOT_FOUND', 'This installation is no longer open.')
      const { slug } = plan.skill
      store(slug, decisions)
      if (Object.values(decisions).some(({ decision }) => decision === 'deny'))
        throw new SkilletError('PERMISSION_DENIED', `${plan.skill.title} was not installed.`)
      // What was allowed earlier still counts where nobody answers anew.
      if (
        plan.asks.some(
          ({ capability, decided }) => decided !== 'allow' && decisions[capability] === undefined,
        )
      )
        throw new SkilletError('PERMISSION_DENIED', 'Not every question was answered.')
      for (const step of ['download', 'digest', 'extract', 'save'] as const) {
        fake.emit('install.progress', { planId, step, fraction: 0.5 })
        fake.emit('install.progress', { planId, step, fraction: 1 })
      }
      const before = installed.find((each) => each.slug === slug)
      const kept =
        before === undefined
          ? []
          : [{ version: before.version, installedAt: before.installedAt }, ...before.kept]
      installed = [...installed.filter((each) => each.slug !== slug), installedFrom(find(slug), { kept })]
      note('install', slug, `Installed ${plan.skill.title} ${plan.skill.version}.`)
      return { slug, version: plan.skill.version }
    },
    'install.cancel': async ({ planId }) => {
      plans.delete(planId)
      return null
    },
    'library.list': async () => installed,
    'library.remove': async ({ slug }) => {
      const skill = installed.find((each) => each.slug === slug)
      if (skill === undefined) throw new SkilletError('NOT_INSTALLED', 'This skill is not installed.')
      installed = installed.filter((each) => each.slug !== slug)
      const undoId = `undo-${(counter += 1)}`
      trash.set(undoId, skill)
      const { version, title } = skill
      removed = [
        { undoId, slug, version, title, removedAt: new Date().toISOString(), keptUntil: days(30) },
        ...removed,
      ]
      const unusedKeys = Object.keys(skill.manifest.secrets)
        .filter((name) => keys.has(name) && !installed.some((other) => other.manifest.secrets[name]))
        .map((name) => ({ name, skill: null }))
      return { undoId, unusedKeys }
    },
    'library.restore': async ({ undoId }) => {
      const entry = removed.find((each) => each.undoId === undoId)
      const skill = trash.get(undoId) ?? (entry === undefined ? undefined : installedFrom(find(entry.slug)))
      removed = removed.filter((each) => each.undoId !== undoId)
      if (skill === undefined) throw new SkilletError('NOT_FOUND', 'There is nothing to bring back.')
      installed = [...installed, skill]
      return { slug: skill.slug }
    },
    'library.verify': async () => ({
      ok: true,
      skills: installed.map(({ slug, version }) => ({
        slug,
        version,
        ok: true,
        changed: [],
        missing: [],
        extra: [],
      })),
    }),
    'library.repair': async ({ slug }) => ({ keptAt: `/home/kim/.local/share/skillet/edited/${slug}` }),
    'library.rollback': async ({ slug, version }) => {
      const record = installed.find((each) => each.slug === slug)
      if (record?.kept.some((each) => each.version === version) !== true)
        throw new SkilletError('NOT_FOUND', `Version ${version} is no longer kept.`)
      change(slug, {
        version,
        kept: [{ version: record.version, installedAt: record.installedAt }],
        updateTo: record.version,
      })
      return { slug, version }
    },
    'library.pin': async ({ slug, pinned }) => {
      change(slug, { pinned })
      return null
    },
    'trash.list': async () => removed,
    'trash.empty': async ({ undoId }) => {
      removed = undoId === null ? [] : removed.filter((each) => each.undoId !== undoId)
      return null
    },
    'run.start': async ({ slug, inputs }) => {
      const runId = `run-${(counter += 1)}`
      const run =
        options.run ??
        ((_: unknown, to: FakeBridge) => {
          to.emit('run.output', { runId, stream: 'stdout', text: 'done\n' })
          to.emit('run.finished', { runId, result: runResult(), error: null })
        })
      run({ slug, inputs, runId }, fake)
      return { runId }
    },
    'run.stop': async ({ runId }) => {
      fake.emit('run.finished', {
        runId,
        result: runResult({ reason: 'stopped', exitCode: null, signal: 'SIGKILL' }),
        error: null,
      })
      return null
    },
    'dialog.choose': async ({ kind }) =>
      kind === 'file' ? '/home/kim/Documents/orders-2026.csv' : '/home/kim/Notes',
    'file.show': async () => null,
    'secrets.list': async () => ({
      place: keyPlaceOf(),
      secrets: [...keys].map(([name, value]) => ({
        name,
        skill: null,
        lastFour: value.slice(-4),
        lastUsedAt: null,
        usedBy: installed
          .filter((skill) => skill.manifest.secrets[name] !== undefined)
          .map((skill) => ({
            slug: skill.slug,
            title: skill.title,
            hosts: skill.manifest.secrets[name]!.hosts,
          })),
      })),
      wanted: installed.flatMap((skill) =>
        Object.entries(skill.manifest.secrets)
          .filter(([name]) => !keys.has(name))
          .map(([name, secret]) => ({ name, title: secret.title, slug: skill.slug })),
      ),
    }),
    'secrets.set': async ({ name, value }) => {
      keys.set(name, value)
      return null
    },
    'secrets.remove': async ({ name }) => {
      keys.delete(name)
      return null
    },
    'secrets.test': async () => null,
    'secrets.setUnseen': async ({ slug, name, unseen }) => {
      const others = installed.find((each) => each.slug === slug)?.unseenKeys.filter((one) => one !== name)
      change(slug, { unseenKeys: [...(others ?? []), ...(unseen ? [name] : [])] })
      return null
    },
    'secrets.protect': async () => null,
    'secrets.keepInMemory': async () => null,
    'secrets.unlock': async () => null,
    'secrets.lock': async () => null,
    'secrets.rekey': async () => null,
    'secrets.moveToKeychain': async () => null,
    'secrets.discardVault': async () => null,
    'trust.status': async () => status,
    'trust.refresh': async () => {
      status = { ...status, checkedAt: new Date().toISOString(), problem: null }
      return status
    },
    'bundle.pending': async () => bundles.shift() ?? null,
    'app.info': async () => ({
      version: '0.1.0',
      home: '/home/kim/.local/share/skillet',
      registry: 'http://127.0.0.1:8600',
      hasApiKey: false,
      keyids: ['7f1c9a0be25d4f3388aa01c4d2e6b9f05c3e7712ab90dd4418f6e2c3a5b7d901'],
    }),
    'doctor.run': async () => doctor,
    'audit.list': async ({ limit, before }) => ({
      entries: journal
        .filter((entry) => before === null || entry.seq < before)
        .toReversed()
        .slice(0, limit),
      intact: true,
    }),
    'grants.list': async ({ slug }) =>
      grants
        .filter((each) => slug === undefined || each.slug === slug)
        .map((each) => ({
          ...each,
          title: find(each.slug).manifest.title,
          current: each.capabilityDigest === '00'.repeat(32),
        })),
    'grants.revoke': async ({ slug, capability, capabilityDigest }) => {
      grants = grants.filter(
        (each) =>
          each.slug !== slug ||
          each.capability !== capability ||
          (capabilityDigest !== undefined && each.capabilityDigest !== capabilityDigest),
      )
      return null
    },
    'grants.asks': async ({ slug }) => answeredAsks(slug),
    'grants.all': async () =>
      installed.map(({ slug }) => ({ slug, asks: answeredAsks(slug), problem: null })),
    'grants.decide': async ({ slug, decisions }) => {
      store(slug, decisions)
      return null
    },
    'managed.get': async () => null,
    'policy.check': async ({ policy: draft }) => {
      const parsed = parsePolicyText(JSON.stringify(draft))
      return parsed.ok ? [] : parsed.problems.map(({ key, message }) => ({ key, line: null, message }))
    },
    'policy.import': async () => null,
    'policy.export': async ({ form }) => ({ path: `/home/kim/policy.${form}` }),
    'policy.get': async () => ({ ...policy, problem: null }),
    'policy.set': async ({ user }) => {
      policy = { ...policy, user }
      return null
    },
    'chain.list': async () => [...chains],
    'chain.add': async ({ path }) => {
      const id = /([^/]+)\.toml$/.exec(path)?.[1]
      if (id === undefined) throw new SkilletError('CHAIN_INVALID', 'This file holds no chain.')
      chains = [...chains, chainOf(id, ['extract-highlights'])]
      return { id }
    },
    'chain.remove': async ({ id }) => {
      const chain = chains.find((each) => each.id === id)
      if (chain === undefined) throw new SkilletError('NOT_FOUND', 'There is no such chain.')
      chains = chains.filter((each) => each.id !== id)
      removedChains.set(`undo-${id}`, chain)
      return { undoId: `undo-${id}` }
    },
    'chain.restore': async ({ undoId }) => {
      const chain = removedChains.get(undoId)!
      chains = [...chains, chain]
      return { id: chain.id }
    },
    'chain.start': async ({ id, resume }) => {
      const runId = `chain-run-${(counter += 1)}`
      const { steps } = chains.find((each) => each.id === id)!
      const run =
        options.runChain ??
        ((_: unknown, to: FakeBridge) =>
          to.emit(
            'chain.changed',
            chainRunOf(
              id,
              runId,
              steps.map(() => 'done'),
              'done',
              steps,
            ),
          ))
      run({ id, runId, resume }, fake)
      return { runId }
    },
    'chain.stop': async () => null,
    'chain.runs': async () => (options.chainRuns ?? []).map((run) => ({ continuedBy: null, ...run })),
    'telemetry.status': async () => telemetry,
    'telemetry.choose': async ({ choice }) => {
      telemetry = { ...telemetry, choice, on: choice === 'on' }
      return null
    },
    'telemetry.preview': async () => telemetryExample,
    'telemetry.erase': async () => {
      telemetry = { ...telemetry, waiting: [], sent: [] }
      return null
    },
    'telemetry.samples': async ({ bundle, allowed }) => {
      const samples = telemetry.samples.map((one) => (one.bundle === bundle ? { ...one, allowed } : one))
      telemetry = { ...telemetry, samples }
      return null
    },
    'agents.list': async () => fakeAgents,
    'agents.planPlace': async ({ slug }) => ({
      slug,
      version: '1.0.0',
      shown: ['SKILL.md'],
      kept: [],
      places: [],
    }),
    'agents.place': async () => null,
    'agents.unplace': async () => null,
    'agents.planConnect': async ({ agent }) => ({
      agent,
      file: '/home/kim/.claude.json',
      isNew: false,
      digest: 'd1',
      diff: [
        { kind: 'same', text: '{' },
        { kind: 'added', text: '  "mcpServers": {}' },
      ],
    }),
    'agents.connect': async () => null,
    'agents.scan': async () => ({ skills: [], leftOut: [] }),
    'agents.adopt': async () => null,
    'agents.disown': async () => null,
    'agentAccess.waiting': async () => ({ pairings: [], requests: [] }),
    'bridge.status': async () => bridgeStatus,
    'bridge.set': async ({ on }) => ({ ...bridgeStatus, isOpen: on, isWanted: on }),
    'agentAccess.list': async () => ({ agents: [], maxDays: 365 }),
    'agentAccess.connect': async () => null,
    'agentAccess.refuse': async () => null,
    'agentAccess.disconnect': async () => null,
    'agentAccess.denyRequest': async () => null,
    'agentAccess.allowRun': async () => null,
    'agentAccess.allowShare': async () => null,
    'agentAccess.lookAtFolder': async () => ({
      folder: '/home/ada/skills/csv-profile',
      digest: '00'.repeat(32),
      slug: 'csv-profile',
      version: '1.3.0',
      title: 'CSV profile',
      files: [{ path: 'SKILL.md', size: 900, executable: false }],
      report: { path: '/home/ada/skills/csv-profile', verdict: 'pass', findings: [] },
      published: { version: '1.2.0', added: [], changed: ['SKILL.md'], removed: [] },
      asks: [{ title: 'Read a file that you choose', isNew: false }],
    }),
    'agentAccess.allowPublish': async () => ({ id: 'submission-1' }),
    'appearance.get': async () => appearance,
    'appearance.set': async (chosen) => {
      appearance = chosen
      return null
    },
    'updates.state': async () => updates,
    'updates.check': async () => updates,
    'updates.download': async () => updates,
    'updates.dismiss': async () => updates,
    'updates.install': async () => null,
    'startup.get': async () => ({ atLogin: startsAtLogin, canChange: true }),
    'startup.set': async (on) => {
      startsAtLogin = on
      return null
    },
    'crashes.list': async () => [],
    'crashes.reveal': async () => null,
    'crashes.remove': async () => null,
    'program.licences': async () => null,
    'language.get': async () => language,
    'language.set': async (choice) => {
      language = { choice, language: choice === 'system' ? 'en' : choice, fixed: false }
      return language
    },
    'app.ready': async () => null,
    ...options.overrides,
  }

  const calls: FakeBridge['calls'] = []
  const invoke = (name: CallName) => async (input: unknown) => {
    calls.push({ name, input })
    try {
      const handle = handlers[name] as (input: unknown) => Promise<unknown>
      const output = await handle(contract[name].input.parse(input))
      return { ok: true, value: contract[name].output.parse(output) }
    } catch (error) {
      return { ok: false, error: toSkilletError(error).toPlain() }
    }
  }
  const fake: FakeBridge = {
    calls,
    callsOf: (name) => calls.filter((call) => call.name === name).map((call) => call.input),
    emit(event, payload) {
      for (const listener of listeners.get(event) ?? []) listener(payload as never)
    },
    bridge: {
      platform: 'linux',
      firstLanguage: null,
      pathOf: (file) => `/home/kim/Downloads/${(file as File).name}`,
      calls: Object.fromEntries(
        (Object.keys(contract) as CallName[]).map((name) => [name, invoke(name)]),
      ) as unknown as SkilletBridge['calls'],
      on(event, listener) {
        const set = listeners.get(event) ?? new Set()
        listeners.set(event, set)
        set.add(listener as (payload: never) => void)
        return () => set.delete(listener as (payload: never) => void)
      },
    },
  }
  return fake
}

const bridgeStatus: BridgeStatus = {
  isOpen: true,
  isWanted: true,
  isForbidden: false,
  url: 'http://127.0.0.1:40000',
  problem: null,
}

const noTelemetry: TelemetryStatus = {
  on: false,
  choice: 'off',
  forbiddenBy: null,
  managed: false,
  waiting: [],
  sent: [],
  samples: [],
}

export const telemetryExample: TelemetryBatch = {
  events: [
    {
      event: 'install',
      slug: 'csv-profile',
      version: '1.0.0',
      agentClass: 'a1'.repeat(32),
      user: 'b2'.repeat(32),
      durationMs: 900,
      retries: 0,
      ok: true,
    },
  ],
}

import { asksOf, cannotOf, declaredScope } from '../../../src/shared/capability-words.ts'
import {
  contract,
  type CallName,
  type EventName,
  type EventOf,
  type SkilletBridge,
  type WindowHandlers,
} from '../../../src/shared/contract/index.ts'
import type { InstallPlan } from '../../../src/shared/contract/install.ts'
import type { InstalledSkill } from '../../../src/shared/contract/library.ts'
import type { AuditEntry, Doctor, Grant } from '../../../src/shared/contract/overview.ts'
import { SkilletError, toSkilletError } from '../../../src/shared/errors.ts'
import type { Receipt, RunResult } from '../../../src/shared/receipt.ts'
import { detailOf, fakeCatalog, summaryOf, type FakeSkill } from './fake-skills.ts'

export interface FakeBridge {
  bridge: SkilletBridge
  /** Sends an event to the window. */
  emit<E extends EventName>(event: E, payload: EventOf<E>): void
  /** Every call so far, oldest first. */
  calls: { name: CallName; input: unknown }[]
  callsOf(name: CallName): unknown[]
}

export const emptyReceipt: Receipt = {
  read: [],
  written: [],
  contacted: [],
  refused: [],
  memoryMb: 41,
  requests: 0,
  bytesOut: 0,
}

export function runResult(part: Partial<RunResult> = {}): RunResult {
  return {
    exitCode: 0,
    signal: null,
    reason: 'exit',
    stdout: 'done\n',
    stderr: '',
    durationMs: 812,
    receipt: emptyReceipt,
    ...part,
  }
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
  sandbox: { ready: true, backend: 'bubblewrap', problem: null, fix: null },
  keychain: { available: true, name: 'GNOME Keyring', problem: null, fix: null },
  agents: [{ name: 'Claude Code', folder: '/home/kim/.claude/skills' }],
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
    ...part,
  }
}

/**
 * A bridge in memory that behaves as main does: every input and output passes through the contract's own schemas,
 * failures are values, an install needs a decision for each question. `overrides` replace single calls.
 */
export function createFakeBridge(
  options: {
    installed?: readonly string[]
    overrides?: Partial<WindowHandlers>
    /** Values that the keychain holds at the start. */
    keys?: Record<string, string>
    /** Answers that still stand. */
    grants?: Grant[]
    /** What a run does; the default echoes a short report. */
    run?: (input: { slug: string; inputs: Record<string, unknown>; runId: string }, fake: FakeBridge) => void
  } = {},
): FakeBridge {
  const find = (slug: string): FakeSkill => {
    const skill = fakeCatalog.find((each) => each.manifest.slug === slug)
    if (skill === undefined) throw new SkilletError('NOT_FOUND', `There is no skill named ${slug}.`)
    return skill
  }
  let installed = (options.installed ?? []).map((slug) => installedFrom(find(slug)))
  const trash = new Map<string, InstalledSkill>()
  const keys = new Map(Object.entries(options.keys ?? {}))
  let grants: Grant[] = options.grants ?? []
  const plans = new Map<string, InstallPlan>()
  const journal: AuditEntry[] = []
  let appearance: 'system' | 'light' | 'dark' = 'system'
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
    })

  const handlers: WindowHandlers = {
    'catalog.search': async ({ text, category, fitsOnly }) => {
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
      return { skills, total: skills.length }
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
    'install.plan': async ({ slug }) => {
      const skill = find(slug)
      if (!skill.fit.ok)
        throw new SkilletError('INCOMPATIBLE', `${skill.manifest.title} needs more than this computer has.`)
      const plan: InstallPlan = {
        planId: `plan-${(counter += 1)}`,
        skill: summaryOf(skill, versionOf(slug)),
        provenance: detailOf(skill, null, null).provenance,
        asks: asksOf(skill.manifest).map((ask) => ({
          ...ask,
          decided:
            grants.find((each) => each.slug === slug && each.capability === ask.capability)?.decision ?? null,
        })),
        cannot: cannotOf(skill.manifest),
        secrets: Object.entries(skill.manifest.secrets).map(([name, secret]) => ({
          name,
          title: secret.title,
          required: secret.required,
          hosts: secret.hosts,
          present: keys.has(name),
        })),
        downloadBytes: 18_432,
        replaces: versionOf(slug),
      }
      plans.set(plan.planId, plan)
      return plan
    },
    'install.apply': async ({ planId, decisions }) => {
      const plan = plans.get(planId)
      if (plan === undefined) throw new SkilletError('NOT_FOUND', 'This installation is no longer open.')
      const { slug } = plan.skill
      const answered = plan.asks.filter(({ capability }) => decisions[capability] !== undefined)
      grants = [
        ...grants.filter((each) => each.slug !== slug),
        ...answered.map((ask) => ({
          slug,
          capability: ask.capability,
          decision: decisions[ask.capability]!,
          scope: declaredScope(find(slug).manifest, ask.capability),
          capabilityDigest: '00'.repeat(32),
          decidedAt: new Date().toISOString(),
          by: 'window' as const,
        })),
      ]
      if (Object.values(decisions).includes('deny'))
        throw new SkilletError('PERMISSION_DENIED', `${plan.skill.title} was not installed.`)
      if (answered.length < plan.asks.length)
        throw new SkilletError('PERMISSION_DENIED', 'Not every question was answered.')
      for (const step of ['download', 'digest', 'extract', 'save'] as const) {
        fake.emit('install.progress', { planId, step, fraction: 0.5 })
        fake.emit('install.progress', { planId, step, fraction: 1 })
      }
      installed = [...installed.filter((each) => each.slug !== slug), installedFrom(find(slug))]
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
      return { undoId }
    },
    'library.restore': async ({ undoId }) => {
      const skill = trash.get(undoId)
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
      keychain: doctor.keychain,
      secrets: [...keys].map(([name, value]) => ({
        name,
        lastFour: value.slice(-4),
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
    'app.info': async () => ({
      version: '0.1.0',
      home: '/home/kim/.local/share/skillet',
      registry: 'http://127.0.0.1:8600',
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
        .map((each) => ({ ...each, title: find(each.slug).manifest.title })),
    'grants.revoke': async ({ slug, capability }) => {
      grants = grants.filter((each) => each.slug !== slug || each.capability !== capability)
      return null
    },
    'appearance.get': async () => appearance,
    'appearance.set': async (chosen) => {
      appearance = chosen
      return null
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

import { setImmediate } from 'node:timers/promises'
import type { InputValues } from '../../shared/contract/library.ts'
import { asksOf, joinAsks } from '../../shared/capability-words.ts'
import { SkilletError } from '../../shared/errors.ts'
import type { Receipt } from '../../shared/receipt.ts'
import { ownProgram, type SkillManifest } from '../../shared/skill-manifest.ts'
import type { RunHooks } from '../api.ts'
import { checkSkillPermissions } from '../policy/check-permissions.ts'
import { effectiveLimits, type EffectiveLimits } from '../policy/limits.ts'
import { allDone } from '../disk.ts'
import type { BackendName, Sandboxes } from '../sandbox/backend.ts'
import type { Dialer } from '../sandbox/egress.ts'
import { standby, type Standby } from '../sandbox/launch.ts'
import type { Spares } from '../sandbox/spares.ts'
import { fixedLimits, type SandboxProfile } from '../sandbox/profile.ts'
import type { createRuntimeFinder, Program } from '../sandbox/runtime.ts'
import { injectSecrets, secretsFor } from '../secrets/inject.ts'
import type { Budget, BudgetShare } from './budget.ts'
import { holdKeys } from './held-keys.ts'
import { resolveInputs, type ResolvedInputs } from './inputs.ts'
import { collectOutput } from './output.ts'
import type { RunnableSkill } from './run.ts'
import { prepareState } from './state.ts'

export interface PreparePorts {
  /** Skillet's own folder. */
  readonly home: string
  readonly sandboxes: Sandboxes
  readonly spares: Spares
  readonly findProgram: (name: string) => Promise<string | null>
  readonly findRuntime: ReturnType<typeof createRuntimeFinder>
  /** A key for the skill: its own or a shared one; for null only a shared one. See `secrets/book.ts`. */
  readonly getSecret: (name: string, slug: string | null) => Promise<string | null>
  /** Authorities whose word is taken for who a site is, in PEM, where a key is added on the way. */
  readonly siteRoots: () => Promise<string>
  /** The keys that the person lets this skill use without holding them. @throws SkilletError STORE_DAMAGED */
  readonly unseenKeys: (slug: string) => Promise<readonly string[]>
  readonly budget: Budget
  readonly dialer?: Dialer
}

export interface PrepareRequest {
  readonly skill: RunnableSkill
  readonly inputs: InputValues
  readonly args: readonly string[]
  readonly hooks: RunHooks
  /** Every other check. They may still be going on; no key is read before they have passed. */
  readonly checked: Promise<unknown>
}

/** A sandbox in which nothing of the skill has started yet. */
interface Built {
  readonly profile: SandboxProfile
  readonly backend: BackendName
  readonly secrets: Readonly<Record<string, string>>
  readonly output: ReturnType<typeof collectOutput>
  /** How often each key was replaced so far. */
  readonly redacted: Map<string, number>
  readonly standby: Standby
  /** Which key was added on the way where, so far. */
  readonly brokered: () => Receipt['brokered'] & object
}

/** A run that only waits for the word. */
export interface PreparedRun extends Built {
  /** What it may send at most, as things stand. */
  readonly egress: { readonly requests: number; readonly bytesOut: number }
  readonly share: BudgetShare
  /** It won't start: takes its sandbox away and gives back what it had of the budget. */
  abandon(): Promise<void>
}

const MIB = 1024 * 1024

/**
 * What DESIGN §3 asks of a run itself, in its order, and its sandbox, in which nothing of the skill has started yet.
 * @throws SkilletError PERMISSION_DENIED, INPUT_INVALID, BUDGET_EXCEEDED, SANDBOX_UNAVAILABLE, INCOMPATIBLE,
 *   SECRET_MISSING, STORE_DAMAGED, CANCELLED
 */
export async function prepareRun(ports: PreparePorts, request: PrepareRequest): Promise<PreparedRun> {
  const { skill, inputs, hooks } = request
  const { manifest, policy } = skill
  assertPermitted(skill)
  const resolved = await resolveInputs(manifest, inputs, ports.home, hooks.wasChosen)
  const limits = effectiveLimits(manifest, policy)
  let share: BudgetShare | null = null
  let standing: Standby | null = null
  // One can fail without the other, and then neither may stay.
  const building = build(ports, request, resolved, limits, () => share?.maxBytesOut() ?? 0)
  // The sandbox takes longer, so it goes first.
  const reserving = setImmediate().then(() =>
    ports.budget.begin(manifest, limits, () => standing?.egress.bytesOut ?? 0),
  )
  const [reserved, built] = await Promise.allSettled([reserving, building])
  if (reserved.status === 'fulfilled' && built.status === 'fulfilled') {
    share = reserved.value
    standing = built.value.standby
    const { standby: sandbox } = built.value
    const abandon = async () => {
      await allDone([sandbox.abandon(), reserved.value.cancel()])
    }
    const isOnline = manifest.sandbox.network.length > 0
    const egress = {
      requests: isOnline ? limits.requests_per_run : 0,
      bytesOut: isOnline ? share.maxBytesOut() : 0,
    }
    return { ...built.value, egress, share, abandon }
  }
  if (built.status === 'fulfilled') await built.value.standby.abandon()
  if (reserved.status === 'fulfilled') await reserved.value.cancel()
  throw (reserved.status === 'rejected' ? reserved : (built as PromiseRejectedResult)).reason
}

async function build(
  ports: PreparePorts,
  { skill, args, hooks, checked }: PrepareRequest,
  resolved: ResolvedInputs,
  limits: EffectiveLimits,
  maxBytesOut: () => number,
): Promise<Built> {
  const { manifest } = skill
  const [backend, programs] = await Promise.all([
    ports.sandboxes.choose(manifest.sandbox.backend),
    findPrograms(manifest, ports),
  ])
  const [runtime, state] = await Promise.all([
    ports.findRuntime(programs),
    prepareState(skill.stateFolder, manifest.sandbox.write),
  ])
  const secrets = await readSecrets(skill, ports, checked)
  const unseen = Object.keys(secrets).length === 0 ? [] : await ports.unseenKeys(manifest.slug)
  const held = await holdKeys(manifest, secrets, ports.siteRoots, unseen)
  const profile: SandboxProfile = {
    skillFolder: skill.folder,
    state,
    paths: resolved.paths,
    runtime,
    command: [programs[0]!.path, ...manifest.run.command.slice(1), ...resolved.argv, ...args],
    environment: held.environment,
    files: held.files,
    hosts: manifest.sandbox.network,
    graphics: manifest.requires.cuda !== undefined,
    limits: { ...fixedLimits, timeoutMs: limits.timeout_s * 1000, memoryBytes: limits.memory_mb * MIB },
  }
  const redacted = new Map<string, number>()
  const output = collectOutput(secrets, hooks.onOutput, (name) =>
    redacted.set(name, (redacted.get(name) ?? 0) + 1),
  )
  const sandbox = await standby(profile, {
    backend,
    spares: ports.spares,
    egress: {
      hosts: manifest.sandbox.network,
      maxRequests: limits.requests_per_run,
      get maxBytesOut() {
        return maxBytesOut()
      },
      keys: held.guarded,
      ...(held.broker ? { broker: held.broker } : {}),
    },
    stdin: resolved.stdin,
    onOutput: output.push,
    ...(ports.dialer ? { dialer: ports.dialer } : {}),
    ...(hooks.signal ? { signal: hooks.signal } : {}),
  })
  return {
    profile,
    backend: backend.name,
    secrets,
    output,
    redacted,
    standby: sandbox,
    brokered: () => held.broker?.used() ?? [],
  }
}

/** Declared ⊆ granted ⊆ policy, or nothing executes. */
function assertPermitted({ manifest, policy }: RunnableSkill): void {
  const verdict = checkSkillPermissions(manifest, policy)
  if (verdict.ok) return
  const missing = asksOf(manifest).filter(({ capability }) =>
    verdict.violations.some((violation) => violation.capability === capability),
  )
  const why =
    missing.length > 0
      ? `You have not allowed it to ${joinAsks(missing)}.`
      : verdict.violations.map(({ reason }) => reason).join(' ')
  throw new SkilletError('PERMISSION_DENIED', `${manifest.title} was not started. ${why}`, {
    remedy: 'Install it again and allow what it asks for, or choose another skill.',
  })
}

/** The run command's own program first, then those it may start. @throws SkilletError INCOMPATIBLE */
export async function findPrograms(
  manifest: SkillManifest,
  ports: Pick<PreparePorts, 'findProgram'>,
): Promise<Program[]> {
  const names = [...new Set([ownProgram(manifest), ...manifest.sandbox.exec])]
  const found = await Promise.all(names.map(async (name) => ({ name, path: await ports.findProgram(name) })))
  const missing = found.filter(({ path }) => path === null).map(({ name }) => name)
  if (missing.length > 0)
    throw new SkilletError(
      'INCOMPATIBLE',
      `${manifest.title} needs ${missing.join(', ')}, which this computer doesn't have.`,
      { remedy: `Install ${missing.join(', ')} and try again.` },
    )
  return found as Program[]
}

/**
 * Only what the policy allows is read from where keys are kept, only for this run, and only after `checked`.
 * @throws SkilletError SECRET_MISSING, KEYCHAIN_UNAVAILABLE, and what `checked` throws
 */
export async function readSecrets(
  { manifest, policy, verified }: Pick<RunnableSkill, 'manifest' | 'policy' | 'verified'>,
  ports: Pick<PreparePorts, 'getSecret'>,
  checked: Promise<unknown> = Promise.resolve(),
): Promise<Record<string, string>> {
  const names = secretsFor(manifest, policy)
  if (names.length > 0) await checked
  const values: Record<string, string | null> = {}
  // Whoever calls their folder like an installed skill doesn't get that skill's own keys.
  const slug = verified ? manifest.slug : null
  for (const name of names) values[name] = await ports.getSecret(name, slug)
  return injectSecrets(manifest, policy, values)
}

import type { InputValues } from '../../shared/contract/library.ts'
import type { Grant } from '../../shared/contract/overview.ts'
import { asksOf, joinAsks } from '../../shared/capability-words.ts'
import { SkilletError, toSkilletError } from '../../shared/errors.ts'
import type { Policy } from '../../shared/policy.ts'
import type { RunResult } from '../../shared/receipt.ts'
import { ownProgram, type SkillManifest } from '../../shared/skill-manifest.ts'
import type { RunHooks } from '../api.ts'
import { checkSkillPermissions } from '../policy/check-permissions.ts'
import type { GrantStore, Journal } from '../ports.ts'
import type { Sandboxes } from '../sandbox/backend.ts'
import type { Dialer } from '../sandbox/egress.ts'
import { launch } from '../sandbox/launch.ts'
import { fixedLimits, type SandboxProfile } from '../sandbox/profile.ts'
import { toReceipt } from '../sandbox/receipt.ts'
import type { createRuntimeFinder, Program } from '../sandbox/runtime.ts'
import { injectSecrets, secretsFor } from '../secrets/inject.ts'
import { redactDeep } from '../secrets/redact.ts'
import { createRedactor } from '../secrets/redactor.ts'
import type { Budget } from './budget.ts'
import { resolveInputs } from './inputs.ts'
import { wasWithdrawn } from './live-runs.ts'
import { prepareState } from './state.ts'

/** One skill, ready to be judged and run. Revocation and integrity were checked by whoever made it. */
export interface RunnableSkill {
  readonly manifest: SkillManifest
  /** Its files. */
  readonly folder: string
  /** Where its declared write folders live. */
  readonly stateFolder: string
  /** What it may do at most. */
  readonly policy: Policy
  /** The answers that `policy` was made of: those for one run are used up by this one. */
  readonly grants: readonly Grant[]
  /** False for a folder that nobody has signed. */
  readonly verified: boolean
}

export interface RunnerPorts {
  readonly home: string
  readonly sandboxes: Sandboxes
  readonly findProgram: (name: string) => Promise<string | null>
  readonly findRuntime: ReturnType<typeof createRuntimeFinder>
  readonly getSecret: (name: string) => Promise<string | null>
  readonly budget: Budget
  readonly grants: Pick<GrantStore, 'useOnce'>
  readonly journal: Journal
  readonly log: (line: string) => void
  readonly dialer?: Dialer
}

export type Runner = (
  skill: RunnableSkill,
  inputs: InputValues,
  args: readonly string[],
  hooks: RunHooks,
) => Promise<RunResult>

/**
 * Runs a skill under the rules of DESIGN §3, in their order. Everything that can say no says it before the first
 * instruction of the skill executes. Throws SkilletError for a refusal; a run that started always gives a result.
 */
export function createRunner(ports: RunnerPorts): Runner {
  return async (skill, inputs, args, hooks) => {
    const { manifest } = skill
    if (process.getuid?.() === 0)
      throw new SkilletError(
        'RUNNING_AS_ROOT',
        'Skillet does not run skills as root: nothing could hold them then.',
      )
    await preflight(skill, ports.journal)
    const resolved = await resolveInputs(manifest, inputs, ports.home, hooks.wasChosen)
    const maxBytesOut = await ports.budget.begin(manifest)
    const backend = await ports.sandboxes.choose(manifest.sandbox.backend)
    const programs = await findPrograms(manifest, ports)
    const secrets = await readSecrets(skill, ports)
    const profile: SandboxProfile = {
      skillFolder: skill.folder,
      state: await prepareState(skill.stateFolder, manifest.sandbox.write),
      paths: resolved.paths,
      runtime: await ports.findRuntime(programs),
      command: [programs[0]!.path, ...manifest.run.command.slice(1), ...resolved.argv, ...args],
      environment: secrets,
      hosts: manifest.sandbox.network,
      graphics: manifest.requires.cuda !== undefined,
      limits: {
        ...fixedLimits,
        timeoutMs: manifest.sandbox.timeout_s * 1000,
        memoryBytes: manifest.sandbox.memory_mb * 1024 * 1024,
      },
    }
    await ports.grants.useOnce(skill.grants)
    await ports.journal.append('run.started', manifest.slug, `Started ${manifest.title}.`, {
      version: manifest.version,
      verified: skill.verified,
      read: resolved.paths.map(({ path }) => path),
    })

    const output = collectOutput(secrets, hooks)
    const launched = await launch(profile, {
      backend,
      egress: { hosts: manifest.sandbox.network, maxRequests: manifest.budget.requests_per_run, maxBytesOut },
      stdin: resolved.stdin,
      onOutput: output.push,
      ...(ports.dialer ? { dialer: ports.dialer } : {}),
      ...(hooks.signal ? { signal: hooks.signal } : {}),
    })
    const { stdout, stderr } = output.finish()
    const result: RunResult = {
      exitCode: launched.exitCode,
      signal: launched.signal,
      reason: launched.reason,
      stdout,
      stderr,
      durationMs: Math.round(launched.durationMs),
      receipt: redactDeep(toReceipt(profile, launched), secrets) as RunResult['receipt'],
    }
    // It ran, whatever happens to the books: the person must get what it printed and did.
    const booked = await Promise.allSettled([
      ports.budget.spend(manifest.slug, result.receipt.bytesOut),
      ports.journal.append(
        'run.finished',
        manifest.slug,
        finishedSentence(manifest, result, wasWithdrawn(hooks.signal)),
        {
          version: manifest.version,
          verified: skill.verified,
          exitCode: result.exitCode,
          reason: result.reason,
          durationMs: result.durationMs,
          receipt: result.receipt,
        },
      ),
    ])
    for (const failed of booked)
      if (failed.status === 'rejected')
        ports.log(`a run of ${manifest.slug} could not be recorded: ${toSkilletError(failed.reason).message}`)
    return result
  }
}

/** Declared ⊆ granted ⊆ policy, or nothing executes. */
async function preflight({ manifest, policy }: RunnableSkill, journal: Journal): Promise<void> {
  const verdict = checkSkillPermissions(manifest, policy)
  if (verdict.ok) return
  const reasons = verdict.violations.map(({ reason }) => reason)
  const missing = asksOf(manifest).filter(({ capability }) =>
    verdict.violations.some((violation) => violation.capability === capability),
  )
  const why = missing.length > 0 ? `You have not allowed it to ${joinAsks(missing)}.` : reasons.join(' ')
  await journal.append('run.denied', manifest.slug, `Did not start ${manifest.title}. ${why}`, { reasons })
  throw new SkilletError('PERMISSION_DENIED', `${manifest.title} was not started. ${why}`, {
    remedy: 'Install it again and allow what it asks for, or choose another skill.',
  })
}

/** The run command's own program first, then those it may start. */
export async function findPrograms(
  manifest: SkillManifest,
  ports: Pick<RunnerPorts, 'findProgram'>,
): Promise<Program[]> {
  const names = [...new Set([ownProgram(manifest), ...manifest.sandbox.exec])]
  const found = await Promise.all(names.map(async (name) => ({ name, path: await ports.findProgram(name) })))
  const missing = found.filter(({ path }) => path === null).map(({ name }) => name)
  if (missing.length > 0)
    throw new SkilletError(
      'INCOMPATIBLE',
      `${manifest.title} needs ${missing.join(', ')}, which this computer doesn't have.`,
      {
        remedy: `Install ${missing.join(', ')} and try again.`,
      },
    )
  return found as Program[]
}

/** Only what the policy allows is read from the keychain, and only for this run. */
export async function readSecrets(
  { manifest, policy }: RunnableSkill,
  ports: Pick<RunnerPorts, 'getSecret'>,
): Promise<Record<string, string>> {
  const values: Record<string, string | null> = {}
  for (const name of secretsFor(manifest, policy)) values[name] = await ports.getSecret(name)
  return injectSecrets(manifest, policy, values)
}

/** Gathers what a run prints, with its secrets replaced before anybody sees them. */
function collectOutput(secrets: Record<string, string>, hooks: RunHooks) {
  const text = { stdout: '', stderr: '' }
  const redactors = { stdout: createRedactor(secrets), stderr: createRedactor(secrets) }
  const emit = (stream: 'stdout' | 'stderr', safe: string) => {
    if (safe === '') return
    text[stream] += safe
    hooks.onOutput?.(stream, safe)
  }
  return {
    push: (stream: 'stdout' | 'stderr', raw: string) => emit(stream, redactors[stream].push(raw)),
    finish: () => {
      for (const stream of ['stdout', 'stderr'] as const) emit(stream, redactors[stream].flush())
      return text
    },
  }
}

function finishedSentence(
  { title }: SkillManifest,
  { reason, exitCode, receipt }: RunResult,
  withdrawn: boolean,
): string {
  const blocked =
    receipt.refused.length === 0
      ? ''
      : ` ${receipt.refused.length} ${receipt.refused.length === 1 ? 'attempt was' : 'attempts were'} blocked.`
  const endings: Record<RunResult['reason'], string> = {
    exit: exitCode === 0 ? `${title} finished.` : `${title} ended with an error.`,
    time: `${title} was stopped: it took too long.`,
    memory: `${title} was stopped: it used too much memory.`,
    stopped: withdrawn ? `${title} was stopped: it was withdrawn.` : `${title} was stopped by you.`,
    output: `${title} was stopped: it printed too much.`,
    denied: `${title} was not started.`,
  }
  return endings[reason] + blocked
}

import { isDeepStrictEqual } from 'node:util'
import type { InputValues } from '../../shared/contract/library.ts'
import type { Grant } from '../../shared/contract/overview.ts'
import { SkilletError, toSkilletError } from '../../shared/errors.ts'
import type { Policy } from '../../shared/policy.ts'
import type { RunResult } from '../../shared/receipt.ts'
import type { SkillManifest } from '../../shared/skill-manifest.ts'
import type { RunHooks } from '../api.ts'
import type { Journal, Noted } from '../audit/journal.ts'
import type { GrantStore } from '../ports.ts'
import { shortened, toReceipt } from '../sandbox/receipt.ts'
import { redactDeep, redactError } from '../secrets/redact.ts'
import { finishedSentence } from './ending-words.ts'
import { wasWithdrawn } from './live-runs.ts'
import { prepareRun, type PreparedRun, type PreparePorts } from './prepare.ts'

/** One skill, ready to be judged and run. Revocation and integrity are checked by whoever makes it. */
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

/**
 * Everything that can refuse a skill as such: revocation, integrity, permissions. `early` may be told what it is going to
 * be if nothing is wrong; only the result counts.
 */
export type CheckSkill = (early: (draft: RunnableSkill) => void) => Promise<RunnableSkill>

export interface RunnerPorts extends PreparePorts {
  readonly grants: Pick<GrantStore, 'useOnce' | 'giveBack'>
  readonly journal: Pick<Journal, 'note'>
  readonly log: (line: string) => void
}

/** `inputsFor` is asked with what is going to run. */
export type Runner = (
  check: CheckSkill,
  inputsFor: (manifest: SkillManifest) => InputValues,
  args: readonly string[],
  hooks: RunHooks,
) => Promise<RunResult>

/**
 * Runs a skill under the rules of DESIGN §3. Its sandbox is built while the checks go on, and nothing of the skill starts
 * in it before all of them have passed and the journal says so. Of several refusals the first in the order of the rules
 * counts. Throws SkilletError for a refusal; a run that started always gives a result.
 */
export function createRunner(ports: RunnerPorts): Runner {
  return async (check, inputsFor, args, hooks) => {
    if (process.getuid?.() === 0)
      throw new SkilletError(
        'RUNNING_AS_ROOT',
        'Skillet does not run skills as root: nothing could hold them then.',
      )
    const held: { early: Preparing | null } = { early: null }
    const prepare = (skill: RunnableSkill): Preparing => {
      const checked = Promise.resolve().then(() => checking)
      // Only a skill with keys waits for it; a refusal is thrown below in any case.
      checked.catch(() => {})
      const inputs = inputsFor(skill.manifest)
      const run = prepareRun(ports, { skill, inputs, args, hooks, checked })
      // What comes of it counts only after the checks.
      run.catch(() => {})
      return { skill, run }
    }
    const checking: Promise<RunnableSkill> = check((draft) => {
      try {
        held.early ??= prepare(draft)
      } catch (error) {
        // Inputs that don't fit are refused once it is known what really runs.
        if (!(error instanceof SkilletError)) throw error
      }
    })
    let skill: RunnableSkill
    try {
      skill = await checking
    } catch (error) {
      await abandon(held.early)
      throw error
    }
    let run: PreparedRun | null = null
    try {
      if (held.early !== null && !isSame(held.early.skill, skill)) {
        await abandon(held.early)
        held.early = null
      }
      run = await (held.early ?? prepare(skill)).run
      const started = await begin(ports, skill, run, hooks)
      return await finish(ports, skill, run, started, hooks)
    } catch (error) {
      await run?.abandon()
      return refuse(ports, skill.manifest, wasWithdrawn(hooks.signal) ? hooks.signal!.reason : error, hooks)
    }
  }
}

interface Preparing {
  readonly skill: RunnableSkill
  readonly run: Promise<PreparedRun>
}

/** Whether what was prepared is what the checks have passed, to the last answer. */
function isSame(draft: RunnableSkill, checked: RunnableSkill): boolean {
  return isDeepStrictEqual(draft, checked)
}

async function abandon(preparing: Preparing | null): Promise<void> {
  const run = await preparing?.run.catch(() => null)
  await run?.abandon()
}

/** The last step before the first instruction: what is used up by it, and the journal's word that it starts. */
async function begin(
  ports: RunnerPorts,
  skill: RunnableSkill,
  { profile }: PreparedRun,
  { signal, agent }: RunHooks,
): Promise<Noted> {
  if (signal?.aborted) throw new SkilletError('CANCELLED', 'Stopped before it started.')
  const { manifest, verified } = skill
  await ports.grants.useOnce(skill.grants)
  try {
    return await ports.journal.note('run.started', manifest.slug, `Started ${manifest.title}.`, {
      version: manifest.version,
      verified,
      read: profile.paths.map(({ path }) => path),
      ...(agent === undefined ? {} : { agent }),
    })
  } catch (error) {
    await giveBack(ports, skill)
    throw error
  }
}

/** What it used up by starting, for one that didn't. Why it didn't matters more than what can't be given back. */
async function giveBack({ grants, log }: RunnerPorts, { manifest, grants: used }: RunnableSkill) {
  await grants.giveBack(used).catch((error: unknown) => {
    log(`what ${manifest.slug} was allowed once could not be given back: ${toSkilletError(error).message}`)
  })
}

/** Lets it start, and says what became of it. @throws SkilletError SANDBOX_UNAVAILABLE where it could not start */
async function finish(
  ports: RunnerPorts,
  skill: RunnableSkill,
  run: PreparedRun,
  started: Noted,
  { signal, agent }: RunHooks,
): Promise<RunResult> {
  const { manifest, verified } = skill
  const { standby, output, redacted, secrets, share } = run
  const launched = await standby.start().catch(async (error: unknown) => {
    await Promise.all([ports.sandboxes.doubt(), ports.spares.drop()])
    if (!standby.mayHaveRun) await giveBack(ports, skill)
    // It may repeat what the sandbox said, and the sandbox was told the keys.
    throw redactError(error, secrets)
  })
  const printed = output.finish()
  const left = share.left()
  const brokered = run.brokered()
  const seen = redactDeep(toReceipt(launched, { ...run, left }), secrets, (name) =>
    redacted.set(name, (redacted.get(name) ?? 0) + 1),
  ) as ReturnType<typeof toReceipt>
  const receipt = {
    ...seen,
    refused: seen.refused.map(shortened),
    redacted: [...redacted].map(([name, times]) => ({ name, times })),
    ...(brokered.length > 0 ? { brokered } : {}),
  }
  const ended = {
    exitCode: launched.exitCode,
    signal: launched.signal,
    reason: launched.reason,
    durationMs: Math.round(launched.durationMs),
  }
  // It ran, whatever happens to the books: the person must get what it printed and did.
  const orLog = <T>(work: Promise<T>) =>
    work.catch((error: unknown) => {
      ports.log(`a run of ${manifest.slug} could not be recorded: ${toSkilletError(error).message}`)
      return null
    })
  const sentence = finishedSentence(manifest.title, { ...ended, receipt }, wasWithdrawn(signal))
  const detail = {
    version: manifest.version,
    verified,
    ...ended,
    receipt,
    ...(agent === undefined ? {} : { agent }),
  }
  const [finished] = await Promise.all([
    orLog(ports.journal.note('run.finished', manifest.slug, sentence, detail)),
    orLog(share.end()),
    orLog(started.durable),
  ])
  if (finished !== null) void orLog(finished.durable)
  return { ...ended, ...printed, receipt: { ...receipt, journal: finished?.link ?? null } }
}

/** Refusals that are about what the person typed or did, not about the skill. */
const notWorthAnEntry = new Set(['INPUT_INVALID', 'CANCELLED'])

async function refuse(
  { journal }: RunnerPorts,
  manifest: SkillManifest,
  error: unknown,
  { agent }: RunHooks,
): Promise<never> {
  if (error instanceof SkilletError && !notWorthAnEntry.has(error.code))
    await journal
      .note('run.denied', manifest.slug, `Did not start ${manifest.title}: ${error.message}`, {
        code: error.code,
        ...(agent === undefined ? {} : { agent }),
      })
      // The reason for the refusal matters more to the person than a journal that can't be written.
      .catch(() => undefined)
  throw error
}

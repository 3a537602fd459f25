import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { Capability } from '../../shared/capability.ts'
import { SkilletError, toSkilletError } from '../../shared/errors.ts'
import type { SkillManifest } from '../../shared/skill-manifest.ts'
import { readArchiveEntries } from '../../trust/archive.ts'
import { aboutSubmission, record } from '../audit.ts'
import type { Caller } from '../auth/caller.ts'
import { within, type Database } from '../db/database.ts'
import type { Jobs, Try } from '../jobs/jobs.ts'
import type { ObjectStore } from '../objects/files.ts'
import type { Scanner } from './scanner.ts'

/** What a reviewer tries a skill with. */
export interface TrialRequest {
  /** Of a file or folder: the name of one of `files`, or `.` for all of them. */
  readonly inputs: Record<string, string | number | boolean>
  /** Texts for the skill to work on, by name. */
  readonly files: Record<string, string>
  /** What it may, as it declares it; nothing else. */
  readonly grants: readonly Exclude<Capability, 'env:read'>[]
}

/**
 * Runs a folder in the sandbox with what is granted and nothing else: `tryFolder` of the engine, which this layer may not
 * import. Throws where this computer can't, and says why.
 */
export type TryOut = (request: {
  folder: string
  inputs: Record<string, string | number | boolean>
  grants: readonly Capability[]
  onOutput: (stream: 'stdout' | 'stderr', text: string) => void
}) => Promise<Record<string, unknown>>

/** Characters of each stream that are kept. */
const maxOutput = 64 * 1024

/** Puts a test run into the queue. Throws NOT_FOUND. */
export async function requestTrial(
  { database, jobs }: { database: Database; jobs: Pick<Jobs, 'send' | 'wake'> },
  reviewer: Caller,
  submissionId: string,
  request: TrialRequest,
): Promise<{ id: string }> {
  const made = await within(database, { across: 'review' }, async (transaction) => {
    const submission = await transaction
      .selectFrom('submissions')
      .select(['id', 'account_id', 'slug', 'version'])
      .where('id', '=', submissionId)
      .executeTakeFirst()
    if (submission === undefined) throw new SkilletError('NOT_FOUND', 'There is no such submission.')
    const { account_id } = submission
    const trial = await transaction
      .insertInto('trial_runs')
      .values({
        submission_id: submissionId,
        account_id,
        reviewer: reviewer.name,
        inputs: JSON.stringify(request),
      })
      .returning('id')
      .executeTakeFirstOrThrow()
    await jobs.send(transaction, 'trial', { trial: trial.id })
    await record(transaction, reviewer, {
      accountId: account_id,
      action: 'submission.tried',
      ...aboutSubmission(submission, { trial: trial.id, grants: request.grants }),
    })
    return trial
  })
  jobs.wake('trial')
  return made
}

export interface TrialPorts {
  readonly database: Database
  readonly objects: ObjectStore
  readonly scanner: Pick<Scanner, 'manifest'>
  readonly tryOut: TryOut
}

/** The job that runs it. Never twice: a run whose worker died has failed. */
export function createTrials({ database, objects, scanner, tryOut }: TrialPorts) {
  return async (tries: readonly Try<'trial'>[]): Promise<void> => {
    for (const { data } of tries) await runTrial(data.trial)
  }

  async function runTrial(id: string): Promise<void> {
    const taken = await within(database, { across: 'review' }, async (transaction) => {
      const row = await transaction
        .selectFrom('trial_runs')
        .innerJoin('submissions', 'submissions.id', 'trial_runs.submission_id')
        .select(['trial_runs.state', 'trial_runs.inputs', 'submissions.tarball_sha256'])
        .where('trial_runs.id', '=', id)
        .forUpdate('trial_runs')
        .executeTakeFirst()
      if (row?.state !== 'waiting' && row?.state !== 'running') return null
      if (row.state === 'waiting')
        await transaction.updateTable('trial_runs').set({ state: 'running' }).where('id', '=', id).execute()
      return row
    })
    if (taken === null) return
    if (taken.state === 'running')
      return finish(id, refusalOf(new SkilletError('INTERNAL', 'Whoever ran it stopped in the middle.')))
    const result = await runOnce(taken.tarball_sha256, taken.inputs as unknown as TrialRequest).catch(
      (error: unknown) => refusalOf(toSkilletError(error)),
    )
    await finish(id, result)
  }

  async function runOnce(sha256: string, request: TrialRequest): Promise<Outcome> {
    const tarball = await objects.read(sha256)
    const manifest = await scanner.manifest(tarball)
    const folder = await mkdtemp(join(tmpdir(), 'skillet-trial-'))
    try {
      const skill = join(folder, manifest.slug)
      const samples = join(folder, 'samples')
      for (const { path, content, executable } of await readArchiveEntries(tarball))
        await writeInto(join(skill, path), content, executable ? 0o700 : 0o600)
      await mkdir(samples, { recursive: true })
      for (const [name, text] of Object.entries(request.files))
        await writeInto(join(samples, name), text, 0o600)
      const output = { stdout: '', stderr: '' }
      const run = await tryOut({
        folder: skill,
        inputs: placed(manifest, request, samples),
        grants: request.grants,
        onOutput: (stream, text) => {
          output[stream] = (output[stream] + text).slice(0, maxOutput)
        },
      })
      return { state: 'finished', result: { run, ...output } }
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  }

  async function finish(id: string, { state, result }: Outcome): Promise<void> {
    await within(database, { across: 'review' }, (transaction) =>
      transaction
        .updateTable('trial_runs')
        .set({ state, result: JSON.stringify(result) as never, finished_at: new Date() })
        .where('id', '=', id)
        .execute(),
    )
  }
}

interface Outcome {
  readonly state: 'finished' | 'failed'
  readonly result: Record<string, unknown>
}

function refusalOf({ code, message, remedy }: SkilletError): Outcome {
  return { state: 'failed', result: { refusal: { code, message, remedy } } }
}

async function writeInto(path: string, content: string | Uint8Array, mode: number): Promise<void> {
  await mkdir(dirname(path), { recursive: true })
  await writeFile(path, content, { mode })
}

/** Files are the reviewer's own and nothing of the computer that runs it. Throws INPUT_INVALID. */
function placed(manifest: SkillManifest, { inputs, files }: TrialRequest, samples: string) {
  return Object.fromEntries(
    Object.entries(inputs).map(([name, value]) => {
      const type = Object.hasOwn(manifest.run.inputs, name) ? manifest.run.inputs[name]!.type : null
      // What comes from a command line is text.
      if (type === 'number' && typeof value === 'string') return [name, Number(value)]
      if (type === 'boolean' && (value === 'true' || value === 'false')) return [name, value === 'true']
      if (type !== 'file' && type !== 'folder') return [name, value]
      if (value === '.') return [name, samples]
      if (typeof value !== 'string' || !Object.hasOwn(files, value))
        throw new SkilletError('INPUT_INVALID', `There is no file ${String(value)} to try it with.`, {
          remedy: 'Name one of the files that you give it.',
        })
      return [name, join(samples, value)]
    }),
  )
}

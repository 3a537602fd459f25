import type { Capability } from '../../shared/capability.ts'
import { SkilletError } from '../../shared/errors.ts'
import type { SkillInput } from '../../shared/skill-manifest.ts'
import { within, type Database, type Reach } from '../db/database.ts'
import type { ObjectStore } from '../objects/files.ts'
import type { Scanner } from './scanner.ts'

/** What a submission's manifest says that it takes and may do: what a test run has to be given. */
export interface SubmissionAsks {
  readonly command: string[]
  readonly capabilities: { readonly name: Capability; readonly why: string }[]
  readonly inputs: AskedInput[]
}
export interface AskedInput {
  readonly name: string
  readonly type: SkillInput['type']
  readonly title: string
  readonly description: string | null
  readonly required: boolean
  /** What it is by default; null: nothing. */
  readonly value: string | number | boolean | null
  readonly options: string[]
  readonly extensions: string[]
}

/** Throws NOT_FOUND, and what makes a manifest unreadable: ARCHIVE_UNSAFE, MANIFEST_INVALID. */
export async function readAsks(
  {
    database,
    objects,
    scanner,
  }: { database: Database; objects: ObjectStore; scanner: Pick<Scanner, 'manifest'> },
  reach: Reach,
  id: string,
): Promise<SubmissionAsks> {
  const submission = await within(database, reach, (transaction) =>
    transaction.selectFrom('submissions').select('tarball_sha256').where('id', '=', id).executeTakeFirst(),
  )
  if (submission === undefined) throw new SkilletError('NOT_FOUND', 'There is no such submission.')
  const { run, capabilities } = await scanner.manifest(await objects.read(submission.tarball_sha256))
  return {
    command: run.command,
    capabilities: Object.entries(capabilities).map(([name, why]) => ({ name: name as Capability, why })),
    inputs: Object.entries(run.inputs).map(([name, input]) => ({
      name,
      type: input.type,
      title: input.title,
      description: input.description ?? null,
      required: input.required,
      value: 'default' in input ? (input.default ?? null) : null,
      options: input.type === 'choice' ? input.options : [],
      extensions: input.type === 'file' ? input.extensions : [],
    })),
  }
}

import { closeSync, fstatSync, openSync, readFileSync } from 'node:fs'
import { z } from 'zod'
import { SkilletError } from '../../shared/errors.ts'
import { readOnlyAtOnce } from '../disk.ts'

const maxSizeBytes = 1024 * 1024

export interface PolicyFile<S extends z.ZodType> {
  readonly path: string
  /** Asked for only where there is a file: making it takes a while. */
  readonly schema: () => S
  /** At the start of a sentence: "The administrators' policy". */
  readonly name: string
  /** What to do about a file that isn't right. */
  readonly remedy?: string
}

/**
 * Reads a policy anew; null where there is no file. Anything but a missing file or a policy that is right in every detail
 * throws: a limit that can't be read must stop, not vanish.
 * @throws SkilletError POLICY_INVALID
 */
export async function readPolicyFile<S extends z.ZodType>(
  policy: PolicyFile<S>,
): Promise<z.output<S> | null> {
  const text = readChecked(policy)
  return text === null ? null : parsePolicy(policy, text)
}

/** @throws SkilletError POLICY_INVALID */
export function parsePolicy<S extends z.ZodType>(policy: PolicyFile<S>, text: string): z.output<S> {
  try {
    return policy.schema().parse(JSON.parse(text))
  } catch (error) {
    throw invalid(policy, `is not valid: ${why(error)}`, error)
  }
}

/** One descriptor is checked and read, so the file can't be swapped in between. At once: it is small, and read before each run. */
function readChecked(policy: PolicyFile<z.ZodType>): string | null {
  try {
    const file = openSync(policy.path, readOnlyAtOnce)
    try {
      const stat = fstatSync(file)
      if (!stat.isFile()) throw invalid(policy, 'is not a file')
      if (process.platform !== 'win32' && (stat.mode & 0o002) !== 0)
        throw invalid(policy, 'can be changed by everybody on this computer')
      if (stat.size > maxSizeBytes) throw invalid(policy, 'is too large')
      return readFileSync(file, 'utf8')
    } finally {
      closeSync(file)
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    if (error instanceof SkilletError) throw error
    throw invalid(policy, "can't be read", error)
  }
}

function invalid(
  { path, name, remedy }: PolicyFile<z.ZodType>,
  problem: string,
  cause?: unknown,
): SkilletError {
  return new SkilletError('POLICY_INVALID', `${name}, ${path}, ${problem}.`, {
    ...(remedy === undefined ? {} : { remedy }),
    cause,
  })
}

function why(error: unknown): string {
  if (!(error instanceof z.ZodError)) return 'it is not JSON'
  const issue = error.issues[0]
  const where = issue?.path.join('.') ?? ''
  return `${where === '' ? '' : `${where}: `}${issue?.message ?? 'unknown'}`
}

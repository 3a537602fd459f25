import { open } from 'node:fs/promises'
import { z } from 'zod'
import { SkilletError } from '../../shared/errors.ts'
import { policySchema } from '../../shared/policy.ts'

/** The administrators' policy. `ceiling`: no skill may ever do more than this, whatever a person grants. */
export const managedPolicySchema = z.strictObject({ ceiling: policySchema })
export type ManagedPolicy = z.infer<typeof managedPolicySchema>

/** Where administrators put it; null where this version of Skillet reads none yet (Windows). */
export function managedPolicyFile(platform: NodeJS.Platform = process.platform): string | null {
  return platform === 'win32' ? null : '/etc/skillet/policy.json'
}

const maxSizeBytes = 1024 * 1024

/**
 * Reads the administrators' policy anew at each call; null where there is none. Anything but a missing file or a
 * policy that is right in every detail throws POLICY_INVALID: a limit that can't be read must stop, not vanish.
 */
export function createManagedPolicy(options: { file?: string | null } = {}): {
  read(): Promise<ManagedPolicy | null>
} {
  const file = options.file === undefined ? managedPolicyFile() : options.file
  return {
    async read() {
      if (file === null) return null
      const text = await readChecked(file)
      if (text === null) return null
      try {
        return managedPolicySchema.parse(JSON.parse(text))
      } catch (error) {
        throw new SkilletError(
          'POLICY_INVALID',
          `The administrators' policy, ${file}, is not valid: ${why(error)}.`,
          {
            cause: error,
          },
        )
      }
    },
  }
}

/** One descriptor is checked and read, so the file can't be swapped in between. */
async function readChecked(path: string): Promise<string | null> {
  try {
    const file = await open(path, 'r')
    try {
      const stat = await file.stat()
      if (!stat.isFile()) throw invalid(path, 'is not a file')
      if (process.platform !== 'win32' && (stat.mode & 0o002) !== 0)
        throw invalid(path, 'can be changed by everybody on this computer')
      if (stat.size > maxSizeBytes) throw invalid(path, 'is too large')
      return await file.readFile('utf8')
    } finally {
      await file.close()
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    if (error instanceof SkilletError) throw error
    throw new SkilletError('POLICY_INVALID', `The administrators' policy, ${path}, can't be read.`, {
      cause: error,
    })
  }
}

function invalid(path: string, problem: string): SkilletError {
  return new SkilletError('POLICY_INVALID', `The administrators' policy, ${path}, ${problem}.`)
}

function why(error: unknown): string {
  if (!(error instanceof z.ZodError)) return 'it is not JSON'
  const issue = error.issues[0]
  const where = issue?.path.join('.') ?? ''
  return `${where === '' ? '' : `${where}: `}${issue?.message ?? 'unknown'}`
}

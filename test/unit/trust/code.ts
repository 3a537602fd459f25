import { SkilletError } from '../../../src/shared/errors.ts'

/** The code of the SkilletError that `work` throws, `returned` when it throws nothing. */
export function code(work: () => unknown): string {
  try {
    work()
    return 'returned'
  } catch (error) {
    if (error instanceof SkilletError) return error.code
    throw error
  }
}

export async function codeOf(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => 'returned',
    (error: unknown) => {
      if (error instanceof SkilletError) return error.code
      throw error
    },
  )
}

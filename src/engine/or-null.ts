import { SkilletError } from '../shared/errors.ts'

/** What `work` gives, or null where it fails for a reason that a person knows of, or takes longer than `patienceMs`. */
export async function orNull<T>(work: Promise<T>, patienceMs: number): Promise<T | null> {
  let timer: NodeJS.Timeout | undefined
  const tooLate = new Promise<null>((resolve) => {
    timer = setTimeout(() => resolve(null), patienceMs)
  })
  try {
    return await Promise.race([work, tooLate])
  } catch (error) {
    if (error instanceof SkilletError) return null
    throw error
  } finally {
    clearTimeout(timer)
    work.catch(() => undefined)
  }
}

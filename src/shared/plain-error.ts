import { z } from 'zod'
import { errorCodes, type PlainError } from './errors.ts'

/** An error as it crosses processes and appears under `--json`. */
export const plainErrorSchema = z.object({
  code: z.enum(errorCodes),
  message: z.string(),
  remedy: z.string(),
}) satisfies z.ZodType<PlainError>

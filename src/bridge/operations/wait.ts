import { z } from 'zod'

/** Seconds that a call may last while nothing has come of it yet. */
export const waitSchema = z
  .int()
  .min(0)
  .max(600)
  .describe('Seconds to wait for the outcome; 0 answers at once.')

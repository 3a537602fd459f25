import { z } from 'zod'

/** One line of the launcher's report channel. Paths are absolute as the skill sees them; `errno` is Linux's. */
const observationSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('ready'), landlock: z.number() }),
  z.object({ type: z.literal('failed'), what: z.string(), errno: z.number() }),
  z.object({
    type: z.enum(['read', 'write', 'wrote', 'start', 'connect']),
    path: z.string().transform(fromBytes),
    errno: z.number(),
  }),
  z.object({ type: z.literal('truncated') }),
  z.object({ type: z.literal('processes'), count: z.number() }),
  // The highest memory so far and what was written to disk, in bytes: as they grow, when they end the run, at its end.
  z.object({ type: z.enum(['peak', 'memory', 'disk']), peak: z.number(), written: z.number() }),
  z.object({
    type: z.literal('exit'),
    code: z.number(),
    signal: z.number(),
    peak: z.number(),
    written: z.number(),
  }),
])
export type Observation = z.infer<typeof observationSchema>
export type PathObservation = Extract<Observation, { path: string }>

/** Null for a line that the launcher can't have written. */
export function parseObservation(line: string): Observation | null {
  try {
    return observationSchema.parse(JSON.parse(line))
  } catch {
    return null
  }
}

/** The launcher writes each byte of a path as one code unit, since a path need not be UTF-8. */
function fromBytes(text: string): string {
  return Buffer.from(text, 'latin1').toString('utf8')
}

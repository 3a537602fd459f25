import { z } from 'zod'
import { call } from './define.ts'

const crashSchema = z.object({ name: z.string(), at: z.string(), sizeBytes: z.number() })
export type Crash = z.infer<typeof crashSchema>

/** Skillet as a program of this computer: when it starts, what it left when it failed, what it is made of. */
export const programCalls = {
  /** `canChange`: false where Skillet was not installed. */
  'startup.get': call(z.null(), z.object({ atLogin: z.boolean(), canChange: z.boolean() })),
  'startup.set': call(z.boolean(), z.null()),
  /** Reports of failures, newest first. They never leave this computer. */
  'crashes.list': call(z.null(), z.array(crashSchema)),
  'crashes.reveal': call(z.null(), z.null()),
  'crashes.remove': call(z.null(), z.null()),
  /** The licences of everything in the program, as one text; null where it was not packed. */
  'program.licences': call(z.null(), z.string().nullable()),
}

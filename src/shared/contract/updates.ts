import { z } from 'zod'
import { versionSchema } from '../identifiers.ts'
import { call } from './define.ts'

const updateModeSchema = z.enum(['automatic', 'manual', 'pinned'])
export type UpdateMode = z.infer<typeof updateModeSchema>

const updateStateSchema = z.object({
  current: z.string(),
  /** False for a build that was given no source of updates. */
  isAvailable: z.boolean(),
  mode: updateModeSchema,
  pinnedTo: versionSchema.nullable(),
  /** Administrators decided about updates. */
  managed: z.boolean(),
  checkedAt: z.string().nullable(),
  offer: z
    .object({
      version: versionSchema,
      released: z.string(),
      notes: z.string(),
      sizeBytes: z.number(),
      isDownloaded: z.boolean(),
      /** The person has sent the notice about it away. */
      isDismissed: z.boolean(),
    })
    .nullable(),
})
export type UpdateState = z.infer<typeof updateStateSchema>

/** Something newer was found without anybody asking. */
export const updateEvents = { 'updates.changed': updateStateSchema }

/** Newer versions of Skillet itself. */
export const updateCalls = {
  'updates.state': call(z.null(), updateStateSchema),
  'updates.check': call(z.null(), updateStateSchema),
  'updates.download': call(z.null(), updateStateSchema),
  /** Sends the notice about this version away. */
  'updates.dismiss': call(z.null(), updateStateSchema),
  /** Hands the fetched package to the system's own installer, which asks for the rights that it needs. */
  'updates.install': call(z.null(), z.null()),
}

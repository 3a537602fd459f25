import { z } from 'zod'
import { capabilitySchema } from '../capability.ts'
import { hardwareSchema } from '../hardware.ts'
import { call } from './define.ts'
import { decisionSchema } from './install.ts'
import { keychainStateSchema } from './keys.ts'

export const sandboxStateSchema = z.object({
  ready: z.boolean(),
  backend: z.string().nullable(),
  /** What is missing, and the command or step that fixes it. */
  problem: z.string().nullable(),
  fix: z.string().nullable(),
})
export type SandboxState = z.infer<typeof sandboxStateSchema>

export const doctorSchema = z.object({
  hardware: hardwareSchema,
  sandbox: sandboxStateSchema,
  keychain: keychainStateSchema,
  /** Agents found on this computer. */
  agents: z.array(z.object({ name: z.string(), folder: z.string() })),
})
export type Doctor = z.infer<typeof doctorSchema>

/** One line of the journal. */
export const auditEntrySchema = z.object({
  seq: z.number(),
  at: z.string(),
  event: z.string(),
  slug: z.string().nullable(),
  /** One plain sentence. */
  text: z.string(),
  detail: z.record(z.string(), z.unknown()),
})
export type AuditEntry = z.infer<typeof auditEntrySchema>

/** A stored decision: bound to the skill, the capability, its scope and the release's capability digest. */
export const grantSchema = z.object({
  slug: z.string(),
  capability: capabilitySchema,
  decision: decisionSchema,
  scope: z.array(z.string()),
  /** SHA-256 over what the release declares; a release that declares something else needs a new decision. */
  capabilityDigest: z.string(),
  decidedAt: z.string(),
  by: z.enum(['window', 'cli']),
})
export type Grant = z.infer<typeof grantSchema>

export const overviewCalls = {
  'app.info': call(
    z.null(),
    z.object({ version: z.string(), home: z.string(), registry: z.string(), keyids: z.array(z.string()) }),
  ),
  'doctor.run': call(z.null(), doctorSchema),
  'audit.list': call(
    z.object({
      limit: z.number().int().min(1).max(500).default(100),
      before: z.number().nullable().default(null),
    }),
    z.object({ entries: z.array(auditEntrySchema), intact: z.boolean() }),
  ),
  'grants.list': call(
    z.object({ slug: z.string().optional() }),
    z.array(grantSchema.extend({ title: z.string() })),
  ),
  'grants.revoke': call(z.object({ slug: z.string(), capability: capabilitySchema }), z.null()),
  /** The person's choice of appearance, kept between starts. */
  'appearance.get': call(z.null(), z.enum(['system', 'light', 'dark'])),
  'appearance.set': call(z.enum(['system', 'light', 'dark']), z.null()),
  /** The window has drawn its first real content. */
  'app.ready': call(z.null(), z.null()),
}

import { z } from 'zod'
import { auditEntrySchema } from '../audit-entry.ts'
import { capabilitySchema } from '../capability.ts'
import { plainErrorSchema } from '../plain-error.ts'
import { slugSchema, versionSchema } from '../identifiers.ts'
import { decisionSchema, grantSchema, lifeSchema } from '../grant.ts'
import { hardwareSchema } from '../hardware.ts'
import { policySchema, userPolicySchema } from '../policy.ts'
import { pastRunSchema } from '../receipt.ts'
import { publishKeySchema } from '../signed-targets.ts'
import { call } from './define.ts'
import { answerSchema } from './install.ts'
import { keychainStateSchema, keyPlaceSchema } from './keys.ts'
import { askSchema } from './skills.ts'

export type { Grant } from '../grant.ts'

export const sandboxStateSchema = z.object({
  ready: z.boolean(),
  backend: z.string().nullable(),
  /** What is missing, and the command or step that fixes it. */
  problem: z.string().nullable(),
  fix: z.string().nullable(),
  /** Each way of sandboxing that this computer could have, self-tested. `ready` above: at least one of them is. */
  backends: z.array(
    z.object({
      name: z.enum(['bubblewrap', 'firejail']),
      ready: z.boolean(),
      problem: z.string().nullable(),
      fix: z.string().nullable(),
    }),
  ),
})
export type SandboxState = z.infer<typeof sandboxStateSchema>

export const doctorSchema = z.object({
  hardware: hardwareSchema,
  sandbox: sandboxStateSchema,
  keychain: keychainStateSchema,
  /** Where keys are kept, which may be elsewhere than in the keychain. */
  keyPlace: keyPlaceSchema.pick({ kind: true, usable: true, locked: true, problem: true, fix: true }),
  /** Agents found on this computer. */
  agents: z.array(z.object({ name: z.string(), folder: z.string() })),
  /** What administrators decided; `problem`: why that can't be read, and so nothing installs or runs. */
  policy: z.object({
    managed: z.boolean(),
    organisation: z.string().nullable(),
    problem: plainErrorSchema.nullable(),
  }),
})
export type Doctor = z.infer<typeof doctorSchema>

/** What a skill asks for, with the answer that counts now; `decided` null with a life: it was used up. */
const answeredAskSchema = askSchema.extend({
  decided: decisionSchema.nullable(),
  life: lifeSchema.nullable(),
})
export type AnsweredAsk = z.infer<typeof answeredAskSchema>

/** Whose word this computer takes, and how fresh it is. */
export const trustStatusSchema = z.object({
  registry: z.string(),
  /** When the registry's signed lists were last brought up to date; null: never on this computer. */
  checkedAt: z.string().nullable(),
  /** Until then they hold without a connection. */
  validUntil: z.string().nullable(),
  /** Why nothing installs or runs at the moment, or why the last check failed although the lists still hold. */
  problem: plainErrorSchema.nullable(),
  root: z
    .object({
      version: z.number().int(),
      /** How many of the keys must agree to change whom this computer trusts. */
      threshold: z.number().int(),
      keyids: z.array(z.string()),
    })
    .nullable(),
  publishKeys: z.array(publishKeySchema.pick({ keyid: true, status: true, since: true, until: true })),
})
export type TrustStatus = z.infer<typeof trustStatusSchema>

export const overviewEvents = { 'trust.changed': trustStatusSchema }

export const overviewCalls = {
  'trust.status': call(z.null(), trustStatusSchema),
  /** Asks the registry now. */
  'trust.refresh': call(z.null(), trustStatusSchema),
  /**
   * What Skillet was opened with, each once: the path of a `.skillet` file, or the skill that a link names; null for
   * nothing more. Fails where a link is none.
   */
  'bundle.pending': call(
    z.null(),
    z.union([z.string(), z.object({ slug: slugSchema, version: versionSchema.optional() })]).nullable(),
  ),
  'app.info': call(
    z.null(),
    z.object({
      version: z.string(),
      home: z.string(),
      registry: z.string(),
      /** Whether the registry is told by a key whose account asks. */
      hasApiKey: z.boolean(),
      keyids: z.array(z.string()),
    }),
  ),
  'doctor.run': call(z.null(), doctorSchema),
  'audit.list': call(
    z.object({
      limit: z.number().int().min(1).max(500).default(100),
      before: z.number().nullable().default(null),
    }),
    z.object({
      /** `run`: what an entry about the end of a run tells of it. */
      entries: z.array(auditEntrySchema.extend({ run: pastRunSchema.nullable() })),
      intact: z.boolean(),
    }),
  ),
  'grants.list': call(
    z.object({ slug: z.string().optional() }),
    // `current`: it is about what the installed version declares, and so counts.
    z.array(grantSchema.extend({ title: z.string(), current: z.boolean() })),
  ),
  /** Without a digest, all answers about the capability. */
  'grants.revoke': call(
    z.object({ slug: z.string(), capability: capabilitySchema, capabilityDigest: z.string().optional() }),
    z.null(),
  ),
  /** What an installed skill asks for, with the answers that count now. `null`: it will have to ask. */
  'grants.asks': call(z.object({ slug: slugSchema }), z.array(answeredAskSchema)),
  /** The same for every installed skill. `problem`: why nobody can say what one asks for. */
  'grants.all': call(
    z.null(),
    z.array(
      z.object({
        slug: slugSchema,
        asks: z.array(answeredAskSchema),
        problem: plainErrorSchema.nullable(),
      }),
    ),
  ),
  /** Answers for an installed skill, in place of earlier ones. */
  'grants.decide': call(
    z.object({ slug: slugSchema, decisions: z.partialRecord(capabilitySchema, answerSchema) }),
    z.null(),
  ),
  /**
   * `managed`: what administrators allow at most, which nobody here can change; null where there are none. `problem`: why
   * the person's own policy can't be read; `user` is empty then, and setting another takes its place.
   */
  'policy.get': call(
    z.null(),
    z.object({
      user: userPolicySchema,
      managed: policySchema.nullable(),
      problem: plainErrorSchema.nullable(),
    }),
  ),
  'policy.set': call(z.object({ user: userPolicySchema }), z.null()),
  /** The person's choice of appearance, kept between starts. */
  'appearance.get': call(z.null(), z.enum(['system', 'light', 'dark'])),
  'appearance.set': call(z.enum(['system', 'light', 'dark']), z.null()),
  /** The window has drawn its first real content. */
  'app.ready': call(z.null(), z.null()),
}

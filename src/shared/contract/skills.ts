import { z } from 'zod'
import { capabilitySchema } from '../capability.ts'
import { requirementLineSchema } from '../hardware.ts'
import { slugSchema, versionSchema } from '../identifiers.ts'
import { reportedSchema, skillReportSchema } from '../skill-report.ts'
import { categories, skillManifestSchema } from '../skill-manifest.ts'
import { tierSchema } from '../tier.ts'
import { call } from './define.ts'

/** Does this computer meet a skill's requirements? `short` names the first thing missing, for example "Needs 12 GB of graphics memory". */
export const fitSchema = z.object({
  ok: z.boolean(),
  short: z.string().nullable(),
  lines: z.array(requirementLineSchema),
})
export type Fit = z.infer<typeof fitSchema>

export const skillSummarySchema = z.object({
  slug: slugSchema,
  version: versionSchema,
  title: z.string(),
  summary: z.string(),
  publisher: z.string(),
  category: z.enum(categories),
  tags: z.array(z.string()),
  tier: tierSchema,
  capabilities: z.array(capabilitySchema),
  needsKey: z.boolean(),
  fit: fitSchema,
  installedVersion: versionSchema.nullable(),
})
export type SkillSummary = z.infer<typeof skillSummarySchema>

/** One thing a skill asks for, in words for the person who decides. */
export const askSchema = z.object({
  capability: capabilitySchema,
  /** "Connect to api.example.com" */
  title: z.string(),
  /** The publisher's reason. */
  reason: z.string(),
  /** What the sandbox guarantees about it: "It can reach no other site." */
  limit: z.string(),
  /** Exact scope: hosts, folders, secret names, programs. */
  scope: z.array(z.string()),
})
export type Ask = z.infer<typeof askSchema>

/** Who made it, who checked it, and that the signature is genuine. */
export const provenanceSchema = z.object({
  publisher: z.string(),
  publishedAt: z.string(),
  reviewedAt: z.string(),
  reviewer: z.string(),
  reviewComment: z.string(),
  /** SHA-256 of the public key whose signature was verified, lower-case hex. */
  keyid: z.string(),
  registry: z.string(),
  tarballSha256: z.string(),
  tarballSize: z.number(),
  /**
   * When the registry's signed lists last named this very release as current, and how long that word holds. Null where
   * nobody can say: the lists are too old, or no longer name it.
   */
  current: z.object({ checkedAt: z.string(), validUntil: z.string() }).nullable(),
})
export type Provenance = z.infer<typeof provenanceSchema>

export const skillDetailSchema = z.object({
  summary: skillSummarySchema,
  manifest: skillManifestSchema,
  /** SKILL.md without its front matter. */
  readme: z.string(),
  files: z.array(z.object({ path: z.string(), size: z.number(), executable: z.boolean() })),
  asks: z.array(askSchema),
  /** What it never asked for, in words: "use your keys". */
  cannot: z.array(z.string()),
  provenance: provenanceSchema,
  /** First alternative that fits, when this one doesn't. */
  alternative: skillSummarySchema.nullable(),
})
export type SkillDetail = z.infer<typeof skillDetailSchema>

const which = z.object({ slug: slugSchema, version: versionSchema.optional() })

export const skillCalls = {
  'catalog.search': call(
    z.object({
      text: z.string().max(200).default(''),
      category: z.enum(categories).nullable().default(null),
      fitsOnly: z.boolean().default(false),
      offset: z.number().int().nonnegative().default(0),
      limit: z.number().int().min(1).max(200).default(60),
    }),
    z.object({ skills: z.array(skillSummarySchema), total: z.number() }),
    ['window', 'agent'],
  ),
  'catalog.show': call(which, skillDetailSchema, ['window', 'agent']),
  /** One file of a release, as text, before or after installing. `text` is null for a file that is not text. */
  'catalog.readFile': call(
    which.extend({ path: z.string().max(255) }),
    z.object({ path: z.string(), text: z.string().nullable(), size: z.number() }),
  ),
  /** Tells the registry that something is wrong with a skill, in the person's own words. */
  'skills.report': call(skillReportSchema, reportedSchema),
}

import { z } from 'zod'
import { hostSchema, secretNameSchema, sha256Schema, slugSchema, versionSchema } from './identifiers.ts'
import { policySchema } from './policy.ts'

/** Something a person reads on one line: no control characters, so that it can't pass for more than it is. */
const wordsSchema = z
  .string()
  .min(1)
  .max(120)
  // oxlint-disable-next-line no-control-regex
  .regex(/^[^\u0000-\u001f\u007f\u200e\u200f\u202a-\u202e\u2066-\u2069]+$/, 'must be one line of plain text')

/** https, or http on this very computer; without user name, question mark or fragment. */
const registryUrlSchema = z
  .string()
  .regex(
    /^(https:\/\/[^\s/?#@\\]+|http:\/\/(localhost|127\.0\.0\.1|\[::1\])(:\d{1,5})?)(\/[^\s?#\\]*)?$/,
    'must be an https:// address such as https://skills.example.com',
  )

const httpsSchema = z
  .string()
  .regex(/^https:\/\/[^\s/?#@\\]+(\/[^\s?#\\]*)?$/, 'must be an https:// address without ? and #')

/** An absolute path on the system that the policy is for, forward or backward slashes. */
const absolutePathSchema = z
  .string()
  .max(1024)
  .regex(/^(\/|[A-Za-z]:[\\/])[^\r\n]+$/, 'must be the whole path of a file, such as /etc/skillet/fleet.key')

/**
 * A skill, or some versions of it: `csv-profile`, `csv-profile@1.2.0`, `csv-profile@<1.2.0`, `csv-profile@>=1.0.0 <2.0.0`.
 */
const skillRuleSchema = z
  .string()
  .max(200)
  .refine(isSkillRule, 'must be a skill such as csv-profile, csv-profile@1.2.0 or csv-profile@<1.2.0')

/** One of the words that `--grant` takes: a capability as declared, or a part of it (`net=api.example.com`). */
const grantWordsSchema = z
  .string()
  .regex(
    /^(fs:read|fs:write|net|env:read|exec)(=[^\s,=]+(,[^\s,=]+)*)?$/,
    'must be a capability such as fs:write, or a part of one such as net=api.example.com',
  )

const certificateSchema = z
  .string()
  .max(64 * 1024)
  .regex(
    /^\s*(-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----\s*)+$/,
    'must be a certificate in PEM form (-----BEGIN CERTIFICATE-----)',
  )

/** Where the keys of skills may be kept: the system's keychain, Skillet's own vault, or nowhere (until it is closed). */
export const keyStorageKinds = ['keychain', 'vault', 'session'] as const

/** Agents whose folders Skillet may put skills into, by the names that `agents.allow` takes. */
export const agentNames = [
  'shared',
  'claude-code',
  'codex',
  'cursor',
  'gemini-cli',
  'github-copilot',
  'openclaw',
  'opencode',
  'windsurf',
] as const

const supportSchema = z
  .strictObject({
    name: wordsSchema.optional(),
    email: z.email().max(254).optional(),
    url: httpsSchema.optional(),
    phone: wordsSchema.optional(),
  })
  .describe('whom people ask for help')

const brandingSchema = z.strictObject({
  /** In place of "Skillet" in the window; Settings still says what it is. */
  name: wordsSchema.max(40).optional(),
  /** Moved towards black or white where text in it couldn't be read. */
  accent: z
    .string()
    .regex(/^#[0-9a-fA-F]{6}$/, 'must be a colour such as #0a5c36')
    .optional(),
  /** A PNG or SVG file of at most 256 KiB: a whole path, or a name in the folder `brand` of a preconfigured build. */
  logo: z
    .union([absolutePathSchema, z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/)], {
      error: 'must be the whole path of a file, or the name of one in the folder brand',
    })
    .refine((file) => /\.(png|svg)$/i.test(file), 'must end in .png or .svg')
    .optional(),
})

const preinstallSchema = z.strictObject({
  /** The newest version that is allowed, or exactly the one named: `csv-profile@1.2.0`. */
  skill: z.string().refine((text) => {
    const [slug = '', version, ...more] = text.split('@')
    return (
      more.length === 0 &&
      slugSchema.safeParse(slug).success &&
      (version === undefined || versionSchema.safeParse(version).success)
    )
  }, 'must be a skill such as csv-profile or csv-profile@1.2.0'),
  /** What it is allowed without asking; whatever else it declares keeps it from being installed. */
  grant: z.array(grantWordsSchema).default([]),
  /** It can't be removed, and comes back where it is missing; otherwise what a person removes stays removed. */
  required: z.boolean().optional(),
})

const updatesSchema = z
  .strictObject({
    /** `automatic`: as they come. `manual`: offered, a person starts each. `pinned`: to `version` and no other. */
    mode: z.enum(['automatic', 'manual', 'pinned']),
    version: versionSchema.optional(),
    /** Where Skillet's own updates come from instead; they are signed all the same. */
    mirror: httpsSchema.optional(),
  })
  .refine(({ mode, version }) => (mode === 'pinned') === (version !== undefined), {
    path: ['version'],
    message: 'is needed where updates are pinned, and only there',
  })

/** The keys are documented, with what their absence means, in docs/policy.md. An absent key limits nothing. */
export const managedPolicySchema = z.strictObject({
  /** "Managed by …" */
  organisation: wordsSchema.optional(),
  support: supportSchema.optional(),
  language: z.enum(['en', 'de', 'ar']).optional(),
  branding: brandingSchema.optional(),

  /** The only registries that may be used; the first is used where nobody names another. `[]`: none. */
  registries: z
    .array(
      z.strictObject({
        url: registryUrlSchema,
        /** The trust root that this registry must have, by the SHA-256 of its file … */
        root_sha256: sha256Schema.optional(),
        /** … and the root itself (the whole content of `root.json`), so that nobody needs a file. */
        root: z.looseObject({ signed: z.looseObject({}), signatures: z.array(z.looseObject({})) }).optional(),
      }),
    )
    .optional(),
  publishers: z
    .strictObject({ allow: z.array(slugSchema).optional(), block: z.array(slugSchema).optional() })
    .optional(),
  skills: z
    .strictObject({
      allow: z.array(skillRuleSchema).optional(),
      block: z.array(skillRuleSchema).optional(),
      preinstall: z.array(preinstallSchema).optional(),
    })
    .optional(),
  /** No skill may ever do more than this, whatever a person grants. */
  ceiling: policySchema.optional(),
  /** Folders that nobody signed: `skillet try`. */
  unsigned: z.enum(['allowed', 'forbidden']).optional(),

  key_storage: z.array(z.enum(keyStorageKinds)).optional(),
  telemetry: z.enum(['off', 'on']).optional(),
  updates: updatesSchema.optional(),
  agents: z.strictObject({ allow: z.array(z.enum(agentNames)) }).optional(),
  bridge: z
    .strictObject({
      enabled: z.boolean().optional(),
      /** Days after which an agent has to be paired again. */
      token_days: z.number().int().positive().max(3650).optional(),
    })
    .optional(),

  /** Authorities for Skillet's own connections: beside those that Skillet knows (`add`), or in their place (`replace`). */
  certificates: z
    .strictObject({ mode: z.enum(['add', 'replace']), authorities: z.array(certificateSchema).min(1) })
    .optional(),
  /** For Skillet's own connections. `except`: hosts that are asked directly. */
  proxy: z
    .strictObject({
      url: z
        .string()
        .regex(
          /^https?:\/\/[^\s/?#@\\]+\/?$/,
          'must be a proxy such as http://proxy.example.com:3128, without a password',
        ),
      except: z.array(hostSchema).optional(),
    })
    .optional(),
  /** Where the key lies (`keychain`: an entry of the service "Skillet administration") by which the registry knows this organisation's computers. */
  fleet_key: z
    .union([z.strictObject({ file: absolutePathSchema }), z.strictObject({ keychain: secretNameSchema })], {
      error:
        'must say where the key is, {"file": "/etc/skillet/fleet.key"} or {"keychain": "FLEET_KEY"}; never write the key itself here',
    })
    .optional(),
})
export type ManagedPolicy = z.infer<typeof managedPolicySchema>

/** `slug`, or `slug@` and one or more comparisons with whole versions. */
function isSkillRule(text: string): boolean {
  const at = text.indexOf('@')
  const slug = at < 0 ? text : text.slice(0, at)
  if (!slugSchema.safeParse(slug).success) return false
  return (
    at < 0 ||
    text
      .slice(at + 1)
      .split(' ')
      .every((part) => versionSchema.safeParse(part.replace(/^(<=?|>=?)/, '')).success)
  )
}

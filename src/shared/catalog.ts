import { z } from 'zod'
import { capabilitySchema } from './capability.ts'
import { slugSchema, versionSchema } from './identifiers.ts'
import { categories, requiresSchema } from './skill-manifest.ts'
import { tierSchema } from './tier.ts'

/** What the catalog says of one skill's latest version: enough to browse, never enough to install. */
export const catalogEntrySchema = z.object({
  slug: slugSchema,
  version: versionSchema,
  title: z.string().min(1).max(80),
  summary: z.string().min(1).max(240),
  publisher: slugSchema,
  category: z.enum(categories),
  tags: z.array(slugSchema),
  tier: tierSchema,
  capabilities: z.array(capabilitySchema),
  needsKey: z.boolean(),
  requires: requiresSchema,
  alternatives: z.array(slugSchema),
  publishedAt: z.iso.datetime(),
})
export type CatalogEntry = z.infer<typeof catalogEntrySchema>

/** The TUF target `catalog.json`. */
export const catalogSchema = z.object({ schema: z.literal(1), skills: z.array(catalogEntrySchema) })
export type Catalog = z.infer<typeof catalogSchema>

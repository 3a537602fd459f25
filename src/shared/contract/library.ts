import { z } from 'zod'
import { slugSchema, versionSchema } from '../identifiers.ts'
import { runResultSchema } from '../receipt.ts'
import { skillManifestSchema } from '../skill-manifest.ts'
import { call } from './define.ts'

export const installedSkillSchema = z.object({
  slug: slugSchema,
  version: versionSchema,
  title: z.string(),
  summary: z.string(),
  publisher: z.string(),
  category: z.string(),
  installedAt: z.string(),
  lastRunAt: z.string().nullable(),
  sizeBytes: z.number(),
  manifest: skillManifestSchema,
})
export type InstalledSkill = z.infer<typeof installedSkillSchema>

export const verifyReportSchema = z.object({
  ok: z.boolean(),
  skills: z.array(
    z.object({
      slug: z.string(),
      version: z.string(),
      ok: z.boolean(),
      changed: z.array(z.string()),
      missing: z.array(z.string()),
      extra: z.array(z.string()),
    }),
  ),
})
export type VerifyReport = z.infer<typeof verifyReportSchema>

/** Values for a skill's inputs, by name. Files and folders are absolute paths. */
export const inputValuesSchema = z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]))
export type InputValues = z.infer<typeof inputValuesSchema>

export const libraryCalls = {
  'library.list': call(z.null(), z.array(installedSkillSchema)),
  /** Moves the skill and its state to Skillet's trash; `undoId` brings both back. */
  'library.remove': call(z.object({ slug: slugSchema }), z.object({ undoId: z.string() })),
  'library.restore': call(z.object({ undoId: z.string() }), z.object({ slug: slugSchema })),
  'library.verify': call(z.object({ slug: slugSchema.optional() }), verifyReportSchema),
  /** Starts a run; output and the end arrive as events. */
  'run.start': call(
    z.object({ slug: slugSchema, inputs: inputValuesSchema }),
    z.object({ runId: z.string() }),
  ),
  'run.stop': call(z.object({ runId: z.string() }), z.null()),
  /** Opens the system's chooser; null when the person closes it. `extensions` without dots. */
  'dialog.choose': call(
    z.object({
      kind: z.enum(['file', 'folder']),
      title: z.string().max(120),
      extensions: z.array(z.string()).default([]),
    }),
    z.string().nullable(),
  ),
  /** Shows a file that a run wrote: `open` in its own program (documents only), `reveal` in the file manager. */
  'file.show': call(z.object({ path: z.string(), how: z.enum(['open', 'reveal']) }), z.null()),
}

export const libraryEvents = {
  'run.output': z.object({ runId: z.string(), stream: z.enum(['stdout', 'stderr']), text: z.string() }),
  /** `error` is set when the run was refused before it started. */
  'run.finished': z.object({
    runId: z.string(),
    result: runResultSchema.nullable(),
    error: z.object({ code: z.string(), message: z.string(), remedy: z.string() }).nullable(),
  }),
}

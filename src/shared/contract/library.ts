import { z } from 'zod'
import { plainErrorSchema } from '../plain-error.ts'
import { secretNameSchema, slugSchema, versionSchema } from '../identifiers.ts'
import { inputValuesSchema } from '../input-values.ts'
import { onHoldSchema } from '../on-hold.ts'
import { runResultSchema } from '../receipt.ts'
import { skillManifestSchema } from '../skill-manifest.ts'
import { withdrawnSchema } from '../withdrawn.ts'
import { call } from './define.ts'
import { secretRefSchema } from './keys.ts'

export type { InputValues } from '../input-values.ts'
export type { Withdrawn } from '../withdrawn.ts'

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
  /** Keys that the person lets it use without holding them, besides those of which its manifest says so. */
  unseenKeys: z.array(secretNameSchema),
  /** Stays at this version until the person says otherwise. */
  pinned: z.boolean(),
  /** The version that an update brings; null when this is the newest, or nobody can say. */
  updateTo: versionSchema.nullable(),
  /** Earlier verified versions that are kept for going back, newest first. */
  kept: z.array(z.object({ version: versionSchema, installedAt: z.string() })),
  /** Set for a skill that was withdrawn: it lies in quarantine and can't run. */
  withdrawn: withdrawnSchema.nullable(),
  /** Set while it is reported as dangerous and looked into: it still runs, the person decides. */
  onHold: onHoldSchema.nullable(),
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
      /** Why its files could not be held against anything: its record can't be read, or nobody stands for it here. */
      problem: plainErrorSchema.optional(),
    }),
  ),
})
export type VerifyReport = z.infer<typeof verifyReportSchema>

/** A removed skill that can be brought back. */
export const trashedSkillSchema = z.object({
  undoId: z.string(),
  slug: slugSchema,
  version: versionSchema,
  title: z.string(),
  removedAt: z.string(),
  /** From then on it is gone for good. */
  keptUntil: z.string(),
})
export type TrashedSkill = z.infer<typeof trashedSkillSchema>

export const libraryCalls = {
  'library.list': call(z.null(), z.array(installedSkillSchema)),
  /** Moves the skill and its state to Skillet's trash; `undoId` brings both back. */
  /** `unusedKeys`: keys that no installed skill uses any more; they stay until they are removed. */
  'library.remove': call(
    z.object({ slug: slugSchema }),
    z.object({ undoId: z.string(), unusedKeys: z.array(secretRefSchema) }),
  ),
  'library.restore': call(z.object({ undoId: z.string() }), z.object({ slug: slugSchema })),
  'library.verify': call(z.object({ slug: slugSchema.optional() }), verifyReportSchema),
  /** Puts back what was signed. The edited copy is kept in the folder that it returns; null when nothing differed. */
  'library.repair': call(z.object({ slug: slugSchema }), z.object({ keptAt: z.string().nullable() })),
  /** Goes back to a version that is kept, with the permissions it had. */
  'library.rollback': call(
    z.object({ slug: slugSchema, version: versionSchema }),
    z.object({ slug: slugSchema, version: versionSchema }),
  ),
  'library.pin': call(z.object({ slug: slugSchema, pinned: z.boolean() }), z.null()),
  /** Removed skills, newest first. `library.restore` brings one back. */
  'trash.list': call(z.null(), z.array(trashedSkillSchema)),
  /** Deletes one removed skill for good, or all of them. */
  'trash.empty': call(z.object({ undoId: z.string().nullable() }), z.null()),
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
  /** What is installed changed without the window having asked for it: withdrawn by the registry, or by the command line. */
  'library.changed': z.object({
    slug: slugSchema.nullable(),
    /** Set when a skill was withdrawn just now. */
    withdrawn: withdrawnSchema.extend({ title: z.string(), version: versionSchema }).nullable(),
  }),
  /** A `.skillet` file or a link was opened with Skillet. */
  'bundle.opened': z.object({ path: z.string() }),
  'run.output': z.object({ runId: z.string(), stream: z.enum(['stdout', 'stderr']), text: z.string() }),
  /** `error` is set when the run was refused before it started. */
  'run.finished': z.object({
    runId: z.string(),
    result: runResultSchema.nullable(),
    error: z.object({ code: z.string(), message: z.string(), remedy: z.string() }).nullable(),
  }),
}

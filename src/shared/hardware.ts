import { z } from 'zod'

/** One graphics processor. `vramMb` is null where the system does not tell. */
export const gpuSchema = z.object({
  name: z.string(),
  vendor: z.enum(['nvidia', 'amd', 'intel', 'apple', 'other']),
  vramMb: z.number().nullable(),
})

/** What the probe found. Sizes in MiB; `cuda` is the version that the NVIDIA driver supports, null without one. */
export const hardwareSchema = z.object({
  os: z.enum(['linux', 'macos', 'windows', 'other']),
  osName: z.string(),
  arch: z.enum(['x64', 'arm64', 'other']),
  cpu: z.string(),
  cores: z.number(),
  memoryMb: z.number(),
  diskFreeMb: z.number(),
  gpus: z.array(gpuSchema),
  cuda: z.string().nullable(),
  /** Programs found, name → absolute path. */
  executables: z.record(z.string(), z.string()),
})
export type Hardware = z.infer<typeof hardwareSchema>

/** One requirement held against this computer, both sides in words. */
export const requirementLineSchema = z.object({
  label: z.string(),
  required: z.string(),
  found: z.string(),
  ok: z.boolean(),
})
export type RequirementLine = z.infer<typeof requirementLineSchema>

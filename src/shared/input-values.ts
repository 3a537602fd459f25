import { z } from 'zod'

/** Values for a skill's inputs, by name. Files and folders are absolute paths. */
export const inputValuesSchema = z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]))
export type InputValues = z.infer<typeof inputValuesSchema>

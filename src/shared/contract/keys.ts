import { z } from 'zod'
import { secretNameSchema } from '../identifiers.ts'
import { call } from './define.ts'

/** A secret as people may see it: never its value. */
export const secretInfoSchema = z.object({
  name: secretNameSchema,
  /** The last four characters, or fewer for a short secret. */
  lastFour: z.string(),
  usedBy: z.array(z.object({ slug: z.string(), title: z.string(), hosts: z.array(z.string()) })),
})
export type SecretInfo = z.infer<typeof secretInfoSchema>

export const keychainStateSchema = z.object({
  available: z.boolean(),
  name: z.string(),
  problem: z.string().nullable(),
  fix: z.string().nullable(),
})
export type KeychainState = z.infer<typeof keychainStateSchema>

export const keyCalls = {
  'secrets.list': call(
    z.null(),
    z.object({
      keychain: keychainStateSchema,
      secrets: z.array(secretInfoSchema),
      wanted: z.array(z.object({ name: secretNameSchema, title: z.string(), slug: z.string() })),
    }),
  ),
  'secrets.set': call(z.object({ name: secretNameSchema, value: z.string().min(1).max(8192) }), z.null()),
  'secrets.remove': call(z.object({ name: secretNameSchema }), z.null()),
}

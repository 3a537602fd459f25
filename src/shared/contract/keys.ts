import { z } from 'zod'
import { secretNameSchema, slugSchema } from '../identifiers.ts'
import { call } from './define.ts'

/** Which secret: its name, and the one skill that it is for; null where skills share it. */
export const secretRefSchema = z.object({ name: secretNameSchema, skill: slugSchema.nullable() })
export type SecretRef = z.infer<typeof secretRefSchema>

/** What became of a secret in the vault's file; the others in it aren't touched by that. */
const secretDamageSchema = z.enum(['altered', 'missing', 'swapped', 'older'])
export type SecretDamage = z.infer<typeof secretDamageSchema>

/** A secret as people may see it: never its value. */
export const secretInfoSchema = secretRefSchema.extend({
  /** The last four characters; empty for a short secret. */
  lastFour: z.string(),
  /** When a skill's run last had it, ISO 8601; null where that isn't known to have been. */
  lastUsedAt: z.string().nullable(),
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

/** Where keys are kept. */
export const keyPlaceSchema = z.object({
  kind: z.enum(['keychain', 'vault', 'session']),
  name: z.string(),
  /** Keys can be stored and read now. */
  usable: z.boolean(),
  /** It takes the passphrase first. */
  locked: z.boolean(),
  /** Why it can't be used, and what to do. */
  problem: z.string().nullable(),
  fix: z.string().nullable(),
  /** What the person may choose instead, where there is no keychain. */
  choices: z.array(z.enum(['vault', 'session'])),
  keychain: keychainStateSchema,
  /** There is a keychain again, and keys are kept elsewhere. */
  canMoveToKeychain: z.boolean(),
  damaged: z.array(secretRefSchema.extend({ damage: secretDamageSchema })),
})
export type KeyPlace = z.infer<typeof keyPlaceSchema>

/** A passphrase of 10 characters at least when it is made; anything may be tried. */
const passphraseSchema = z.string().min(1).max(4096)

export const keyCalls = {
  'secrets.list': call(
    z.null(),
    z.object({
      place: keyPlaceSchema,
      secrets: z.array(secretInfoSchema),
      wanted: z.array(z.object({ name: secretNameSchema, title: z.string(), slug: z.string() })),
    }),
  ),
  'secrets.set': call(secretRefSchema.extend({ value: z.string().min(1).max(8192) }), z.null()),
  'secrets.remove': call(secretRefSchema, z.null()),
  /** Whether it can be read back from where it is kept. Nothing is sent anywhere. */
  'secrets.test': call(secretRefSchema, z.null()),
  /** Lets a skill use a key without holding it, or gives it the key again. */
  'secrets.setUnseen': call(
    z.object({ slug: slugSchema, name: secretNameSchema, unseen: z.boolean() }),
    z.null(),
  ),
  /** Where there is no keychain: keeps keys in a file that the passphrase protects. */
  'secrets.protect': call(z.object({ passphrase: passphraseSchema }), z.null()),
  /** Where there is no keychain: keeps keys in memory until Skillet closes. */
  'secrets.keepInMemory': call(z.null(), z.null()),
  'secrets.unlock': call(z.object({ passphrase: passphraseSchema }), z.null()),
  'secrets.lock': call(z.null(), z.null()),
  /** Another passphrase, or the same one; everything is encrypted anew with a new key. */
  'secrets.rekey': call(z.object({ passphrase: passphraseSchema, next: passphraseSchema }), z.null()),
  'secrets.moveToKeychain': call(z.null(), z.null()),
  /** Deletes the file with all keys, such as when its passphrase is forgotten. */
  'secrets.discardVault': call(z.null(), z.null()),
}

import { readFile } from 'node:fs/promises'
import { z } from 'zod'
import { writeFileAtomic } from '../engine/disk.ts'
import { SkilletError } from '../shared/errors.ts'
import { sha256Schema, slugSchema, versionSchema } from '../shared/identifiers.ts'

const schema = z.strictObject({
  schema: z.literal(1),
  keyid: sha256Schema,
  /** Of the signed lists in the bundle that was made last. */
  serial: z.number().int().nonnegative(),
  releases: z.array(
    z.strictObject({
      slug: slugSchema,
      version: versionSchema,
      length: z.number().int().positive(),
      sha256: sha256Schema,
    }),
  ),
})

/** What a key of one's own has signed: the newest release of each skill, so that each bundle vouches for all of them. */
export type SignedReleases = z.infer<typeof schema>

/** It lies beside the key. */
export function signedReleasesFile(keyFile: string): string {
  return `${keyFile.replace(/\.json$/, '')}.releases.json`
}

/** @throws SkilletError STORE_DAMAGED; a key that has signed nothing yet has no such file */
export async function readSignedReleases(file: string, keyid: string): Promise<SignedReleases> {
  let text: string
  try {
    text = await readFile(file, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT')
      return { schema: 1, keyid, serial: 0, releases: [] }
    throw damaged(file, error)
  }
  let list: SignedReleases
  try {
    list = schema.parse(JSON.parse(text))
  } catch (error) {
    throw damaged(file, error)
  }
  if (list.keyid !== keyid) throw damaged(file, 'it belongs to another key')
  return list
}

/** Whole or not at all, and on disk when it returns. @throws SkilletError NOT_WRITABLE */
export async function writeSignedReleases(file: string, list: SignedReleases): Promise<void> {
  try {
    await writeFileAtomic(file, `${JSON.stringify(list, null, 2)}\n`)
  } catch (error) {
    throw notNoted(file, error)
  }
}

/** What this key signs can't be noted. */
export function notNoted(file: string, cause: unknown): SkilletError {
  return new SkilletError('NOT_WRITABLE', `${file} can't be written.`, {
    remedy: 'Copy the key to a folder that you may write to: what it signs is noted beside it.',
    cause,
  })
}

function damaged(file: string, cause: unknown): SkilletError {
  return new SkilletError('STORE_DAMAGED', `${file}, the list of what this key has signed, can't be used.`, {
    remedy: 'Restore it. Without it, bundles made from now on no longer vouch for the earlier ones.',
    cause,
  })
}

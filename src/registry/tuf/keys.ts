import { readdir, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { formatSigningKey, generateSigningKey, parseSigningKey, type SigningKey } from '../../trust/sign.ts'
import { readIfThere, writeWhole } from '../whole-file.ts'

export const onlineRoles = ['timestamp', 'snapshot', 'registry', 'releases'] as const
/** The roles whose keys the running registry needs. */
export type OnlineRole = (typeof onlineRoles)[number]

export const rootKeyNames = ['root-1', 'root-2', 'root-3'] as const
/** Signatures that a new root needs. */
export const rootThreshold = 2

/** Where a registry's keys lie. The offline ones are an administrator's to keep elsewhere. */
export function keyFolders(dataDir: string): { publish: string; online: string; offline: string } {
  const keys = join(dataDir, 'keys')
  return { publish: keys, online: join(keys, 'online'), offline: join(keys, 'offline') }
}

/**
 * A role's key files in one folder. A rotation writes the new key beside the old one before anything is signed with it,
 * so whatever instant a rotation ends at, the key that the metadata names is there.
 */
export interface KeyFile {
  /** The key with one of these fingerprints; null where the folder doesn't hold it. */
  find(keyids: readonly string[]): Promise<SigningKey | null>
  /** A new key, on disk beside the present one, where `listed` are the role's fingerprints now. */
  stage(listed: readonly string[]): Promise<SigningKey>
  /** Makes the staged key the only one. */
  settle(): Promise<void>
}

export function keyFile(folder: string, name: string): KeyFile {
  const present = join(folder, `${name}.json`)
  const staged = join(folder, `${name}.next.json`)

  async function settle(): Promise<void> {
    await rename(staged, present).catch((error: unknown) => {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    })
  }

  return {
    settle,
    async find(keyids) {
      for (const path of [present, staged]) {
        const key = await readKey(path)
        if (key !== null && keyids.includes(key.keyid)) return key
      }
      return null
    },
    async stage(listed) {
      // A rotation that was killed at its end: the staged key is in force, and there is no other copy of it.
      const left = await readKey(staged)
      if (left !== null && listed.includes(left.keyid)) await settle()
      const key = generateSigningKey()
      await writeWhole(staged, formatSigningKey(key))
      return key
    },
  }
}

/** Every key in a folder with the name of its role; none where there is no such folder. */
export async function keysIn(folder: string): Promise<{ name: string; key: SigningKey }[]> {
  const files = await readdir(folder).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  })
  const keys: { name: string; key: SigningKey }[] = []
  for (const file of files.filter((each) => each.endsWith('.json')).sort()) {
    const key = await readKey(join(folder, file))
    if (key !== null) keys.push({ name: file.replace(/(\.next)?\.json$/, ''), key })
  }
  return keys
}

/** A new key under its own name; one that is there already stays. */
export async function openKey(folder: string, name: string): Promise<SigningKey> {
  const path = join(folder, `${name}.json`)
  const known = await readKey(path)
  if (known !== null) return known
  const key = generateSigningKey()
  await writeWhole(path, formatSigningKey(key))
  return key
}

async function readKey(path: string): Promise<SigningKey | null> {
  const text = await readIfThere(path)
  return text === null ? null : parseSigningKey(text)
}

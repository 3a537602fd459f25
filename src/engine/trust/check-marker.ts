import { closeSync, constants, fstatSync, ftruncateSync, openSync, writeSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { z } from 'zod'
import { withDiskErrors } from '../disk.ts'

const time = z.iso.datetime().transform((text) => new Date(text))
const markerSchema = z.object({ checkedAt: time.nullable(), verifiedAt: time })

/** When signed lists were looked at, kept beside them for the next process. Says nothing that is trusted. */
export interface CheckMarker {
  /** When the registry itself last said what holds; the lists of a bundle count as of when they were signed. */
  readonly checkedAt: Date | null
  /** When the lists on this computer were last verified. */
  readonly verifiedAt: Date
}

/** Null where there is none, or where a power cut took its content: the next check writes it again. */
export async function readMarker(path: string): Promise<CheckMarker | null> {
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
  try {
    return markerSchema.parse(JSON.parse(text))
  } catch {
    return null
  }
}

/**
 * Neither atomic nor synced: it is written at every check, and only says how things stand. In place and at once, since a
 * file that is emptied first waits for the disk to have taken what was in it.
 */
export async function writeMarker(path: string, marker: CheckMarker): Promise<void> {
  await withDiskErrors(async () => overwrite(path, Buffer.from(JSON.stringify(marker))))
}

function overwrite(path: string, bytes: Buffer): void {
  const file = openSync(path, constants.O_RDWR | constants.O_CREAT, 0o600)
  try {
    writeSync(file, bytes, 0, bytes.length, 0)
    if (fstatSync(file).size > bytes.length) ftruncateSync(file, bytes.length)
  } finally {
    closeSync(file)
  }
}

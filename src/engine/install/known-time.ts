import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import type { Journal } from '../audit/journal.ts'
import { namesIn, type Store } from './store.ts'

/** Only files that were verified lie there. Read for a time, never for trust. */
const timestampSchema = z.object({ signed: z.object({ 'x-signed-at': z.iso.datetime() }) })

/**
 * The latest time that this computer's clock and others agree has come: not later than the newest entry in the journal,
 * nor than when a registry last signed its lists, where one ever did. For deleting for good what is old: a clock that is
 * ahead by mistake must not.
 */
export async function knownTime({ paths }: Store, journal: Pick<Journal, 'list'>, now: Date): Promise<Date> {
  const [newest] = await journal.list({ limit: 1, before: null })
  const signed = await newestSignature(paths.trust)
  const times = [now.getTime(), newest === undefined ? 0 : Date.parse(newest.at), signed ?? Infinity]
  return new Date(Math.min(...times))
}

async function newestSignature(trust: string): Promise<number | null> {
  const times: number[] = []
  for (const name of await namesIn(trust))
    try {
      const text = await readFile(join(trust, name, 'timestamp.json'), 'utf8')
      times.push(Date.parse(timestampSchema.parse(JSON.parse(text)).signed['x-signed-at']))
    } catch {
      // No registry's folder, or one that says nothing of it.
    }
  return times.length === 0 ? null : Math.max(...times)
}

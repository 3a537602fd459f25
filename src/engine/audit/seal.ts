import { readdir, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { exists, syncFolder, withDiskErrors, makeFolder } from '../disk.ts'
import { digestOfEvidence, type JournalCheck } from './check.ts'
import { headName, journalFiles, readLastLine, sealedFolder, setTornAside } from './journal-files.ts'

export const sealedText =
  'The journal had been changed from outside. The damaged part was set aside, and the journal goes on here.'

/** A file that was set aside and its digest; null for one that was set aside earlier and has gone since. */
export interface Evidence {
  readonly name: string
  readonly sha256: string | null
}

/**
 * Moves a journal's files from the break on, and what remembered its end, to `sealed/`, each under a name with the time.
 * Returns what the next entry has to say of them, which includes what an earlier call that was cut short had moved.
 */
export async function setBrokenAside(dir: string, check: JournalCheck, at: string): Promise<Evidence[]> {
  const folder = join(dir, sealedFolder)
  const stamp = at.replace(/[-:.]/g, '')
  return withDiskErrors(async () => {
    await makeFolder(folder)
    const head = (await exists(join(dir, headName))) ? [headName] : []
    for (const name of [...check.broken, ...head])
      await rename(join(dir, name), join(folder, `${stamp}-${name}`))
    // The last file that stays may end in the middle of a line.
    const last = (await journalFiles(dir)).at(-1)
    if (last !== undefined) {
      const { torn, wholeBytes } = await readLastLine(join(dir, last))
      if (torn.length > 0) await setTornAside(dir, last, torn, wholeBytes)
    }
    await syncFolder(folder)
    await syncFolder(dir)

    const names = new Set([...(await readdir(folder)), ...check.evidence.keys()])
    const evidence: Evidence[] = []
    for (const name of [...names].sort()) {
      const sha256 = await digestOfEvidence(dir, name)
      if (!check.evidence.has(name) || check.evidence.get(name) !== sha256) evidence.push({ name, sha256 })
    }
    return evidence
  })
}

import { createHash } from 'node:crypto'
import { readFile, readlink, rm, stat } from 'node:fs/promises'
import { release } from 'node:os'
import { z } from 'zod'
import { writeFileAtomic } from '../disk.ts'
import type { BackendName } from './backend.ts'

const provedSchema = z.partialRecord(
  z.enum(['bubblewrap', 'firejail']),
  z.object({ circumstances: z.string(), landlock: z.number() }),
)

/** Good answers of earlier starts, kept in a file that no skill can be given. */
export interface ProvedBefore {
  /** The kernel's version of Landlock then; null: it was never proved under the same circumstances. */
  recall(name: BackendName, circumstances: string): Promise<number | null>
  keep(name: BackendName, circumstances: string, landlock: number): Promise<void>
  forget(): Promise<void>
}

/** @param file absolute. A damaged one counts as none. */
export function createProvedBefore(file: string): ProvedBefore {
  const read = async () => {
    const text = await readFile(file, 'utf8').catch(() => '{}')
    try {
      return provedSchema.parse(JSON.parse(text))
    } catch {
      return {}
    }
  }
  return {
    async recall(name, circumstances) {
      const known = (await read())[name]
      return known?.circumstances === circumstances ? known.landlock : null
    },
    async keep(name, circumstances, landlock) {
      const all = { ...(await read()), [name]: { circumstances, landlock } }
      await writeFileAtomic(file, JSON.stringify(all), { sync: false })
    },
    forget: () => rm(file, { force: true }),
  }
}

/**
 * Everything that a self-test's answer depends on, as one digest: which boot of which kernel, which namespaces and
 * user, which program files exactly, the launcher's content, what the test asks. What changes without any of this, a setting of the
 * kernel, can only keep a sandbox from being built: then the run is refused.
 *
 * @param programs absolute paths
 */
export async function circumstancesOf(
  programs: readonly string[],
  launcher: string,
  test: string,
): Promise<string> {
  const identity = async (path: string) => {
    const { dev, ino, size, mode, mtimeNs, ctimeNs } = await stat(path, { bigint: true })
    return [path, dev, ino, size, mode, mtimeNs, ctimeNs].join(' ')
  }
  const parts = await Promise.all([
    readFile('/proc/sys/kernel/random/boot_id', 'utf8'),
    ...['user', 'pid', 'mnt', 'net'].map((kind) => readlink(`/proc/self/ns/${kind}`)),
    ...programs.map(identity),
    identity('/etc/firejail/firejail.config').catch(() => 'none'),
    readFile(launcher).then((bytes) => createHash('sha256').update(bytes).digest('hex')),
  ])
  return createHash('sha256')
    .update(JSON.stringify([process.getuid?.(), release(), test, ...parts]))
    .digest('hex')
}

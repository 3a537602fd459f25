import { statSync } from 'node:fs'
import { copyFile, link, readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { SkilletError } from '../../shared/errors.ts'
import { writeWhole } from '../whole-file.ts'

/** Writes a whole file so that a kill leaves the old or the new content; on disk when it resolves. */
export type WriteFile = (path: string, content: Uint8Array, mode: number) => Promise<void>

/** What mirrors copy is for everybody to read. */
const publicMode = 0o644

/** The folder that is served as it lies: `metadata/` and `targets/`. */
export interface TufFiles {
  readonly metadataFolder: string
  readonly targetsFolder: string
  readMetadata(name: string): Promise<Buffer | null>
  writeMetadata(name: string, bytes: Uint8Array): Promise<void>
  hasMetadata(name: string): Promise<boolean>
  /** Tells one content of this name from another without reading it: each is a file of its own. Null where there is none. */
  markOf(name: string): string | null
  listMetadata(): Promise<string[]>
  /** The same content under more names: immutable files may share their place on the disk. */
  copyMetadata(name: string, names: readonly string[]): Promise<void>
  targetFile(path: string, sha256: string): string
  readTarget(path: string, sha256: string): Promise<Buffer | null>
  /** `gzipped`: the same content, ready to be sent to whoever accepts it. */
  writeTarget(path: string, sha256: string, bytes: Uint8Array, gzipped?: Uint8Array): Promise<void>
}

export function createTufFiles(folder: string, write: WriteFile = writeWhole): TufFiles {
  const metadataFolder = join(folder, 'metadata')
  const targetsFolder = join(folder, 'targets')
  const metadataFile = (name: string) => join(metadataFolder, name)
  const targetFile = (path: string, sha256: string) =>
    join(targetsFolder, ...hashedName(path, sha256).split('/'))
  return {
    metadataFolder,
    targetsFolder,
    targetFile,
    readMetadata: (name) => readFile(metadataFile(name)).catch(absent),
    writeMetadata: (name, bytes) => saying(write(metadataFile(name), bytes, publicMode)),
    // Without waiting: a few microseconds, for every request that depends on what is in force.
    markOf(name) {
      const info = statSync(metadataFile(name), { bigint: true, throwIfNoEntry: false })
      return info === undefined ? null : `${info.ino} ${info.mtimeNs} ${info.ctimeNs} ${info.size}`
    },
    hasMetadata: async (name) => (await stat(metadataFile(name)).catch(absent)) !== null,
    listMetadata: async () => (await readdir(metadataFolder).catch(absent)) ?? [],
    async copyMetadata(name, names) {
      for (const other of names)
        await link(metadataFile(name), metadataFile(other)).catch(() =>
          // Some file systems have no links.
          copyFile(metadataFile(name), metadataFile(other)),
        )
    },
    readTarget: (path, sha256) => readFile(targetFile(path, sha256)).catch(absent),
    async writeTarget(path, sha256, bytes, gzipped) {
      const file = targetFile(path, sha256)
      if (gzipped !== undefined) await saying(write(`${file}.gz`, gzipped, publicMode))
      await saying(write(file, bytes, publicMode))
    },
  }
}

/** Consistent snapshots put the digest before the file's own name, TUF 1.0 §6.2. */
export function hashedName(path: string, sha256: string): string {
  const name = path.lastIndexOf('/') + 1
  return `${path.slice(0, name)}${sha256}.${path.slice(name)}`
}

async function saying(work: Promise<void>): Promise<void> {
  try {
    await work
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOSPC')
      throw new SkilletError('NO_SPACE', "The registry's disk is full.", { cause: error })
    throw error
  }
}

function absent(error: unknown): null {
  if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
  throw error
}

import { createHash, randomBytes } from 'node:crypto'
import { createReadStream, statSync, type Stats } from 'node:fs'
import { mkdir, open, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { TargetFile } from '@tufjs/models'
import { syncFolder } from '../sync-folder.ts'
import { maxTargetBytes } from './limits.ts'
import { invalid, notHere } from './refusal.ts'
import type { TufSource } from './source.ts'
import { encodeName, withDiskErrors, type TrustFiles } from './trust-files.ts'

export interface TargetFiles {
  /**
   * Path of a verified copy; fetched where there is none, never whole in memory.
   * @throws SkilletError METADATA_INVALID, NO_SPACE, NOT_WRITABLE, and what the source throws
   */
  fetch(target: TargetFile, origin: TargetOrigin): Promise<string>
  /** Whether the file still is what it was verified to be. */
  isIntact(name: string, target: { length: number; hashes: Record<string, string> }): Promise<boolean>
}

export interface TargetOrigin {
  readonly source: TufSource | null
  /** Whether the repository names targets by their hash, TUF 1.0 §6.2. */
  readonly consistent: boolean
}

export function createTargetFiles(files: TrustFiles): TargetFiles {
  const folder = join(files.folder, 'targets')
  /** What was hashed by this process, by the identity of the file: a large one is hashed once. */
  const intact = new Map<string, string>()
  const underWay = new Map<string, Promise<string>>()

  async function isIntact(name: string, target: Pick<TargetFile, 'length' | 'hashes'>): Promise<boolean> {
    const path = join(folder, name)
    const stats = lookAt(path)
    if (stats === null || stats.size !== target.length) return false
    const identity = identityOf(stats, target)
    if (intact.get(name) === identity) return true
    const digests = createDigests(target.hashes)
    for await (const chunk of createReadStream(path, { highWaterMark: 1 << 18 }))
      digests.update(chunk as Buffer)
    if (!digests.match()) return false
    intact.set(name, identity)
    return true
  }

  async function download(
    name: string,
    target: TargetFile,
    { source, consistent }: TargetOrigin,
  ): Promise<string> {
    if (target.length > maxTargetBytes(target.path)) throw invalid(`${target.path} is too large`)
    const path = join(folder, name)
    if (await isIntact(name, target)) return path
    if (source === null) throw notHere(`The file ${target.path} of the registry`)
    // TUF 1.0 §5.7.3
    const stream = await source.open('target', consistent ? prefixed(target) : target.path)
    if (stream === null) throw invalid(`the registry lists ${target.path} and doesn't have it`)
    await withDiskErrors(folder, async () => {
      await mkdir(folder, { recursive: true, mode: 0o700 })
      const temporary = join(folder, `${randomBytes(8).toString('hex')}.tmp`)
      try {
        await save(stream, temporary, target)
        await rename(temporary, path)
        intact.set(name, identityOf(await stat(path), target))
        await syncFolder(folder)
      } finally {
        await rm(temporary, { force: true })
      }
    })
    return path
  }

  return {
    isIntact,
    fetch(target, origin) {
      const name = targetFileName(target)
      const key = `${name} ${origin.source === null}`
      const running = underWay.get(key)
      if (running !== undefined) return running
      const work = download(name, target, origin).finally(() => underWay.delete(key))
      underWay.set(key, work)
      return work
    },
  }
}

/** At once: of what was hashed before, nothing else is asked. Null where nothing can be read. */
function lookAt(path: string): Stats | null {
  try {
    return statSync(path)
  } catch {
    return null
  }
}

function identityOf({ ino, size, mtimeMs }: Stats, { hashes }: Pick<TargetFile, 'hashes'>): string {
  return `${ino}:${size}:${mtimeMs}:${Object.values(hashes).join()}`
}

/** The file in `targets/` that holds this content of a path: another content is another file. */
export function targetFileName(target: Pick<TargetFile, 'path' | 'hashes'>): string {
  return `${mainHash(target).slice(0, 32)}.${encodeName(target.path)}`
}

/** §5.7.3: no more bytes than listed, and exactly these. */
async function save(stream: AsyncIterable<Uint8Array>, path: string, target: TargetFile): Promise<void> {
  const digests = createDigests(target.hashes)
  const file = await open(path, 'wx', 0o600)
  try {
    let length = 0
    for await (const chunk of stream) {
      length += chunk.length
      if (length > target.length) throw invalid(`${target.path} is longer than listed`)
      digests.update(chunk)
      for (let offset = 0; offset < chunk.length;)
        offset += (await file.write(chunk, offset, chunk.length - offset)).bytesWritten
    }
    if (length < target.length) throw invalid(`${target.path} is shorter than listed`)
    if (!digests.match()) throw invalid(`${target.path} is not the file that is listed`)
    await file.sync()
  } finally {
    await file.close()
  }
}

function createDigests(hashes: Record<string, string>) {
  const running = Object.entries(hashes).map(([algorithm, expected]) => ({
    expected,
    hash: createHash(algorithm),
  }))
  return {
    update(chunk: Uint8Array) {
      for (const { hash } of running) hash.update(chunk)
    },
    match: () => running.every(({ expected, hash }) => hash.digest('hex') === expected),
  }
}

/** `a/b.json` → `a/HASH.b.json`, TUF 1.0 §6.2. */
function prefixed(target: TargetFile): string {
  const slash = target.path.lastIndexOf('/') + 1
  return `${target.path.slice(0, slash)}${mainHash(target)}.${target.path.slice(slash)}`
}

function mainHash({ hashes }: Pick<TargetFile, 'hashes'>): string {
  return hashes['sha256'] ?? Object.values(hashes)[0]!
}

import { SkilletError } from '../../shared/errors.ts'
import type { TufFiles } from './files.ts'
import {
  restoreRemedy,
  rootSchema,
  snapshotSchema,
  targetsSchema,
  timestampSchema,
  unseal,
  type Root,
  type Snapshot,
  type Targets,
  type Timestamp,
} from './metadata.ts'

/** What the repository's folder says at one moment. */
export interface RepositoryState {
  readonly root: Root
  readonly rootBytes: Uint8Array
  readonly timestamp: Timestamp
  readonly timestampBytes: Uint8Array
  readonly snapshot: Snapshot
  /** A targets role in the version that the snapshot names. */
  role(name: string): Promise<Targets>
}

/** Reads the state, and only what changed since it was last asked: others may work on the same folder. */
export function createStateReader(files: TufFiles): () => Promise<RepositoryState | null> {
  let known: RepositoryState | null = null
  /** Of the files that `known` was read from. */
  let mark = ''

  return async () => {
    const markNow = `${files.markOf('timestamp.json')} ${
      known === null ? '' : files.markOf(`${known.root.version + 1}.root.json`)
    }`
    if (known !== null && markNow === mark) return known
    const timestampBytes = await files.readMetadata('timestamp.json')
    if (timestampBytes === null) return null
    const { root, rootBytes } = await newestRoot()
    if (known?.root === root && timestampBytes.equals(known.timestampBytes)) {
      mark = markNow
      return known
    }
    const timestamp = unseal(timestampSchema, timestampBytes, 'timestamp.json')
    const snapshotVersion = timestamp.meta['snapshot.json'].version
    const snapshot =
      known?.snapshot.version === snapshotVersion
        ? known.snapshot
        : unseal(snapshotSchema, ...(await whole(`${snapshotVersion}.snapshot.json`)))
    known = { root, rootBytes, timestamp, timestampBytes, snapshot, role: roleReader(snapshot) }
    // Taken before the files were read: whatever came in between is noticed the next time.
    mark = markNow
    return known
  }

  async function newestRoot(): Promise<Pick<RepositoryState, 'root' | 'rootBytes'>> {
    if (known !== null && !(await files.hasMetadata(`${known.root.version + 1}.root.json`))) return known
    const versions = (await files.listMetadata()).flatMap(
      (name) => /^(\d+)\.root\.json$/.exec(name)?.[1] ?? [],
    )
    const [rootBytes, name] = await whole(`${Math.max(1, ...versions.map(Number))}.root.json`)
    return { root: unseal(rootSchema, rootBytes, name), rootBytes }
  }

  function roleReader(snapshot: Snapshot): (name: string) => Promise<Targets> {
    const read = new Map<string, Targets>()
    return async (name) => {
      const done = read.get(name)
      if (done !== undefined) return done
      const version = snapshot.meta[`${name}.json`]?.version
      const targets = unseal(targetsSchema, ...(await whole(`${version}.${name}.json`)))
      // The many bins stay on the disk: together they are as large as the list of all releases.
      if (!name.startsWith('releases-')) read.set(name, targets)
      return targets
    }
  }

  async function whole(name: string): Promise<[Uint8Array, string]> {
    const bytes = await files.readMetadata(name)
    if (bytes === null)
      throw new SkilletError('STORE_DAMAGED', `The registry's file ${name} is missing.`, {
        remedy: restoreRemedy,
      })
    return [bytes, name]
  }
}

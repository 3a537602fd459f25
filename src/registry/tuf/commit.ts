import type { SigningKey } from '../../trust/sign.ts'
import type { TufFiles } from './files.ts'
import type { Keyring } from './keyring.ts'
import { metaOf, seal, specVersion, toTufTime, type Snapshot, type TargetsContent } from './metadata.ts'
import { keyNameOf, type Lifetimes } from './roles.ts'
import type { RepositoryState } from './state.ts'

export interface Edit {
  /** New content of targets roles, by name. */
  readonly roles?: ReadonlyMap<string, TargetsContent>
  /** More roles with the content of one of `roles`. */
  readonly copies?: { readonly of: string; readonly names: readonly string[] }
  /** Who signs, where it isn't the keys that the present metadata names: during rotations, and for `targets`. */
  readonly signers?: Partial<
    Record<'targets' | 'registry' | 'releases' | 'snapshot' | 'timestamp', readonly SigningKey[]>
  >
  /** Numbers that are left out before those that this writes. */
  readonly ahead?: number
  /** Signs the snapshot anew though no role changed. */
  readonly snapshot?: boolean
  /** The next root, sealed. It comes into force last: until then everything holds under the present one. */
  readonly root?: { readonly version: number; readonly bytes: Uint8Array }
}

/** Signs and writes an edit. */
export type Commit = (edit: Edit) => Promise<void>

const dayMs = 86_400_000
/** Files that are on their way to the disk at once. */
const width = 16

/**
 * Every file but `timestamp.json` is written once under a name of its own, before anything refers to it. The timestamp
 * comes last and moves readers over; a kill before that leaves files that nobody asks for, whose names are not used again.
 */
export function createCommit(ports: {
  files: TufFiles
  keyring: Keyring
  lifetimes: Lifetimes
  now: () => Date
  read: () => Promise<RepositoryState | null>
}): Commit {
  const { files, keyring, lifetimes, now, read } = ports
  const expiry = (days: number) => toTufTime(new Date(now().getTime() + days * dayMs))

  async function freeVersion(name: string, first: number): Promise<number> {
    let version = first
    while (await files.hasMetadata(`${version}.${name}.json`)) version += 1
    return version
  }

  return async (edit) => {
    const state = await read()
    const following = (version: number | undefined) => (version ?? 0) + 1 + (edit.ahead ?? 0)
    const meta: Snapshot['meta'] = { ...state?.snapshot.meta }
    const signersOf = async (role: string): Promise<readonly SigningKey[]> => {
      const name = role === 'targets' || role === 'snapshot' || role === 'timestamp' ? role : keyNameOf(role)
      return edit.signers?.[name] ?? [await keyring.signer(name, state)]
    }

    async function writeRole(name: string, content: TargetsContent): Promise<void> {
      const version = await freeVersion(name, following(meta[`${name}.json`]?.version))
      const days = name === 'targets' ? lifetimes.targets : lifetimes.delegated
      const bytes = seal(
        { _type: 'targets', spec_version: specVersion, version, expires: expiry(days), ...content },
        await signersOf(name),
      )
      await files.writeMetadata(`${version}.${name}.json`, bytes)
      meta[`${name}.json`] = metaOf(version, bytes)
      if (edit.copies?.of !== name) return
      const { names } = edit.copies
      await files.copyMetadata(
        `${version}.${name}.json`,
        names.map((copy) => `${version}.${copy}.json`),
      )
      for (const copy of names) meta[`${copy}.json`] = metaOf(version, bytes)
    }

    await inParallel([...(edit.roles ?? [])], ([name, content]) => writeRole(name, content))
    let snapshotMeta = state?.timestamp.meta['snapshot.json']
    if (edit.roles !== undefined || edit.snapshot === true || snapshotMeta === undefined) {
      const version = await freeVersion('snapshot', following(snapshotMeta?.version))
      const sorted = Object.fromEntries(Object.entries(meta).sort(([a], [b]) => (a < b ? -1 : 1)))
      const bytes = seal(
        {
          _type: 'snapshot',
          spec_version: specVersion,
          version,
          expires: expiry(lifetimes.snapshot),
          meta: sorted,
        },
        await signersOf('snapshot'),
      )
      await files.writeMetadata(`${version}.snapshot.json`, bytes)
      snapshotMeta = metaOf(version, bytes)
    }
    const timestamp = seal(
      {
        _type: 'timestamp',
        spec_version: specVersion,
        version: following(state?.timestamp.version),
        expires: expiry(lifetimes.timestamp),
        meta: { 'snapshot.json': snapshotMeta },
        'x-signed-at': now().toISOString(),
      },
      await signersOf('timestamp'),
    )
    await files.writeMetadata('timestamp.json', timestamp)
    if (edit.root !== undefined) await files.writeMetadata(`${edit.root.version}.root.json`, edit.root.bytes)
  }
}

/** A few at a time: enough to keep the disk busy. */
export async function inParallel<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  let next = 0
  const lane = async () => {
    for (let item = items[next++]; item !== undefined; item = items[next++]) await work(item)
  }
  await Promise.all(Array.from({ length: Math.min(width, items.length) }, lane))
}

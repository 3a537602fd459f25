import { join } from 'node:path'
import { SkilletError } from '../../shared/errors.ts'
import { signingKeysPath, type PublishKeys } from '../../shared/signed-targets.ts'
import { sha256Hex } from '../../trust/digest.ts'
import { parsePublishKeys } from '../../trust/publish-keys.ts'
import type { SigningKey } from '../../trust/sign.ts'
import { readIfThere, writeWhole } from '../whole-file.ts'
import { createCommit, type Commit } from './commit.ts'
import { createTufFiles, type TufFiles, type WriteFile } from './files.ts'
import { createKeyring } from './keyring.ts'
import { makeRepository } from './make.ts'
import {
  contentOf,
  restoreRemedy,
  rootSchema,
  targetEntry,
  unseal,
  type TargetInfo,
  type Targets,
  type TargetsContent,
} from './metadata.ts'
import { binOf, lifetimes as usualLifetimes, type Lifetimes } from './roles.ts'
import { createStateReader, type RepositoryState } from './state.ts'

/** How far into the database's numbering the repository reaches. */
export interface Through {
  readonly envelopes: number
  readonly revocations: number
}

/** What changes at once: readers see all of it or none. */
export interface RepositoryChange {
  /** Releases to list; one that is listed already is replaced. */
  readonly add?: readonly TargetInfo[]
  /** Target paths of releases to list no more. */
  readonly remove?: readonly string[]
  readonly catalog?: TargetInfo
  readonly revocations?: TargetInfo
  /** Needs the offline key for targets. */
  readonly signingKeys?: { readonly info: TargetInfo; readonly signer: SigningKey }
  readonly through?: Through
}

export interface RepositoryOptions {
  /** The repository lies in `tuf/` below it, its keys in `keys/`, its newest root metadata in `trust-root.json`. */
  readonly dataDir: string
  /** Asked once, when the repository is made: who signs its releases. */
  readonly publishKeys: () => Promise<PublishKeys>
  readonly lifetimes?: Partial<Lifetimes>
  readonly now?: () => Date
  readonly write?: WriteFile
}

/**
 * The TUF repository that a registry serves. Whatever instant a change ends at, readers find the state before or after
 * it. Changes are the caller's to make one at a time, over all processes that work on the folder.
 */
export interface Repository {
  readonly files: TufFiles
  /** Path of the newest root metadata, which clients pin. */
  readonly trustRoot: string
  readonly lifetimes: Lifetimes
  readonly now: () => Date
  state(): Promise<RepositoryState>
  /** Writes a target under its digest. Nothing vouches for it until a change names it. */
  writeTarget(path: string, bytes: Uint8Array, gzipped?: Uint8Array): Promise<TargetInfo>
  /** `signing-keys.json`, `revocations.json` or `catalog.json` as it stands. @throws SkilletError STORE_DAMAGED */
  readList(path: string): Promise<{ info: TargetInfo; bytes: Uint8Array }>
  publishKeys(): Promise<PublishKeys>
  change(change: RepositoryChange): Promise<void>
  /** For rotations and renewals. */
  readonly commit: Commit
  /** Brings `trust-root.json` up to the newest root. */
  pinRoot(): Promise<void>
}

/** Opens the repository of a folder, or makes it with new keys. @throws SkilletError STORE_DAMAGED, NO_SPACE */
export async function createRepository(options: RepositoryOptions): Promise<Repository> {
  const { dataDir } = options
  const now = options.now ?? (() => new Date())
  const lifetimes = { ...usualLifetimes, ...options.lifetimes }
  const files = createTufFiles(join(dataDir, 'tuf'), options.write)
  const trustRoot = join(dataDir, 'trust-root.json')
  const read = createStateReader(files)
  const commit = createCommit({ files, keyring: createKeyring(dataDir), lifetimes, now, read })

  async function state(): Promise<RepositoryState> {
    const found = await read()
    if (found === null) throw damaged("The registry's signed metadata is missing.")
    return found
  }

  async function writeTarget(path: string, bytes: Uint8Array, gzipped?: Uint8Array): Promise<TargetInfo> {
    const info = { path, length: bytes.length, sha256: sha256Hex(bytes) }
    await files.writeTarget(path, info.sha256, bytes, gzipped)
    return info
  }

  async function readList(path: string): Promise<{ info: TargetInfo; bytes: Uint8Array }> {
    const { role } = await state()
    const found = (await role(path === signingKeysPath ? 'targets' : 'registry')).targets[path]
    const bytes = found === undefined ? null : await files.readTarget(path, found.hashes.sha256)
    if (found === undefined || bytes === null || sha256Hex(bytes) !== found.hashes.sha256)
      throw damaged(`The registry's file ${path} is missing or damaged.`)
    return { info: { path, length: found.length, sha256: found.hashes.sha256 }, bytes }
  }

  /** Lists from a backup may lack roots that clients hold already: a second one of the same number would divide them. */
  async function keepRoot(): Promise<void> {
    const pinned = (await readIfThere(trustRoot)) ?? ''
    if (!isRoot(pinned)) return
    const bytes = new Uint8Array(Buffer.from(pinned))
    const { version } = unseal(rootSchema, bytes, 'trust-root.json')
    const newest = (await state()).root.version
    if (version > newest + 1)
      throw new SkilletError(
        'STORE_DAMAGED',
        `The registry's trust root is number ${version}, and tuf/metadata holds them up to ${newest} only.`,
        {
          remedy: `Copy the missing ones into tuf/metadata, from a newer backup or a mirror: ${newest + 1}.root.json and on. Then run: skillet registry recover`,
        },
      )
    if (version === newest + 1) await files.writeMetadata(`${version}.root.json`, bytes)
  }

  async function pinRoot(): Promise<void> {
    const { rootBytes } = await state()
    const pinned = await readIfThere(trustRoot)
    if (pinned !== Buffer.from(rootBytes).toString('utf8')) await writeWhole(trustRoot, rootBytes, 0o644)
  }

  if ((await read()) === null) {
    // Clients hold on to what they have pinned: a new repository in its place would lock all of them out.
    if (isRoot((await readIfThere(trustRoot)) ?? ''))
      throw damaged(`The registry's signed metadata is missing, though ${trustRoot} is there.`)
    await makeRepository({
      dataDir,
      files,
      lifetimes,
      now,
      commit,
      writeTarget,
      publishKeys: options.publishKeys,
    })
  }
  await keepRoot()
  await pinRoot()

  /** The list that was read last: each request for a release asks for it. */
  let known: { sha256: string; keys: PublishKeys } | null = null

  return {
    files,
    trustRoot,
    lifetimes,
    now,
    state,
    writeTarget,
    readList,
    pinRoot,
    commit,
    async publishKeys() {
      const sha256 = (await (await state()).role('targets')).targets[signingKeysPath]?.hashes.sha256
      if (known === null || known.sha256 !== sha256) {
        const { info, bytes } = await readList(signingKeysPath)
        known = { sha256: info.sha256, keys: parsePublishKeys(bytes) }
      }
      return known.keys
    },
    async change(change) {
      const roles = await rolesAfter(change, await state())
      const signer = change.signingKeys?.signer
      if (roles.size > 0) await commit({ roles, signers: signer === undefined ? {} : { targets: [signer] } })
    },
  }
}

async function rolesAfter(
  change: RepositoryChange,
  { role }: RepositoryState,
): Promise<Map<string, TargetsContent>> {
  const bins = new Map<string, Targets['targets']>()
  const listOf = async (path: string) => {
    const bin = binOf(path)
    const targets = bins.get(bin) ?? { ...(await role(bin)).targets }
    bins.set(bin, targets)
    return targets
  }
  for (const path of change.remove ?? []) delete (await listOf(path))[path]
  for (const info of change.add ?? []) (await listOf(info.path))[info.path] = targetEntry(info)
  const roles = new Map<string, TargetsContent>([...bins].map(([bin, targets]) => [bin, { targets }]))

  const lists = [change.catalog, change.revocations].filter((info) => info !== undefined)
  if (lists.length > 0 || change.through !== undefined) {
    const registry = await role('registry')
    const through = change.through ?? registry['x-through']
    roles.set('registry', {
      targets: {
        ...registry.targets,
        ...Object.fromEntries(lists.map((info) => [info.path, targetEntry(info)])),
      },
      ...(through === undefined ? {} : { 'x-through': { ...through } }),
    })
  }
  if (change.signingKeys !== undefined) {
    const targets = contentOf(await role('targets'))
    const { info } = change.signingKeys
    roles.set('targets', { ...targets, targets: { ...targets.targets, [info.path]: targetEntry(info) } })
  }
  return roles
}

/** Until 0.1.0, trust-root.json was something else. */
function isRoot(text: string): boolean {
  return /"_type":\s*"root"/.test(text)
}

function damaged(message: string): SkilletError {
  return new SkilletError('STORE_DAMAGED', message, {
    remedy: restoreRemedy,
  })
}

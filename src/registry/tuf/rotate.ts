import { SkilletError } from '../../shared/errors.ts'
import type { SigningKey } from '../../trust/sign.ts'
import type { RotatableKey } from '../rotatable-roles.ts'
import { keyidsOf } from './keyring.ts'
import { keyFile, keysIn, rootKeyNames } from './keys.ts'
import { contentOf, keysOf, seal, toTufTime, type Root, type TargetsContent } from './metadata.ts'
import type { Repository } from './repository.ts'
import { binNames, releasesContent, targetsDelegations } from './roles.ts'
import type { RepositoryState } from './state.ts'

/** The roles whose keys the metadata itself names; the key that signs releases is apart. */
export type RotatableRole = Exclude<RotatableKey, 'publish'>

export interface KeyPlaces {
  readonly dataDir: string
  readonly online: string
  /** Where the administrator put the offline keys. */
  readonly offline: string
}

type PublicKey = Pick<SigningKey, 'keyid' | 'publicKey'>
const dayMs = 86_400_000

/**
 * Replaces a role's key. While readers move over, the old and the new key both sign, so that no reader ever finds
 * metadata that doesn't hold; a key that is lost only leaves that out. Rotating the timestamp's and snapshot's keys also
 * undoes version numbers that a thief ran ahead (TUF 1.0 §5.3.11).
 * Throws NOT_FOUND where the offline keys that this needs aren't in their folder.
 */
export async function rotateRole(
  repository: Repository,
  places: KeyPlaces,
  role: RotatableRole,
  options: { rootKey?: string | undefined } = {},
): Promise<SigningKey> {
  switch (role) {
    case 'root':
      return rotateRoot(repository, places, options.rootKey)
    case 'targets':
      return rotateTargets(repository, places)
    case 'registry':
    case 'releases':
      return rotateDelegated(repository, places, role)
    case 'snapshot':
    case 'timestamp':
      return rotateTopLevel(repository, places, role)
  }
}

/** Signs root and targets anew for their whole lifetime, with the keys that they have. */
export async function renewOffline(repository: Repository, places: KeyPlaces): Promise<void> {
  const state = await repository.state()
  await assertRootKeys(places, state)
  const root = await nextRoot(repository, places, state, ({ roles }) => roles)
  await repository.commit({
    roles: new Map([['targets', contentOf(await state.role('targets'))]]),
    signers: { targets: [await targetsKey(places, state)] },
    root,
  })
  await repository.pinRoot()
}

async function rotateTopLevel(
  repository: Repository,
  places: KeyPlaces,
  role: 'snapshot' | 'timestamp',
): Promise<SigningKey> {
  const state = await repository.state()
  const file = keyFile(places.online, role)
  const old = await file.find(state.root.roles[role].keyids)
  await assertRootKeys(places, state)
  const fresh = await file.stage(state.root.roles[role].keyids)
  await repository.commit({
    snapshot: role === 'snapshot',
    signers: { [role]: old === null ? [fresh] : [old, fresh] },
    root: await nextRoot(
      repository,
      places,
      state,
      ({ roles }) => ({ ...roles, [role]: { keyids: [fresh.keyid], threshold: 1 } }),
      [fresh],
    ),
  })
  await repository.pinRoot()
  await file.settle()
  return fresh
}

async function rotateTargets(repository: Repository, places: KeyPlaces): Promise<SigningKey> {
  const state = await repository.state()
  await assertRootKeys(places, state)
  const file = keyFile(places.offline, 'targets')
  const old = await file.find(state.root.roles.targets.keyids)
  const fresh = await file.stage(state.root.roles.targets.keyids)
  await repository.commit({
    roles: new Map([['targets', contentOf(await state.role('targets'))]]),
    signers: { targets: old === null ? [fresh] : [old, fresh] },
    root: await nextRoot(
      repository,
      places,
      state,
      ({ roles }) => ({ ...roles, targets: { keyids: [fresh.keyid], threshold: 1 } }),
      [fresh],
    ),
  })
  await repository.pinRoot()
  await file.settle()
  return fresh
}

/** The snapshot moves readers over to the new delegation and to what the new key signed, all at once. */
async function rotateDelegated(
  repository: Repository,
  places: KeyPlaces,
  role: 'registry' | 'releases',
): Promise<SigningKey> {
  const state = await repository.state()
  const signer = await targetsKey(places, state)
  const targets = contentOf(await state.role('targets'))
  const file = keyFile(places.online, role)
  const fresh = await file.stage(await keyidsOf(role, state))
  const keys = { registry: delegatedKey(targets, 'registry'), releases: delegatedKey(targets, 'releases') }
  const roles = new Map<string, TargetsContent>([
    ['targets', { ...targets, delegations: targetsDelegations({ ...keys, [role]: fresh }) }],
  ])
  if (role === 'registry') roles.set(role, contentOf(await state.role(role)))
  else {
    roles.set(role, releasesContent(fresh))
    for (const bin of binNames) roles.set(bin, contentOf(await state.role(bin)))
  }
  await repository.commit({ roles, signers: { targets: [signer], [role]: [fresh] } })
  await file.settle()
  return fresh
}

/** One root key makes way for a new one: the one that is named, else one that is lost, else the oldest. */
async function rotateRoot(
  repository: Repository,
  places: KeyPlaces,
  named: string | undefined,
): Promise<SigningKey> {
  const state = await repository.state()
  await assertRootKeys(places, state)
  const listed = state.root.roles.root.keyids
  const here = (await keysIn(places.offline)).filter(({ key }) => listed.includes(key.keyid))
  const out =
    named === undefined
      ? (listed.find((keyid) => !here.some(({ key }) => key.keyid === keyid)) ?? listed[0]!)
      : (here.find(({ name }) => name === named)?.key.keyid ?? listed.find((keyid) => keyid === named))
  if (out === undefined)
    throw new SkilletError('INPUT_INVALID', `${named} is not one of the root keys.`, {
      remedy: 'Name the file of the key, such as root-2, or its whole fingerprint.',
    })
  const taken = here.filter(({ key }) => key.keyid !== out).map(({ name }) => name)
  const name =
    here.find(({ key }) => key.keyid === out)?.name ?? rootKeyNames.find((each) => !taken.includes(each))!
  const file = keyFile(places.offline, name)
  const fresh = await file.stage(listed)
  const keyids = [...listed.filter((keyid) => keyid !== out), fresh.keyid]
  const root = await nextRoot(
    repository,
    places,
    state,
    ({ roles }) => ({ ...roles, root: { ...roles.root, keyids } }),
    [fresh],
    out,
  )
  await repository.commit({ root })
  await repository.pinRoot()
  await file.settle()
  return fresh
}

/**
 * The root after this one, signed by enough of its own keys and of this one's (TUF 1.0 §5.3.4). A key that leaves signs
 * only where the others are too few.
 */
async function nextRoot(
  { now, lifetimes }: Repository,
  places: KeyPlaces,
  { root }: RepositoryState,
  change: (root: Root) => Root['roles'],
  added: readonly PublicKey[] = [],
  leaving?: string,
): Promise<{ version: number; bytes: Uint8Array }> {
  const roles = change(root)
  const used = new Set(Object.values(roles).flatMap(({ keyids }) => keyids))
  const keys = Object.fromEntries(
    Object.entries({ ...root.keys, ...keysOf(added) }).filter(([keyid]) => used.has(keyid)),
  )
  const version = root.version + 1
  const expires = toTufTime(new Date(now().getTime() + lifetimes.root * dayMs))
  const here = (await keysIn(places.offline)).map(({ key }) => key)
  const old = here.filter(({ keyid }) => root.roles.root.keyids.includes(keyid))
  const staying = old.filter(({ keyid }) => keyid !== leaving)
  const signers = [
    ...(staying.length >= root.roles.root.threshold ? staying : old),
    ...here.filter(({ keyid }) => roles.root.keyids.includes(keyid)),
  ]
  return { version, bytes: seal({ ...root, roles, keys, version, expires }, signers) }
}

/** Before anything is written. */
async function assertRootKeys(places: KeyPlaces, { root }: RepositoryState): Promise<void> {
  const { keyids, threshold } = root.roles.root
  const here = new Set((await keysIn(places.offline)).map(({ key }) => key.keyid))
  const found = keyids.filter((keyid) => here.has(keyid)).length
  if (found < threshold)
    throw new SkilletError(
      'NOT_FOUND',
      `This needs ${threshold} of the ${keyids.length} root keys, and ${places.offline} holds ${found}.`,
      { remedy: 'Bring the folder with the offline keys, and name it with --offline-keys DIR.' },
    )
}

/** @throws SkilletError NOT_FOUND */
export async function targetsKey(places: KeyPlaces, state: RepositoryState): Promise<SigningKey> {
  const key = await keyFile(places.offline, 'targets').find(state.root.roles.targets.keyids)
  if (key === null)
    throw new SkilletError(
      'NOT_FOUND',
      `This needs the key for targets, and ${places.offline} doesn't hold it.`,
      {
        remedy:
          'Bring the folder with the offline keys, and name it with --offline-keys DIR. Where the key is lost: skillet registry rotate-key targets',
      },
    )
  return key
}

function delegatedKey({ delegations }: TargetsContent, name: string): PublicKey {
  const keyid = delegations?.roles?.find((role) => role.name === name)?.keyids[0] ?? ''
  return { keyid, publicKey: Buffer.from(delegations?.keys[keyid]?.keyval.public ?? '', 'hex') }
}

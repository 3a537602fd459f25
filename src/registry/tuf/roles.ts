import { createHash } from 'node:crypto'
import { catalogPath, revocationsPath } from '../../shared/signed-targets.ts'
import type { SigningKey } from '../../trust/sign.ts'
import { rootThreshold } from './keys.ts'
import { keysOf, specVersion, type Root, type TargetsContent } from './metadata.ts'

/** For how long what a role signs holds, in days. */
export interface Lifetimes {
  readonly root: number
  readonly targets: number
  readonly delegated: number
  readonly snapshot: number
  readonly timestamp: number
}
export const lifetimes: Lifetimes = { root: 365, targets: 365, delegated: 90, snapshot: 30, timestamp: 7 }

const binBits = 8
export const binNames = Array.from(
  { length: 2 ** binBits },
  (_, bin) => `releases-${bin.toString(16).padStart(2, '0')}`,
)

/** The role that lists a release: the first byte of its path's SHA-256 chooses (TUF 1.0 §4.5, succinct roles). */
export function binOf(path: string): string {
  return binNames[createHash('sha256').update(path).digest()[0]!]!
}

/** Which key file's name signs for a role. */
export function keyNameOf(role: string): 'registry' | 'releases' {
  return role === 'registry' ? 'registry' : 'releases'
}

type PublicKey = Pick<SigningKey, 'keyid' | 'publicKey'>

export interface RootKeys {
  readonly root: readonly PublicKey[]
  readonly targets: PublicKey
  readonly snapshot: PublicKey
  readonly timestamp: PublicKey
}

export function rootContent(keys: RootKeys): Omit<Root, 'version' | 'expires'> {
  const one = (key: PublicKey) => ({ keyids: [key.keyid], threshold: 1 })
  return {
    _type: 'root',
    spec_version: specVersion,
    consistent_snapshot: true,
    keys: keysOf([...keys.root, keys.targets, keys.snapshot, keys.timestamp]),
    roles: {
      root: { keyids: keys.root.map(({ keyid }) => keyid), threshold: rootThreshold },
      targets: one(keys.targets),
      snapshot: one(keys.snapshot),
      timestamp: one(keys.timestamp),
    },
  }
}

/** To whom the targets role hands on: the lists, and the releases, each within its own paths and nowhere else. */
export function targetsDelegations(keys: {
  registry: PublicKey
  releases: PublicKey
}): NonNullable<TargetsContent['delegations']> {
  return {
    keys: keysOf([keys.registry, keys.releases]),
    roles: [
      {
        name: 'registry',
        keyids: [keys.registry.keyid],
        threshold: 1,
        paths: [catalogPath, revocationsPath],
        terminating: true,
      },
      {
        name: 'releases',
        keyids: [keys.releases.keyid],
        threshold: 1,
        paths: ['releases/*/*'],
        terminating: true,
      },
    ],
  }
}

/** The role `releases` lists nothing itself: it spreads the releases over 256 bins. */
export function releasesContent(key: PublicKey): TargetsContent {
  return {
    targets: {},
    delegations: {
      keys: keysOf([key]),
      succinct_roles: { keyids: [key.keyid], threshold: 1, bit_length: binBits, name_prefix: 'releases' },
    },
  }
}

import { keyStorageKinds, type ManagedPolicy } from '../../shared/managed-policy.ts'

export type KeyStorage = (typeof keyStorageKinds)[number]

/** Where keys may be kept; all kinds where administrators say nothing. */
export function keyStorageAllowed(policy: ManagedPolicy | null): readonly KeyStorage[] {
  return policy?.key_storage ?? keyStorageKinds
}

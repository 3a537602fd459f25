import { keyStorageKinds, type ManagedPolicy } from '../../shared/managed-policy.ts'

/** What administrators decided about anonymous statistics; null: the person chooses. A person's own "off" outweighs `on`. */
export function telemetryForced(policy: ManagedPolicy | null): 'off' | 'on' | null {
  return policy?.telemetry ?? null
}

export type KeyStorage = (typeof keyStorageKinds)[number]

/** Where keys may be kept; all kinds where administrators say nothing. */
export function keyStorageAllowed(policy: ManagedPolicy | null): readonly KeyStorage[] {
  return policy?.key_storage ?? keyStorageKinds
}

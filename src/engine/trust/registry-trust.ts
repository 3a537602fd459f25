import type { RegistryTrust } from '../ports.ts'
import type { Paths } from '../paths.ts'
import type { TufSource } from '../../trust/tuf.ts'

export interface RegistryTrustOptions {
  readonly paths: Paths
  /** The root metadata that this computer pins; null where nobody has named one: everything throws TRUST_ROOT_INVALID. */
  readonly pinnedRoot: Uint8Array | null
  /** Null: only what is on this computer, and what bundles carry. */
  readonly registry: { readonly url: string; readonly tuf: TufSource } | null
  readonly now?: () => Date
}

export function createRegistryTrust(_options: RegistryTrustOptions): RegistryTrust {
  throw new Error('being written')
}

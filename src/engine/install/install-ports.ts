import type { PublishKeys } from '../../shared/signed-targets.ts'
import type {
  AssertPolicyAllows,
  GrantStore,
  Journal,
  Probe,
  RegistryClient,
  SecretsPresent,
} from '../ports.ts'
import type { RevocationList } from './revocation-list.ts'
import type { Store } from './store.ts'

/** Everything that an install touches outside its own rules. */
export interface InstallPorts {
  readonly store: Store
  readonly root: PublishKeys
  /** Null where none is set: only bundles install then. */
  readonly registry: RegistryClient | null
  readonly revocations: RevocationList
  readonly grants: GrantStore
  readonly journal: Journal
  readonly probe: Probe
  readonly secretsPresent: SecretsPresent
  readonly assertPolicyAllows: AssertPolicyAllows
  readonly now?: () => Date
}

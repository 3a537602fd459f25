import type {
  AssertPolicyAllows,
  CatalogIndex,
  GrantStore,
  Journal,
  Probe,
  RegistryClient,
  RegistryTrust,
  SecretsPresent,
} from '../ports.ts'
import type { Store } from './store.ts'

/** Everything that an install touches outside its own rules. */
export interface InstallPorts {
  readonly store: Store
  readonly trust: RegistryTrust
  /** Null where none is set: only bundles install then. */
  readonly registry: RegistryClient | null
  readonly catalog: CatalogIndex
  readonly grants: GrantStore
  readonly journal: Journal
  readonly probe: Probe
  readonly secretsPresent: SecretsPresent
  readonly assertPolicyAllows: AssertPolicyAllows
  readonly now?: () => Date
}

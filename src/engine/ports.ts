import type { CatalogEntry } from '../shared/catalog.ts'
import type { Grant, TrustStatus } from '../shared/contract/overview.ts'
import type { Capability } from '../shared/capability.ts'
import type { Hardware } from '../shared/hardware.ts'
import type { PublishKeys, Revocations } from '../shared/signed-targets.ts'
import type { SkillManifest } from '../shared/skill-manifest.ts'
import type { Reported, SkillReport } from '../shared/skill-report.ts'
import type { TufSource } from '../trust/tuf.ts'

/** What the engine needs from a registry. Nothing that comes through here is believed before it is verified. */
export interface RegistryClient {
  readonly url: string
  /** @throws SkilletError TIER_REQUIRED, UNAUTHORIZED, NOT_FOUND, REGISTRY_UNREACHABLE */
  access(slug: string): Promise<void>
  /** @throws SkilletError NOT_FOUND, RATE_LIMITED, INPUT_INVALID, REGISTRY_UNREACHABLE */
  report(report: SkillReport): Promise<Reported>
  /** The registry's TUF repository: `/tuf/metadata/…` and `/tuf/targets/…`. */
  readonly tuf: TufSource
  /**
   * Brings the tarball to `toPath`, never more than `size` bytes, going on from `toPath + '.part'` where an earlier
   * download stopped. Does not judge its digest. `fraction` runs from 0 to 1.
   */
  downloadTarball(
    tarball: { sha256: string; size: number },
    toPath: string,
    hooks: {
      onProgress?: ((fraction: number) => void) | undefined
      signal?: AbortSignal | undefined
    },
  ): Promise<void>
}

/** The append-only journal of what happened on this computer. */
export interface Journal {
  append(event: string, slug: string | null, text: string, detail?: Record<string, unknown>): Promise<unknown>
}

/**
 * Decisions that the person made. Those of life `session` are known to this store alone and end with its process; all
 * others are in a file.
 */
export interface GrantStore {
  /** What counts now: nothing that is used up. */
  list(slug?: string): Promise<Grant[]>
  /** Replaces what was decided before for the same skill, capability and capability digest. */
  put(grants: readonly Grant[]): Promise<void>
  /**
   * Called as a run starts, with the grants that its policy was made of: those of life `once` are used up, all or none.
   * Costs nothing where there are none. Of two runs that start at once, one gets them.
   * @throws SkilletError PERMISSION_DENIED where one of them was used up, changed or taken back since it was listed
   */
  useOnce(grants: readonly Grant[]): Promise<void>
  /** Undoes a `useOnce` of these, for a run that didn't start after all: but for what somebody has decided since. */
  giveBack(grants: readonly Grant[]): Promise<void>
  /** Grants of life `once` that a run has used up, until somebody answers anew. */
  usedUp(slug: string): Promise<Grant[]>
  /**
   * Undoes a `put` of these, where `before` is what had been decided until then: only what is still as it was put becomes
   * what it was. What somebody has decided or taken back since stays so.
   */
  undoPut(grants: readonly Grant[], before: readonly Grant[]): Promise<void>
  /**
   * Forgets what was decided about a skill, or about one of its capabilities; it will be asked again. With a digest, the
   * one answer: a permission goes for all versions, as going back to one would bring it back, and other denials stay.
   */
  forget(slug: string, capability?: Capability, capabilityDigest?: string): Promise<void>
}

/** What this computer is, with a look for these programs. */
export type Probe = (programs: readonly string[]) => Promise<Hardware>
/** Which of these secrets are stored for the skill. */
export type SecretsPresent = (names: readonly string[], slug: string) => Promise<Set<string>>
/** @throws SkilletError POLICY_DENIED, POLICY_INVALID when the administrators' policy doesn't allow what the skill declares */
export type AssertPolicyAllows = (manifest: SkillManifest) => Promise<void>

/** How fresh an answer about trust has to be, and where it may come from. */
export interface Freshness {
  /** A check by this process of this age, in milliseconds, needs no new one; 0 by default. */
  readonly maxAgeMs?: number
  /** A registry that was out of reach this short a time ago, in milliseconds, isn't asked again; `maxAgeMs` by default. */
  readonly retryAfterMs?: number
  /** After this long without an answer from the registry, in milliseconds, the copy on this computer counts. */
  readonly patienceMs?: number
  readonly signal?: AbortSignal | undefined
  /** The signed lists inside a bundle: asked where the registry can't be reached. */
  readonly carried?: TufSource | undefined
}

/**
 * What the registry's signed lists say, verified by The Update Framework and kept on this computer. Each call first makes
 * sure that the lists are fresh: from the registry, or, where it can't be reached, as long as the copy on this computer
 * holds.
 * All methods throw SkilletError METADATA_INVALID, METADATA_EXPIRED, METADATA_ROLLBACK, CLOCK_WRONG, TRUST_ROOT_INVALID,
 * and REGISTRY_UNREACHABLE where nothing has ever been fetched.
 */
export interface RegistryTrust {
  /** Asks the registry now, unless it was asked within `maxAgeMs`. */
  refresh(freshness?: Freshness): Promise<TrustStatus>
  /** What is known without asking anybody; never throws for expired or missing lists, it says so. */
  status(): Promise<TrustStatus>
  /** Who may sign releases. */
  publishKeys(freshness?: Freshness): Promise<PublishKeys>
  /**
   * Who could sign releases when the lists were last verified, whether they still hold or not: for showing and comparing
   * what is installed, never for installing or running. Asks nobody.
   */
  lastKnownKeys(): Promise<PublishKeys>
  revocations(freshness?: Freshness): Promise<Revocations>
  /** The signed release as the registry vouches for it. @throws SkilletError NOT_FOUND, REVOKED, ON_HOLD */
  release(slug: string, version: string, freshness?: Freshness): Promise<Uint8Array>
  /**
   * Whether the lists name exactly these bytes as the release of this version.
   * @throws SkilletError NOT_CURRENT where that can't be told without a connection
   */
  isCurrent(slug: string, version: string, envelope: Uint8Array, freshness?: Freshness): Promise<boolean>
  /** Path of the verified `catalog.json`, and its digest. */
  catalogFile(freshness?: Freshness): Promise<{ path: string; sha256: string }>
  /** Hears of every check that changed what `status` says; the result stops listening. */
  onStatus(listener: (status: TrustStatus) => void): () => void
}

/** The catalog, ready for searching; made again when the registry's changes. */
export interface CatalogIndex {
  /** Best first. `total` counts all that match, `entries` holds at most `limit` from `offset` on. */
  search(query: CatalogQuery): Promise<{ entries: CatalogEntry[]; total: number }>
  /** Null for a skill that the catalog doesn't have. */
  get(slug: string): Promise<CatalogEntry | null>
  /** For many at once, in the order of `slugs`. */
  getAll(slugs: readonly string[]): Promise<(CatalogEntry | null)[]>
  /** Names of all programs that any skill requires: what `fits` has to have been probed with. */
  programs(): Promise<string[]>
}

export interface CatalogQuery {
  readonly text: string
  readonly category: string | null
  /** Only skills that this computer meets the requirements of. */
  readonly fits: Hardware | null
  readonly offset: number
  readonly limit: number
}

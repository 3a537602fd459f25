import type { Catalog } from '../shared/catalog.ts'
import type { Grant } from '../shared/contract/overview.ts'
import type { Capability } from '../shared/capability.ts'
import type { Hardware } from '../shared/hardware.ts'
import type { SkillManifest } from '../shared/skill-manifest.ts'

/** What the engine needs from a registry. Nothing that comes through here is believed before it is verified. */
export interface RegistryClient {
  readonly url: string
  /** @throws SkilletError TIER_REQUIRED, UNAUTHORIZED, NOT_FOUND, REGISTRY_UNREACHABLE */
  access(slug: string): Promise<void>
  catalog(): Promise<Catalog>
  /** The signed release as the registry serves it. */
  releaseEnvelope(slug: string, version: string): Promise<Uint8Array>
  revocationsEnvelope(): Promise<Uint8Array>
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

/** Decisions that the person made. */
export interface GrantStore {
  list(slug?: string): Promise<Grant[]>
  /** Replaces what was decided before for the same skill, capability and capability digest. */
  put(grants: readonly Grant[]): Promise<void>
  forget(slug: string, capability?: Capability): Promise<void>
}

/** What this computer is, with a look for these programs. */
export type Probe = (programs: readonly string[]) => Promise<Hardware>
/** Which of these secrets are in the keychain. */
export type SecretsPresent = (names: readonly string[]) => Promise<Set<string>>
/** @throws SkilletError POLICY_DENIED, POLICY_INVALID when the administrators' policy doesn't allow what the skill declares */
export type AssertPolicyAllows = (manifest: SkillManifest) => Promise<void>

import type { Capability } from '../shared/capability.ts'
import type { AgentId, Agents, ConfigChange, PlacePlan, ScanReport } from '../shared/contract/agents.ts'
import type { FolderLook } from '../shared/contract/agent-access.ts'
import type { Chain, ChainRun, EarlierRun } from '../shared/contract/chains.ts'
import type { Decision, InstallPlan, InstallProgress, Life } from '../shared/contract/install.ts'
import type { SecretRef } from '../shared/contract/keys.ts'
import type { Keys } from './secrets/keys.ts'
import type {
  InputValues,
  InstalledSkill,
  TrashedSkill,
  VerifyReport,
  Withdrawn,
} from '../shared/contract/library.ts'
import type { AuditEntry } from '../shared/audit-entry.ts'
import type { Doctor, Grant, TrustStatus } from '../shared/contract/overview.ts'
import type { Ask, SkillDetail, SkillSummary } from '../shared/contract/skills.ts'
import type { TelemetryStatus } from '../shared/contract/telemetry.ts'
import type { PlainError } from '../shared/errors.ts'
import type { z } from 'zod'
import type { preinstallNewsSchema } from '../shared/contract/managed.ts'
import type { ManagedPolicy } from '../shared/managed-policy.ts'
import type { Policy, UserPolicy } from '../shared/policy.ts'
import type { RunResult } from '../shared/receipt.ts'
import type { ReleaseFile } from '../shared/release.ts'
import type { SkillManifest } from '../shared/skill-manifest.ts'
import type { Reported, SkillReport } from '../shared/skill-report.ts'
import type { TelemetryBatch } from '../shared/telemetry.ts'

/** Who decides: the person at the window, or at a terminal, or administrators. Agents never do. */
export type DecidedBy = 'window' | 'cli' | 'policy'

/** Which skill to install: from the registry, or a `.skillet` bundle on disk. */
export type InstallSource = { slug: string; version?: string | undefined } | { file: string }

/** One skill that administrators asked for. `fraction` of its download, null in other steps. */
export type PreinstallNews = z.infer<typeof preinstallNewsSchema>

/** A person's answers; without `scope` as declared, without `life` until taken back. */
export type Answers = Partial<
  Record<Capability, { decision: Decision; scope?: string[] | undefined; life?: Life | undefined }>
>

export interface ChainRequest {
  /** A chain that was added, or a `.toml` file. */
  chain: { id: string } | { file: string }
  inputs: InputValues
  /** `runId` of an earlier run of the same chain: steps that were done there aren't run again. */
  resume?: string | undefined
}

export interface ChainHooks {
  /** The whole state, each time it changes. */
  onChange?: (run: ChainRun) => void
  signal?: AbortSignal
  wasChosen?: (path: string) => boolean
}

export interface RunRequest {
  slug: string
  inputs: InputValues
  /** Extra arguments after the inputs. */
  args?: readonly string[]
}

/** A local folder tried in the sandbox: marked unverified, nothing is stored. */
export interface TryRequest {
  folder: string
  inputs: InputValues
  args?: readonly string[]
  /** Capabilities that the person allowed for this one run, with their scope (`null` = as declared). */
  granted: Partial<Record<Capability, string[] | null>>
}

export interface RunHooks {
  onOutput?: (stream: 'stdout' | 'stderr', text: string) => void
  signal?: AbortSignal
  /** Whether the person picked this path themselves; without it every path counts as picked, as on a command line. */
  wasChosen?: (path: string) => boolean
  /** The agent that asked for it, for the journal; absent: the person. */
  agent?: { id: string; name: string } | undefined
}

/** One audited skill: `line` is SkillWeave's form, `memory-update [fs:read, fs:write]`. */
export interface PermissionAudit {
  ok: boolean
  skills: { slug: string; line: string; ok: boolean; violations: string[] }[]
}

/** Something that happened on its own, or in another Skillet on this computer. */
export type EngineChange =
  | { kind: 'trust'; status: TrustStatus }
  | { kind: 'library'; slug: string | null }
  /** Withdrawn just now: it was moved to quarantine and its running copies were stopped. */
  | { kind: 'withdrawn'; slug: string; version: string; title: string; withdrawn: Withdrawn }

/** All of Skillet's rules behind one door, for the window, the command line and the bridge alike. */
export interface Engine {
  readonly home: string
  readonly registryUrl: string
  /** Whether the registry is told by a key whose account asks. */
  readonly hasApiKey: boolean
  keyids(): Promise<string[]>
  doctor(): Promise<Doctor>

  /** Best first; `total` counts all that match. */
  search(query: {
    text: string
    category: string | null
    fitsOnly: boolean
    offset?: number
    limit?: number
  }): Promise<{ skills: SkillSummary[]; total: number }>
  show(slug: string, version?: string): Promise<SkillDetail>
  readFile(
    slug: string,
    version: string | undefined,
    path: string,
  ): Promise<{ path: string; text: string | null; size: number }>

  /** Tells the registry that something is wrong with a skill. */
  report(report: SkillReport): Promise<Reported>

  /** A bundle of the account's that its key may share. @throws SkilletError UNAUTHORIZED, FORBIDDEN, NOT_FOUND … */
  bundleToShare(name: string): Promise<{ id: string; name: string; title: string }>
  /** Makes a share token. `token` is in this answer and nowhere else. @throws SkilletError FORBIDDEN, NOT_FOUND … */
  shareBundle(
    id: string,
    request: { label: string; days: number },
  ): Promise<{ token: string; prefix: string; expiresAt: string; registry: string }>
  /**
   * What submitting a skill's folder would hand in, judged and held against what is published; nothing is sent.
   * @throws SkilletError UNAUTHORIZED, FORBIDDEN, NOT_FOUND, MANIFEST_INVALID, PUBLISH_REJECTED, VERSION_EXISTS …
   */
  lookAtFolder(folder: string): Promise<FolderLook>
  /** Submits a folder to the registry's review, as it was when it was looked at. @throws SkilletError INTEGRITY_BROKEN … */
  submitFolder(folder: string, digest: string): Promise<{ id: string; state: string }>
  /** How far a submission's review is. @throws SkilletError NOT_FOUND … */
  submissionState(id: string): Promise<string>

  planInstall(source: InstallSource): Promise<InstallPlan>
  applyInstall(
    planId: string,
    decisions: Answers,
    by: DecidedBy,
    hooks?: { onProgress?: (progress: InstallProgress) => void; signal?: AbortSignal },
  ): Promise<{ slug: string; version: string }>
  discardPlan(planId: string): void
  /** What is wrong with the sandbox that an installed skill wants, and the steps that put it right; null: nothing. */
  whyNotRunnable(slug: string): Promise<{ problem: string; fix: string } | null>

  installed(): Promise<InstalledSkill[]>
  /** What each installed skill consists of, by its signed release; nothing that was withdrawn. */
  installedFiles(): Promise<
    { slug: string; version: string; skill: SkillManifest; files: readonly ReleaseFile[] }[]
  >
  /** A file of an installed skill, exactly as it was signed. @throws SkilletError NOT_FOUND, REVOKED, INTEGRITY_BROKEN, TOO_LARGE */
  readInstalled(slug: string, path: string): Promise<Uint8Array>
  /** `unusedKeys`: what was stored for it and no other installed skill uses. They stay until they are removed. */
  remove(slug: string): Promise<{ undoId: string; unusedKeys: SecretRef[] }>
  restore(undoId: string): Promise<{ slug: string }>
  trash(): Promise<TrashedSkill[]>
  /** Deletes one removed skill for good, or all. */
  emptyTrash(undoId: string | null): Promise<void>
  verify(slug?: string): Promise<VerifyReport>
  /** Puts back what was signed; the edited copy is kept in `keptAt`, null when nothing differed. */
  repair(slug: string): Promise<{ keptAt: string | null }>
  /** Newer versions of what is installed; a pinned skill is listed and marked. */
  updates(): Promise<{ slug: string; installed: string; available: string; pinned: boolean }[]>
  /** Back to a kept version with the permissions that it had; without `version`, the newest kept one. */
  rollback(
    slug: string,
    version: string | undefined,
    by: DecidedBy,
  ): Promise<{ slug: string; version: string }>
  pin(slug: string, pinned: boolean): Promise<void>
  /** Writes a published skill as a `.skillet` file that installs without a connection. */
  exportBundle(
    which: { slug: string; version?: string | undefined },
    toFile: string,
  ): Promise<{ version: string }>

  /** The agents on this computer, what Skillet has put into their folders, and whether they are connected. */
  agents(): Promise<Agents>
  /** What placing would do; nothing is written. @throws SkilletError POLICY_DENIED, PERMISSION_DENIED, INTEGRITY_BROKEN … */
  planPlace(slug: string, agents: readonly AgentId[]): Promise<PlacePlan>
  /** @throws SkilletError PLACE_TAKEN, and what `planPlace` throws */
  placeSkill(slug: string, agents: readonly AgentId[]): Promise<void>
  unplaceSkill(slug: string, agents: readonly AgentId[]): Promise<void>
  /** The change that adds Skillet to an agent's own settings, or takes it out. @throws SkilletError CONFIG_REFUSED … */
  planConnection(agent: AgentId, connect: boolean): Promise<ConfigChange>
  /** `digest`: of the change that the person has seen. @throws SkilletError CONFIG_REFUSED where it is another by now */
  changeConnection(agent: AgentId, connect: boolean, digest: string): Promise<void>
  /** Judges the skills that lie in agents' folders; changes nothing. */
  scanAgents(hooks?: {
    onProgress?: (progress: { done: number; of: number; name: string }) => void
    signal?: AbortSignal
  }): Promise<ScanReport>
  /** Brings a skill in an agent's folder under Skillet, as it was when it was looked at. @throws SkilletError INTEGRITY_BROKEN */
  adoptSkill(path: string, digest: string): Promise<void>
  disownSkill(path: string): Promise<void>

  trustStatus(): Promise<TrustStatus>
  refreshTrust(): Promise<TrustStatus>
  /** Hears of everything that changes without the listener having asked for it; the result stops listening. */
  onChange(listener: (change: EngineChange) => void): () => void
  /** Stops looking for withdrawals; runs that are under way go on. */
  close(): Promise<void>

  run(request: RunRequest, hooks?: RunHooks): Promise<RunResult>
  tryFolder(request: TryRequest, hooks?: RunHooks): Promise<RunResult>
  checkPermissions(policy?: Policy): Promise<PermissionAudit>

  /** Chains that were added, by title; with what stands in the way of each step. */
  chains(): Promise<Chain[]>
  /** Takes over a copy of a chain's file. */
  addChain(file: string): Promise<{ id: string }>
  /** `undoId` brings it back, until this engine is closed. Its earlier runs stay. */
  removeChain(id: string): Promise<{ undoId: string }>
  restoreChain(undoId: string): Promise<{ id: string }>
  /** Checks every step before the first executes; `error` says why it ended early. */
  runChain(request: ChainRequest, hooks?: ChainHooks): Promise<ChainRun & { error: PlainError | null }>
  /** Earlier runs of a chain, newest first. */
  chainRuns(id: string): Promise<EarlierRun[]>

  /** What an installed skill asks for, with the answers that count now. */
  asks(slug: string): Promise<(Ask & { decided: Decision | null; life: Life | null })[]>
  /** Answers for an installed skill, in place of earlier ones. */
  decide(slug: string, answers: Answers, by: DecidedBy): Promise<void>
  policy(): Promise<{ user: UserPolicy; managed: Policy | null }>
  /** All that administrators decided, read anew; null where there are none. @throws SkilletError POLICY_INVALID */
  managedPolicy(): Promise<ManagedPolicy | null>
  /** Installs what administrators asked for and isn't here; tells what was tried. @throws SkilletError POLICY_INVALID */
  preinstall(hooks?: {
    onNews?: (news: PreinstallNews) => void
    signal?: AbortSignal
  }): Promise<PreinstallNews[]>
  setPolicy(user: UserPolicy): Promise<void>

  grants(slug?: string): Promise<Grant[]>
  /** All answers about the capability; with a digest, that one (and the same permission of other versions). */
  revokeGrant(slug: string, capability: Capability, capabilityDigest?: string): Promise<void>

  /** Where keys are kept, which, and which are still wanted; never their values. */
  keys(): Promise<Keys>
  setSecret(secret: SecretRef, value: string): Promise<void>
  removeSecret(secret: SecretRef): Promise<void>
  /** Whether it can be read back from where it is kept; it is sent nowhere. @throws SkilletError NOT_FOUND … */
  testSecret(secret: SecretRef): Promise<void>
  /** From now on Skillet adds the key on the way and the skill gets a placeholder; or the skill gets the key again. */
  setKeyUnseen(slug: string, name: string, unseen: boolean): Promise<void>
  /** Keeps keys in a vault from now on, or in memory; both only where there is no keychain. See `secrets/places.ts`. */
  protectKeys(passphrase: string): Promise<void>
  keepKeysInMemory(): Promise<void>
  /** @throws SkilletError VAULT_PASSPHRASE_WRONG, RATE_LIMITED, VAULT_DAMAGED … */
  unlockKeys(passphrase: string): Promise<void>
  lockKeys(): void
  /** Another passphrase, or the same one, and a new key under it. */
  rekeyVault(passphrase: string, next: string): Promise<void>
  moveKeysToKeychain(): Promise<void>
  /** Deletes the vault and all keys in it. */
  discardVault(): Promise<void>

  /** Whether anonymous statistics are sent, by whose word, and every one of them. */
  telemetry(): Promise<TelemetryStatus>
  chooseTelemetry(choice: 'on' | 'off'): Promise<void>
  /** The next request as it would go out, or an example. */
  previewTelemetry(): Promise<TelemetryBatch>
  eraseTelemetry(): Promise<void>
  /** @throws SkilletError NOT_FOUND where nobody asks for samples of the bundle */
  allowSamples(bundle: string, allowed: boolean): Promise<void>

  auditEntries(query: { limit: number; before: number | null }): Promise<AuditEntry[]>
  /** `sealed`: breaks that were found earlier and set aside; `ok` is about the journal as it goes on. */
  verifyAudit(): Promise<{
    ok: boolean
    problem: string | null
    entries: number
    sealed: { at: string; problem: string; files: string[] }[]
  }>
  /** Sets the damaged part of a journal aside and lets it go on; `problem` is null where nothing was damaged. */
  sealAudit(): Promise<{ problem: string | null; files: string[] }>
}

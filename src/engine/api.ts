import type { Capability } from '../shared/capability.ts'
import type { Decision, InstallPlan, InstallProgress } from '../shared/contract/install.ts'
import type { KeychainState, SecretInfo } from '../shared/contract/keys.ts'
import type { InputValues, InstalledSkill, VerifyReport } from '../shared/contract/library.ts'
import type { AuditEntry, Doctor, Grant } from '../shared/contract/overview.ts'
import type { SkillDetail, SkillSummary } from '../shared/contract/skills.ts'
import type { Policy } from '../shared/policy.ts'
import type { RunResult } from '../shared/receipt.ts'

/** Who decides: the person at the window, or at a terminal. Agents never do. */
export type DecidedBy = 'window' | 'cli'

/** Which skill to install: from the registry, or a `.skillet` bundle on disk. */
export type InstallSource = { slug: string; version?: string | undefined } | { file: string }

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
}

/** One audited skill: `line` is SkillWeave's form, `memory-update [fs:read, fs:write]`. */
export interface PermissionAudit {
  ok: boolean
  skills: { slug: string; line: string; ok: boolean; violations: string[] }[]
}

/** All of Skillet's rules behind one door, for the window, the command line and the bridge alike. */
export interface Engine {
  readonly home: string
  readonly registryUrl: string
  keyids(): Promise<string[]>
  doctor(): Promise<Doctor>

  search(query: { text: string; category: string | null; fitsOnly: boolean }): Promise<SkillSummary[]>
  show(slug: string, version?: string): Promise<SkillDetail>
  readFile(
    slug: string,
    version: string | undefined,
    path: string,
  ): Promise<{ path: string; text: string | null; size: number }>

  planInstall(source: InstallSource): Promise<InstallPlan>
  applyInstall(
    planId: string,
    decisions: Partial<Record<Capability, { decision: Decision; scope?: string[] }>>,
    by: DecidedBy,
    hooks?: { onProgress?: (progress: InstallProgress) => void; signal?: AbortSignal },
  ): Promise<{ slug: string; version: string }>
  discardPlan(planId: string): void

  installed(): Promise<InstalledSkill[]>
  remove(slug: string): Promise<{ undoId: string }>
  restore(undoId: string): Promise<{ slug: string }>
  verify(slug?: string): Promise<VerifyReport>

  run(request: RunRequest, hooks?: RunHooks): Promise<RunResult>
  tryFolder(request: TryRequest, hooks?: RunHooks): Promise<RunResult>
  checkPermissions(policy?: Policy): Promise<PermissionAudit>

  grants(slug?: string): Promise<Grant[]>
  revokeGrant(slug: string, capability: Capability): Promise<void>

  keychain(): Promise<KeychainState>
  secrets(): Promise<SecretInfo[]>
  wantedSecrets(): Promise<{ name: string; title: string; slug: string }[]>
  setSecret(name: string, value: string): Promise<void>
  removeSecret(name: string): Promise<void>

  auditEntries(query: { limit: number; before: number | null }): Promise<AuditEntry[]>
  verifyAudit(): Promise<{ ok: boolean; problem: string | null; entries: number }>
}

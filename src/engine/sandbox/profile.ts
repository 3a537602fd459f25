import type { Runtime } from './runtime.ts'

/** A file or folder of the person's, bound at its own absolute path. */
export interface HostPath {
  /** Where the skill sees it: the path that the person chose. */
  readonly path: string
  /** The same place with links resolved, which is what is bound. */
  readonly source: string
  /** What was found there when it was judged (`Place`); the launcher refuses anything else. Absent: whatever is there. */
  readonly identity?: string
  readonly writable: boolean
}

/** A folder that survives the run: `inside` is relative to `/skill`, `host` absolute. */
export interface StateFolder {
  readonly inside: string
  readonly host: string
  /** As above. */
  readonly identity?: string
}

/** Everything that one run may see and use. What is not here does not exist for the skill. */
export interface SandboxProfile {
  /** The skill's folder on this computer, bound read-only at `/skill`. */
  readonly skillFolder: string
  readonly state: readonly StateFolder[]
  readonly paths: readonly HostPath[]
  readonly runtime: Runtime
  /** Real path of the program, then its arguments. */
  readonly command: readonly string[]
  /** Added to the fixed environment: secrets. */
  readonly environment: Readonly<Record<string, string>>
  /** Small files that exist only inside, by their absolute path there; read-only. */
  readonly files?: Readonly<Record<string, string>>
  /** Approved hosts, `name` or `name:port`; `[]`: no way out. */
  readonly hosts: readonly string[]
  /** `/dev/nvidia*` and the driver's library, for a skill that requires CUDA. */
  readonly graphics: boolean
  readonly limits: Limits
}

export interface Limits {
  readonly timeoutMs: number
  readonly memoryBytes: number
  /** Processes and threads together. */
  readonly processes: number
  readonly openFiles: number
  readonly fileSizeBytes: number
  /** On disk, by all its processes together. */
  readonly writtenBytes: number
  /** stdout and stderr together. */
  readonly outputBytes: number
}

const MIB = 1024 * 1024

/** Limits that no manifest sets. */
export const fixedLimits = {
  processes: 128,
  openFiles: 256,
  fileSizeBytes: 512 * MIB,
  writtenBytes: 512 * MIB,
  outputBytes: 16 * MIB,
} as const

/** Where the egress proxy listens inside the sandbox. */
export const proxyPort = 3128

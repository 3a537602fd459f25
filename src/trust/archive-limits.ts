/** How large an archive may be. Sizes in bytes. */
export interface ArchiveLimits {
  /** Files and folders together. */
  readonly maxEntries: number
  readonly maxFileBytes: number
  readonly maxTotalBytes: number
  /** Unpacked over packed size; only looked at beyond the first MiB. */
  readonly maxRatio: number
}

/** What a skill may be at most. The list of files that a release signs is held to the same. */
export const skillLimits: ArchiveLimits = {
  maxEntries: 10_000,
  maxFileBytes: 64 * 1024 * 1024,
  maxTotalBytes: 256 * 1024 * 1024,
  maxRatio: 250,
}

/** Largest compressed tarball of a skill. */
export const maxTarballBytes = 192 * 1024 * 1024

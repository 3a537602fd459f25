/** Most bytes of one metadata file, where no length was promised; TUF 1.0 §5 leaves the figures to the client. */
export const maxBytes = {
  root: 512_000,
  timestamp: 16_384,
  snapshot: 2_000_000,
  targets: 5_000_000,
} as const

/** Roots in one refresh. A chain that is longer still is finished by the next ones. */
export const maxRootsPerRefresh = 4_096

/** Delegated roles that one search may visit, TUF 1.0 §5.6.7.1. */
export const maxDelegations = 32

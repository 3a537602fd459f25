import { catalogPath, revocationsPath, signingKeysPath } from '../../shared/signed-targets.ts'
import { maxEnvelopeBytes } from '../envelope.ts'

/** Most bytes of one metadata file, whatever length was promised; TUF 1.0 §5 leaves the figures to the client. */
export const maxBytes = {
  root: 512_000,
  timestamp: 16_384,
  snapshot: 2_000_000,
  targets: 5_000_000,
} as const

const maxListBytes: ReadonlyMap<string, number> = new Map([
  [signingKeysPath, 64 * 1024],
  [revocationsPath, 16 * 1024 * 1024],
  [catalogPath, 256 * 1024 * 1024],
])

/** Most bytes of one target, whatever length its list gives: online keys alone must not fill a disk. */
export function maxTargetBytes(path: string): number {
  return maxListBytes.get(path) ?? maxEnvelopeBytes
}

/** Roots in one refresh. A chain that is longer still is finished by the next ones. */
export const maxRootsPerRefresh = 4_096

/** Delegated roles that one search may visit, TUF 1.0 §5.6.7.1. */
export const maxDelegations = 32

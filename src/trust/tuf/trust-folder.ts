/**
 * The folder under `trustDir` that belongs to a pinned root: one whose roots the pinned one is among, precedes or
 * succeeds; a new one, named by the first 16 hex digits of its SHA-256, where there is none. Nothing is written.
 * @throws SkilletError TRUST_ROOT_INVALID
 */
export function openTrustFolder(_trustDir: string, _pinnedRoot: Uint8Array): Promise<string> {
  throw new Error('in the next commit')
}
